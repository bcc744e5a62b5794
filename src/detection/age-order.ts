/** Things in order of when they were last touched, as a ring of links through the things themselves: no garbage. */
export interface Aged {
  older: Aged | undefined;
  newer: Aged | undefined;
}

export class AgeOrder<T extends Aged> {
  #oldest: Aged | undefined;
  #newest: Aged | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): T | undefined {
    return this.#oldest as T | undefined;
  }

  add(item: T): void {
    item.older = this.#newest;
    item.newer = undefined;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
    this.#size++;
  }

  /** It must be there. */
  delete(item: T): void {
    if (item.older === undefined) this.#oldest = item.newer;
    else item.older.newer = item.newer;
    if (item.newer === undefined) this.#newest = item.older;
    else item.newer.older = item.older;
    item.older = item.newer = undefined;
    this.#size--;
  }

  /** It is the newest now. It must be there. */
  touch(item: T): void {
    if (this.#newest === item) return;
    this.delete(item);
    this.add(item);
  }
}
