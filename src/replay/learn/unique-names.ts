/** Names for groups, sets and rules: as the policy takes them (schema/text.ts), each once. */

const LONGEST = 63;
const ROOM_FOR_NUMBER = 6;

export class UniqueNames {
  readonly #taken = new Set<string>();

  /** `wanted`, or with a number behind it when it is taken. */
  take(wanted: string): string {
    const base = wanted.slice(0, LONGEST - ROOM_FOR_NUMBER);
    let name = base;
    for (let number = 2; this.#taken.has(name); number++) name = `${base}-${number}`;
    this.#taken.add(name);
    return name;
  }
}
