/**
 * One family's deny lists in the kernel: ranges in @deniedN, single addresses in @deniedsingleN. An address may go from
 * one set to the other, and must be in one of them all the while:
 *
 *   1 single addresses that come      added
 *   2 ranges                          old to next, see sweep.ts
 *   3 single addresses that go        removed
 *
 * Each is a sweep. Where one ends the next begins, so what stands in a set is what its sweep says.
 */
import type { Family } from '../../address/address.ts';
import { type AddressRanges, noRanges, splitSingles, unionOf } from '../../address/ranges.ts';
import type { KernelElement } from '../element.ts';
import type { KernelTable } from '../kernel-table.ts';
import type { SetName } from '../sets.ts';
import { LongList, listedElement } from './long-list.ts';
import { type AddressRange, Sweep, type SweepStep } from './sweep.ts';

export type DeniedTable = Pick<KernelTable, 'apply' | 'readRanges' | 'count'>;

/** By the kind of set that it is in. */
export interface DividedRanges {
  readonly singles: AddressRanges;
  readonly spans: AddressRanges;
}

/** Removals and additions of one transaction: some milliseconds, and the kernel's work on the set as a whole ... */
const FEWEST_CHANGES = 4_000;
/** ... which takes long in a long one: then more at once, so that all of it takes no more than so many turns. */
const PART_OF_RANGES = 16;

export class DeniedFamily {
  readonly #family: Family;
  readonly #table: DeniedTable;
  #wanted: DividedRanges;
  #coming: Sweep;
  #spans: Sweep;
  #going: Sweep;
  /** Of each set, as the kernel counted it when the last list was whole there. */
  readonly #counts = new Map<SetName, number | undefined>();

  constructor(family: Family, table: DeniedTable) {
    this.#family = family;
    this.#table = table;
    const none = noRanges(family);
    this.#wanted = { singles: none, spans: none };
    [this.#coming, this.#spans, this.#going] = [none, none, none].map((each) => new Sweep(each, each));
  }

  get isDone(): boolean {
    return this.#coming.isOver && this.#spans.isOver && this.#going.isOver;
  }

  /** The kernel learns it by {@link step}. */
  want(ranges: AddressRanges): void {
    this.#wanted = splitSingles(ranges);
    this.#begin(this.standing);
  }

  /** Take what stands in the kernel for what is wanted. @throws EnforcementError */
  adopt(): void {
    this.#wanted = { singles: this.found(this.sets.singles), spans: this.found(this.sets.spans) };
    this.#begin(this.#wanted);
    this.#recountAll();
  }

  /** The kernel has something else than what should stand: go on from there to what is wanted. */
  restart(found: Partial<DividedRanges>): void {
    this.#begin({ ...this.standing, ...found });
  }

  /** Ranges wanted. */
  get count(): number {
    return this.#wanted.singles.count + this.#wanted.spans.count;
  }

  get sets(): { readonly singles: SetName; readonly spans: SetName } {
    return { singles: `deniedsingle${this.#family}`, spans: `denied${this.#family}` };
  }

  /** What should be in the kernel by now. */
  get standing(): DividedRanges {
    const singles = this.#coming.isOver ? this.#going : this.#coming;
    return { singles: singles.collect(), spans: this.#spans.collect() };
  }

  lists(which: 'standing' | 'wanted'): readonly LongList[] {
    const { singles, spans } = which === 'standing' ? this.standing : this.#wanted;
    return [new LongList(this.sets.singles, singles), new LongList(this.sets.spans, spans)];
  }

  /** @throws EnforcementError */
  found(set: SetName): AddressRanges {
    return this.#table.readRanges(set, this.#family);
  }

  /**
   * One transaction, when there is one to make. @returns how many changes it had
   * @throws EnforcementError: nothing was changed, and it may be tried again
   */
  step(nowMs: number): number {
    const changes = this.#step(nowMs);
    if (this.isDone) this.#recountAll();
    return changes;
  }

  #step(nowMs: number): number {
    const { singles, spans } = this.sets;
    if (!this.#coming.isOver) return this.#take(this.#coming, singles, FEWEST_CHANGES, nowMs);
    if (!this.#spans.isOver) {
      const changes = Math.max(FEWEST_CHANGES, Math.ceil(this.#spans.size / PART_OF_RANGES));
      return this.#take(this.#spans, spans, changes, nowMs);
    }
    return this.#take(this.#going, singles, FEWEST_CHANGES, nowMs);
  }

  /** Whether the set has lost or gained nothing since; undefined when the kernel does not count. @throws EnforcementError */
  isAsLong(set: SetName): boolean | undefined {
    const count = this.#counts.get(set);
    return count === undefined ? undefined : count === this.#table.count(set);
  }

  /** What is in the set now is what should stand. @throws EnforcementError */
  recount(set: SetName): void {
    this.#counts.set(set, this.#table.count(set));
  }

  #recountAll(): void {
    for (const set of Object.values(this.sets)) this.recount(set);
  }

  /** Whether exactly this range should be in the set by now. */
  stands(set: SetName, range: AddressRange): boolean {
    if (set === this.sets.spans) return this.#spans.stands(range);
    return (this.#coming.isOver ? this.#going : this.#coming).stands(range);
  }

  #begin(from: DividedRanges): void {
    const both = unionOf(from.singles, this.#wanted.singles);
    this.#coming = new Sweep(from.singles, both);
    this.#spans = new Sweep(from.spans, this.#wanted.spans);
    this.#going = new Sweep(both, this.#wanted.singles);
  }

  #take(sweep: Sweep, set: SetName, most: number, nowMs: number): number {
    const step = sweep.take(most);
    if (step === undefined) return 0;
    try {
      this.#table.apply({ ...elementsOf(set, step), refresh: [] }, nowMs);
    } catch (error) {
      sweep.rewind();
      throw error;
    }
    return step.add.length + step.remove.length;
  }
}

export function elementsOf(
  set: SetName,
  { add, remove }: SweepStep,
): { add: KernelElement[]; remove: KernelElement[] } {
  const elements = (ranges: readonly AddressRange[]) =>
    ranges.map(({ first, last }) => listedElement(set, first, last));
  return { add: elements(add), remove: elements(remove) };
}
