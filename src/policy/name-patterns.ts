/**
 * Which of the policy's names a name is: `mirror.example.org` is that one name, `*.cdn.example` has one label more,
 * `**.pkg.example` has one or more labels more. Looking up costs a step a label, however many patterns there are.
 */

/** Numbers of address sets. */
type Sets = Set<number>;

const MAX_LABELS = 127;

export class NamePatterns {
  readonly #exact = new Map<string, Sets>();
  readonly #oneLabel = new Map<string, Sets>();
  readonly #anyDepth = new Map<string, Sets>();

  /** By place of the address set. */
  constructor(fqdns: readonly (readonly string[])[]) {
    fqdns.forEach((patterns, set) => {
      for (const pattern of patterns) this.#add(pattern, set);
    });
  }

  get empty(): boolean {
    return this.#exact.size + this.#oneLabel.size + this.#anyDepth.size === 0;
  }

  /** Address sets that a name (lower case, no last dot) belongs to, in rising order. */
  match(name: string): readonly number[] {
    const found = new Set<number>(this.#exact.get(name));
    for (let labels = 1, at = name.indexOf('.'); at >= 0 && labels <= MAX_LABELS; labels++) {
      const rest = name.slice(at + 1);
      if (labels === 1) include(found, this.#oneLabel.get(rest));
      include(found, this.#anyDepth.get(rest));
      at = name.indexOf('.', at + 1);
    }
    return [...found].sort((x, y) => x - y);
  }

  #add(pattern: string, set: number): void {
    const [map, name] = pattern.startsWith('**.')
      ? [this.#anyDepth, pattern.slice(3)]
      : pattern.startsWith('*.')
        ? [this.#oneLabel, pattern.slice(2)]
        : [this.#exact, pattern];
    const sets = map.get(name) ?? new Set();
    map.set(name, sets.add(set));
  }
}

function include(found: Sets, more: Sets | undefined): void {
  if (more !== undefined) for (const set of more) found.add(set);
}
