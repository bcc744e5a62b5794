/** How often each name came up. Past a bound, names that are new are counted together as `others`. */
const MOST_NAMES = 10_000;
const OTHERS = 'others';

export interface Tallied {
  key: string;
  count: number;
}

export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    const key = this.#counts.has(name) || this.#counts.size < MOST_NAMES ? name : OTHERS;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Those that came up most often, the first of them first. */
  most(limit: number): Tallied[] {
    const all = [...this.#counts].map(([key, count]) => ({ key, count }));
    return all.toSorted((x, y) => y.count - x.count).slice(0, limit);
  }
}
