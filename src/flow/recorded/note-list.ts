/** Notes of recorded flows, each text held once. Bounded: a file may have another note on every line. */

const MAX_NOTES = 65_536;
const MAX_LENGTH = 200;

export class NoteList {
  readonly #texts: (string | null)[] = [null];
  readonly #ids = new Map<string, number>();
  #unkept = 0;
  /** Neighbours mostly have one note: comparing is quicker than looking up. */
  #latest = '';
  #latestId = 0;

  /** Notes that were not kept because the list was full. */
  get unkept(): number {
    return this.#unkept;
  }

  /** 0 for no note, and for one that the list has no room for. Long ones are cut. */
  idOf(note: string | null): number {
    if (note === null || note === '') return 0;
    if (note === this.#latest) return this.#latestId;
    const text = note.length > MAX_LENGTH ? note.slice(0, MAX_LENGTH) : note;
    this.#latest = note;
    this.#latestId = this.#ids.get(text) ?? this.#add(text);
    return this.#latestId;
  }

  noteOf(id: number): string | null {
    return this.#texts[id];
  }

  #add(text: string): number {
    if (this.#texts.length > MAX_NOTES) {
      this.#unkept++;
      return 0;
    }
    const id = this.#texts.push(text) - 1;
    this.#ids.set(text, id);
    return id;
  }
}
