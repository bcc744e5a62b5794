/**
 * What is in the sets @denied4 and @denied6: deny lists, put there before anybody asks for an address on them. Lists
 * may be long, so they change in steps between which other work gets its turn; see sweep.ts.
 *
 *   adopt            what the kernel has from before, so that a new daemon opens no gap
 *   want ----------> sweep to it ---- step, step, ... ----> all of it stands
 *     ^                 |
 *     +-- another list meanwhile: from where the sweep is
 */
import type { Family } from '../../address/address.ts';
import { type AddressRanges, AddressRangesBuilder, noRanges } from '../../address/ranges.ts';
import { type Holder, type KernelElement, STAYS } from '../element.ts';
import type { KernelTable } from '../kernel-table.ts';
import { FAMILIES, type SetName } from '../sets.ts';
import { standingElement } from '../standing-element.ts';
import { type AddressRange, Sweep } from './sweep.ts';

export type RangesByFamily = Readonly<Record<Family, AddressRanges>>;

export const NO_RANGES: RangesByFamily = { 4: noRanges(4), 6: noRanges(6) };

/** Removals and additions of one step: some tens of milliseconds. */
const CHANGES_A_STEP = 2_000;
/** So many are read in no time. */
const FEW = 2_000;
const LOOK_EVERY_MS = 10 * 60_000;

export class DeniedSets implements Holder {
  readonly owner = 'denied';
  readonly #table: Pick<KernelTable, 'apply' | 'readList'>;
  #wanted: RangesByFamily = NO_RANGES;
  #sweeps: Readonly<Record<Family, Sweep>> = sweepsFrom(NO_RANGES, NO_RANGES);
  #isDone = true;
  /** On the clock of `performance.now()`. */
  readonly #lookAgainAt: Record<Family, number> = { 4: 0, 6: 0 };

  constructor(table: Pick<KernelTable, 'apply' | 'readList'>) {
    this.#table = table;
  }

  /** Everything wanted stands. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Ranges wanted, of both families. */
  get count(): number {
    return this.#wanted[4].count + this.#wanted[6].count;
  }

  /** Take what stands in the kernel for what is wanted. @throws EnforcementError */
  adopt(): void {
    this.#wanted = { 4: this.#found(4), 6: this.#found(6) };
    this.#sweeps = sweepsFrom(this.#wanted, this.#wanted);
    this.#isDone = true;
  }

  /** The kernel learns it by {@link step}. */
  want(ranges: RangesByFamily): void {
    const standing = { 4: collect(4, this.#sweeps[4]), 6: collect(6, this.#sweeps[6]) };
    this.#wanted = ranges;
    this.#sweeps = sweepsFrom(standing, ranges);
    this.#isDone = false;
  }

  /** Carry out one step. @throws EnforcementError: nothing was changed, and it may be tried again */
  step(nowMs: number): void {
    for (const family of FAMILIES) {
      const sweep = this.#sweeps[family];
      const step = sweep.take(CHANGES_A_STEP);
      if (step === undefined) continue;
      const elements = (ranges: readonly AddressRange[]) => ranges.map((range) => elementOf(family, range));
      try {
        this.#table.apply({ add: elements(step.add), refresh: [], remove: elements(step.remove) }, nowMs);
      } catch (error) {
        sweep.rewind();
        throw error;
      }
      break;
    }
    this.#isDone = FAMILIES.every((family) => this.#sweeps[family].isOver);
  }

  *elements(): Generator<KernelElement> {
    for (const family of FAMILIES)
      for (const range of this.#sweeps[family].standing()) yield elementOf(family, range);
  }

  find(id: string): KernelElement | undefined {
    for (const family of FAMILIES) {
      const set = setOf(family);
      if (!id.startsWith(`${set} `)) continue;
      const [first, last] = id
        .slice(set.length + 1)
        .split('-')
        .map((hex) => Buffer.from(hex, 'hex'));
      const width = family === 4 ? 4 : 16;
      if (first?.length !== width || last?.length !== width) return undefined;
      return this.#sweeps[family].stands({ first, last }) ? elementOf(family, { first, last }) : undefined;
    }
    return undefined;
  }

  /**
   * Reading a hundred thousand takes longer than a block may wait, so a large list is looked at as a matter of routine
   * only now and then: the kernel announces every change that somebody makes.
   */
  difference(
    set: SetName,
    isRoutine: boolean,
  ): { add: KernelElement[]; remove: KernelElement[] } | undefined {
    const family: Family = set === 'denied4' ? 4 : 6;
    const sweep = this.#sweeps[family];
    const standing = collect(family, sweep);
    const now = performance.now();
    if (isRoutine && standing.count > FEW && now < this.#lookAgainAt[family]) return undefined;
    this.#lookAgainAt[family] = now + LOOK_EVERY_MS;
    const step = new Sweep(this.#found(family), standing).take(Number.POSITIVE_INFINITY);
    const elements = (ranges: readonly AddressRange[] = []) =>
      ranges.map((range) => elementOf(family, range));
    return { add: elements(step?.add), remove: elements(step?.remove) };
  }

  /** In rising order, as the driver gives intervals of one field. */
  #found(family: Family): AddressRanges {
    const found = this.#table.readList(setOf(family));
    const builder = new AddressRangesBuilder(family);
    for (const { key, keyEnd } of found) builder.add(key, keyEnd ?? key);
    return builder.finish();
  }
}

function setOf(family: Family): SetName {
  return `denied${family}`;
}

function elementOf(family: Family, { first, last }: AddressRange): KernelElement {
  const { set, id, key, keyEnd } = standingElement(setOf(family), Uint8Array.from(first), {
    keyEnd: Uint8Array.from(last),
  });
  return { set, id, key, ...(keyEnd && { keyEnd }), ...STAYS };
}

function sweepsFrom(from: RangesByFamily, to: RangesByFamily): Readonly<Record<Family, Sweep>> {
  return { 4: new Sweep(from[4], to[4]), 6: new Sweep(from[6], to[6]) };
}

function collect(family: Family, sweep: Sweep): AddressRanges {
  const builder = new AddressRangesBuilder(family);
  for (const { first, last } of sweep.standing()) builder.add(first, last);
  return builder.finish();
}
