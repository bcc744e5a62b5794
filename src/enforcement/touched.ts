/**
 * What others have changed in table `inet penstock`, as the kernel announced it: so that mending one element does not
 * read a hundred thousand.
 *
 *   table, chain, rule, set, object    the rules must be looked at (and when a set was made anew, its elements)
 *   element                            that element; all of its set, when too many or when its ends come one by one
 *   announcements were lost            everything
 */
import type { RulesetChange, SetElement } from 'node-nftables';
import { descriptorOf, SET_NAMES, type SetName, TABLE } from './sets.ts';

/** Beyond this many elements of a set all of it is read. */
export const MOST_SINGLE = 500;

/** The keys of elements, or all of the set. */
export type TouchedElements = ReadonlyMap<string, Pick<SetElement, 'key' | 'keyEnd'>> | 'all';

const NAMES: ReadonlySet<string> = new Set(SET_NAMES);

export class Touched {
  #rules = false;
  readonly #sets = new Map<SetName, Map<string, Pick<SetElement, 'key' | 'keyEnd'>> | 'all'>();

  static everything(): Touched {
    const touched = new Touched();
    touched.addEverything();
    return touched;
  }

  /** All that is in some sets, and no rules. */
  static all(sets: readonly SetName[]): Touched {
    const touched = new Touched();
    for (const name of sets) touched.#sets.set(name, 'all');
    return touched;
  }

  get isEmpty(): boolean {
    return !this.#rules && this.#sets.size === 0;
  }

  /** Nothing is left out. */
  get isWhole(): boolean {
    return this.#rules && SET_NAMES.every((name) => this.#sets.get(name) === 'all');
  }

  get rules(): boolean {
    return this.#rules;
  }

  get sets(): ReadonlyMap<SetName, TouchedElements> {
    return this.#sets;
  }

  addEverything(): void {
    this.#rules = true;
    for (const name of SET_NAMES) this.#sets.set(name, 'all');
  }

  /** Take what one announcement tells; those of other tables tell nothing. */
  add(change: RulesetChange): void {
    if (change.kind === 'generation' || change.family !== TABLE.family || change.table !== TABLE.name) return;
    if (change.kind !== 'element') this.#rules = true;
    // A set that was made again is empty.
    if (change.kind === 'set' && isOurs(change.name)) this.#sets.set(change.name, 'all');
    if (change.kind === 'element' && isOurs(change.set)) this.#addElements(change.set, change.elements);
  }

  /** All that the other has. */
  merge(other: Touched): void {
    this.#rules ||= other.#rules;
    for (const [name, elements] of other.#sets) {
      if (elements === 'all') this.#sets.set(name, 'all');
      else this.#addElements(name, [...elements.values()]);
    }
  }

  clear(): void {
    this.#rules = false;
    this.#sets.clear();
  }

  #addElements(name: SetName, elements: readonly Pick<SetElement, 'key' | 'keyEnd'>[]): void {
    const known = this.#sets.get(name) ?? new Map<string, Pick<SetElement, 'key' | 'keyEnd'>>();
    if (known === 'all') return;
    for (const { key, keyEnd } of elements) {
      const id = Buffer.from(keyEnd === undefined ? key : Buffer.concat([key, keyEnd])).toString('hex');
      known.set(id, { key, ...(keyEnd && { keyEnd }) });
    }
    this.#sets.set(name, endsComeAlone(name) || known.size > MOST_SINGLE ? 'all' : known);
  }
}

function isOurs(name: string): name is SetName {
  return NAMES.has(name);
}

/** An interval of one field is announced as two elements: where it begins, and where it ends. */
function endsComeAlone(name: SetName): boolean {
  const { flags, type } = descriptorOf(name);
  return flags.includes('interval') && typeof type === 'string';
}
