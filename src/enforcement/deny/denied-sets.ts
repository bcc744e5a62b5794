/**
 * What is in the sets @deniedN and @deniedsingleN: deny lists, put there before anybody asks for an address on them.
 * Lists may be long, so they change in steps between which other work gets its turn; see denied-family.ts.
 *
 *   adopt            what the kernel has from before, so that a new daemon opens no gap
 *   want ----------> sweep to it ---- step, step, ... ----> all of it stands
 *     ^                 |
 *     +-- another list meanwhile: from where the sweep is
 *     +-- the kernel was found to hold something quite different: from there
 */
import type { Family } from '../../address/address.ts';
import { type AddressRanges, noRanges } from '../../address/ranges.ts';
import type { Holder, KernelElement } from '../element.ts';
import { FAMILIES, type SetName } from '../sets.ts';
import { DeniedFamily, type DeniedTable, elementsOf } from './denied-family.ts';
import { type LongList, listedElement } from './long-list.ts';
import { Sweep, type SweepStep } from './sweep.ts';

export type RangesByFamily = Readonly<Record<Family, AddressRanges>>;

export const NO_RANGES: RangesByFamily = { 4: noRanges(4), 6: noRanges(6) };

/** Removals and additions of one step: some tens of milliseconds. */
const CHANGES_A_STEP = 4_000;
/** So many are read in no time, ... */
const FEW = 2_000;
/** ... and so many mended at once, while all else waits. */
const MOST_AT_ONCE = 20_000;
const LOOK_EVERY_MS = 10 * 60_000;
const NO_STEP: SweepStep = { add: [], remove: [] };

export class DeniedSets implements Holder {
  readonly owner = 'denied';
  readonly #families: Readonly<Record<Family, DeniedFamily>>;
  #isDone = true;
  /** On the clock of `performance.now()`. */
  readonly #lookAgainAt = new Map<SetName, number>();

  constructor(table: DeniedTable) {
    this.#families = { 4: new DeniedFamily(4, table), 6: new DeniedFamily(6, table) };
  }

  /** Everything wanted stands. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Ranges wanted, of both families. */
  get count(): number {
    return this.#families[4].count + this.#families[6].count;
  }

  /** Take what stands in the kernel for what is wanted. @throws EnforcementError */
  adopt(): void {
    for (const family of FAMILIES) this.#families[family].adopt();
    this.#isDone = true;
  }

  /** The kernel learns it by {@link step}. */
  want(ranges: RangesByFamily): void {
    for (const family of FAMILIES) this.#families[family].want(ranges[family]);
    this.#isDone = false;
  }

  /** Carry out one step. @throws EnforcementError: nothing was changed, and it may be tried again */
  step(nowMs: number): void {
    let changes = 0;
    for (const family of FAMILIES) {
      while (changes < CHANGES_A_STEP && !this.#families[family].isDone)
        changes += this.#families[family].step(nowMs);
    }
    this.#isDone = FAMILIES.every((family) => this.#families[family].isDone);
  }

  *elements(): Generator<KernelElement> {
    for (const list of this.#standing) yield* list;
  }

  get length(): number {
    return this.#standing.reduce((sum, { count }) => sum + count, 0);
  }

  lists(): readonly LongList[] {
    return FAMILIES.flatMap((family) => this.#families[family].lists('wanted'));
  }

  get #standing(): readonly LongList[] {
    return FAMILIES.flatMap((family) => this.#families[family].lists('standing'));
  }

  find(id: string): KernelElement | undefined {
    const [name, range = ''] = id.split(' ');
    const set = this.lists().find((list) => list.set === name)?.set;
    const [first, last = first] = range.split('-').map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
    if (set === undefined) return undefined;
    const family = familyOf(set);
    const isKey = [first, last].every(({ length }) => length === (family === 4 ? 4 : 16));
    const stands = isKey && this.#families[family].stands(set, { first, last });
    return stands ? listedElement(set, first, last) : undefined;
  }

  /**
   * Reading a hundred thousand takes longer than a block may wait, and a million much more than ten times as long (the
   * kernel goes through all before each part of its answer). So as a matter of routine a large list is only counted, or
   * read now and then where the kernel does not count: it announces every change that somebody makes. Where very many
   * differ they come in steps.
   */
  difference(set: SetName, isRoutine: boolean): ReturnType<NonNullable<Holder['difference']>> {
    const family = this.#families[familyOf(set)];
    const kind = set === family.sets.spans ? 'spans' : 'singles';
    const standing = family.standing[kind];
    if (isRoutine && standing.count > FEW && this.#isWell(family, set)) return undefined;
    this.#lookAgainAt.set(set, performance.now() + LOOK_EVERY_MS);
    const found = family.found(set);
    const step = new Sweep(found, standing).take(MOST_AT_ONCE) ?? NO_STEP;
    // What differs otherwise, such as the element that nft puts at 0.0.0.0, is no matter.
    if (step === NO_STEP) family.recount(set);
    if (step.add.length + step.remove.length < MOST_AT_ONCE) return elementsOf(set, step);
    family.restart({ [kind]: found });
    this.#isDone = false;
    return {
      ...elementsOf(set, NO_STEP),
      later: `${set} holds something else: it is loaded anew`,
    };
  }

  #isWell(family: DeniedFamily, set: SetName): boolean {
    if (!family.isDone) return true;
    return family.isAsLong(set) ?? performance.now() < (this.#lookAgainAt.get(set) ?? 0);
  }
}

function familyOf(set: SetName): Family {
  return set.endsWith('4') ? 4 : 6;
}
