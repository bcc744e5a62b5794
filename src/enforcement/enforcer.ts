/**
 * Keeps the kernel equal to what was decided.
 *
 *   expect/forget ---> change ---> (the ledger records it) ---> carryOut ---> verify: read back what was changed
 *         |                                                        |
 *   desired state ------------------- reconcile ----------------- kernel      read back, mend what differs
 *   other holders --------------------/
 *
 * What is desired is noted first: a change that the kernel refuses is tried again by the next reconcile.
 *
 * How a table is mended depends on what is wrong with it:
 *
 *   elements differ            those elements, in one transaction; very many blocks in several (divided-change.ts)
 *   rules differ, or no table  from its image: rules and all elements, in one transaction; nothing is out meanwhile.
 *                              Where there was no table, very many blocks after it
 *   first look of a process    there is no image yet: see table-keeper.ts
 *
 * What is mended the kernel tells back in the same exchange, element by element; where it does not, or not just as it was
 * given, the result says so, and the owner looks again soon.
 */
import type { Decision } from '../decision/decision.ts';
import type { StandingRows } from '../decision/standing-rows.ts';
import type { Subject } from '../decision/subject.ts';
import { compare, type MutableChange, sameLifetime } from './comparison.ts';
import type { LongList } from './deny/long-list.ts';
import { type Change, DesiredState } from './desired-state.ts';
import { elementId, type Holder, type KernelElement } from './element.ts';
import { describeElement } from './element-text.ts';
import type { EnforcementError } from './errors.ts';
import type { KernelTable } from './kernel-table.ts';
import { SetComparison } from './set-comparison.ts';
import { type Owner, SETS, type SetName } from './sets.ts';
import { Shortcut } from './shortcut.ts';
import { ALL_WELL, type Clock, TableKeeper } from './table-keeper.ts';
import { Touched, type TouchedElements } from './touched.ts';

export type CarriedOut = { readonly ok: true } | { readonly ok: false; readonly error: string };

export interface Reconciliation {
  /** What was not as it should be, in words; empty when all was well. At most {@link MAX_DIFFERENCES}. */
  readonly differences: readonly string[];
  /** Why it could not be mended. */
  readonly error?: string;
  /** Something was mended and not seen in the kernel afterwards, or is in {@link Enforcer.doubt}: worth a look. */
  readonly isUnconfirmed?: true;
}

export const MAX_DIFFERENCES = 20;
/** Of one holder of very many: some tenths of a second. */
const MOST_AT_ONCE = 50_000;

export class Enforcer {
  readonly #table: KernelTable;
  readonly #keeper: TableKeeper;
  readonly #desired = new DesiredState();
  readonly #shortcut: Shortcut;
  readonly #holders = new Map<Owner, Holder>();

  constructor(table: KernelTable) {
    this.#table = table;
    this.#keeper = new TableKeeper(table);
    this.#shortcut = new Shortcut(this.#desired, table);
    this.hold(this.#desired);
  }

  /** From now on this one decides what is in the sets of its owner. Sets that nobody holds are left alone. */
  hold(holder: Holder): void {
    this.#holders.set(holder.owner, holder);
    if (holder.owner !== 'generation') return;
    this.#shortcut.follow(holder);
    this.hold(this.#shortcut);
  }

  /** Note what a decision, new or changed, asks for. The kernel learns it by {@link carryOut} or `reconcile`. */
  expect(decision: Decision, subject?: Subject): Change {
    return this.#desired.put(decision, subject);
  }

  /** The same for what stood at the start, before anything else is noted. */
  adopt(rows: StandingRows): void {
    this.#desired.adopt(rows);
  }

  /** Note that a decision no longer asks for anything. */
  forget(decisionId: string): Change {
    return this.#desired.drop(decisionId);
  }

  /** Tell the kernel. */
  carryOut(change: Change, nowMs: number): CarriedOut {
    try {
      this.#table.apply(this.#shortcut.withBlocks(withoutOver(change, nowMs), nowMs), nowMs);
      return { ok: true };
    } catch (error) {
      return { ok: false, error: (error as EnforcementError).message };
    }
  }

  /** Let other generations pass, or the same, with the shortcut that follows from them. @throws EnforcementError */
  passGenerations(change: Change, nowMs: number): void {
    this.#table.apply(this.#shortcut.withGenerations(change, nowMs), nowMs);
  }

  /** Read back what a change was about. @returns what differs, in words; also that it cannot be read */
  verify(change: Change, nowMs: number): string[] {
    try {
      return this.#differing(change, nowMs).slice(0, MAX_DIFFERENCES);
    } catch (error) {
      return [`not known: ${(error as EnforcementError).message}`];
    }
  }

  #differing({ add, refresh, remove }: Change, nowMs: number): string[] {
    const wrong: string[] = [];
    this.#lookFor(add, nowMs, wrong);
    this.#lookFor(refresh, nowMs, wrong);
    for (let i = 0; i < remove.length; i++)
      if (this.#table.read(remove[i])) wrong.push(`still there: ${describeElement(remove[i])}`);
    return wrong;
  }

  #lookFor(elements: readonly KernelElement[], nowMs: number, wrong: string[]): void {
    for (let i = 0; i < elements.length; i++) {
      const element = elements[i];
      if (isOver(element, nowMs)) continue;
      const found = this.#table.read(element);
      if (found === undefined) wrong.push(`missing: ${describeElement(element)}`);
      else if (!sameLifetime(element, found, nowMs))
        wrong.push(`other life time: ${describeElement(element)}`);
    }
  }

  /** Read back what may have been touched, which is everything unless told, and mend what differs. */
  reconcile(nowMs: number, touched = Touched.everything()): Reconciliation {
    const differences: string[] = [];
    try {
      const isConfirmed = this.#reconcile(goingOn(nowMs), touched, differences);
      return {
        differences: differences.slice(0, MAX_DIFFERENCES),
        ...((!isConfirmed || this.doubt !== undefined) && { isUnconfirmed: true as const }),
      };
    } catch (error) {
      return {
        differences: differences.slice(0, MAX_DIFFERENCES),
        error: (error as EnforcementError).message,
      };
    }
  }

  /** Of what should stand; hex. The kernel's own is the same whenever `reconcile` finds nothing. */
  get digest(): string {
    return this.#desired.digest(this.#keeper.listing);
  }

  /** Why nobody can say that the rules are as they should be. */
  get doubt(): string | undefined {
    return this.#keeper.doubt;
  }

  /** The static part as text that `nft -f` reads. @throws EnforcementError */
  tableText(): string {
    return this.#keeper.text;
  }

  /** All that should stand in the sets that are held. */
  wanted(nowMs: number): KernelElement[] {
    return [...this.#holders.values()].flatMap((holder) => [...holder.elements(nowMs)]);
  }

  /** The same, and of what may be very many what stands in the end: it is not made into objects. */
  wantedApart(nowMs: number): { readonly elements: KernelElement[]; readonly lists: readonly LongList[] } {
    const holders = [...this.#holders.values()];
    return {
      elements: holders.flatMap((holder) => (holder.lists ? [] : [...holder.elements(nowMs)])),
      lists: holders.flatMap((holder) => holder.lists?.() ?? []),
    };
  }

  /** What comes back with the table in one transaction: what is very long comes after it, in steps. */
  #wantedAtOnce(nowMs: number): KernelElement[] {
    return [...this.#holders.values()].flatMap((holder) =>
      isLong(holder) ? [] : [...holder.elements(nowMs)],
    );
  }

  /** @returns whether what was mended, if anything was, is known to stand in the kernel */
  #reconcile(now: Clock, touched: Touched, differences: string[]): boolean {
    const mended = touched.rules ? this.#keeper.mend(() => this.#wantedAtOnce(now()), now) : ALL_WELL;
    if (mended.difference !== undefined) differences.push(mended.difference);
    if (mended.made !== undefined) {
      const { elements, isConfirmed } = mended.made;
      differences.push(...describe({ add: elements, refresh: [], remove: [] }));
      return this.#reconcileLists(now, differences) && isConfirmed;
    }
    // Whoever changed the rules may have emptied sets on the way.
    const scope = mended.difference === undefined ? touched : Touched.everything();
    return this.#mend(this.#difference(scope, now(), differences), now, differences);
  }

  /** What a table that was made anew still lacks. */
  #reconcileLists(now: Clock, differences: string[]): boolean {
    const long = [...this.#holders.values()].filter(isLong).map(({ owner }) => owner);
    if (long.length === 0) return true;
    const scope = Touched.all(SETS.filter(({ owner }) => long.includes(owner)).map(({ name }) => name));
    return this.#mend(this.#difference(scope, now(), differences), now, differences);
  }

  #mend(change: Change, now: Clock, differences: string[]): boolean {
    differences.push(...describe(change));
    if (change.add.length + change.refresh.length + change.remove.length === 0) return true;
    return this.#table.applyConfirmed(change, now());
  }

  #difference(touched: Touched, nowMs: number, differences: string[]): Change {
    const change: MutableChange = { add: [], refresh: [], remove: [] };
    const whole: SetName[] = [];
    for (const [name, elements] of touched.sets) {
      const holder = this.#holderOf(name);
      if (holder === undefined) continue;
      if (elements === 'all' && holder.difference !== undefined) {
        const own = holder.difference(name, touched.isWhole);
        for (const each of own?.add ?? []) change.add.push(each);
        for (const each of own?.remove ?? []) change.remove.push(each);
        if (own?.later !== undefined) differences.push(own.later);
      } else if (elements === 'all') whole.push(name);
      else this.#compareSome(holder, name, elements, nowMs, change);
    }
    if (whole.length > 0) this.#compareWhole(whole, nowMs, change);
    return change;
  }

  #compareSome(
    holder: Holder,
    set: SetName,
    elements: Exclude<TouchedElements, 'all'>,
    nowMs: number,
    change: MutableChange,
  ): void {
    for (const { key, keyEnd } of elements.values()) {
      const there = { set, key, ...(keyEnd && { keyEnd }) };
      const found = this.#table.read(there);
      compare(set, holder.find(elementId(set, key, keyEnd), nowMs), found, nowMs, change);
    }
  }

  #compareWhole(sets: readonly SetName[], nowMs: number, change: MutableChange): void {
    const wanted = new Map<SetName, KernelElement[]>(sets.map((set) => [set, []]));
    for (const holder of new Set(sets.map((name) => this.#holderOf(name))))
      for (const element of holder?.elements(nowMs) ?? []) wanted.get(element.set)?.push(element);
    for (const [set, elements] of wanted) this.#compareSet(set, elements, nowMs, change);
  }

  /** What the kernel has is compared as it comes, for there may be a hundred thousand. */
  #compareSet(set: SetName, wanted: readonly KernelElement[], nowMs: number, change: MutableChange): void {
    const comparison = new SetComparison(set, wanted);
    // What an element has left is told as it is when it is read, and very many may take seconds.
    const began = performance.now();
    this.#table.scan(set, () => {
      comparison.restart();
      return (found) => comparison.take(found, nowMs + performance.now() - began);
    });
    const own = comparison.finish();
    for (const action of ['add', 'refresh', 'remove'] as const)
      for (const element of own[action]) change[action].push(element);
  }

  #holderOf(name: SetName): Holder | undefined {
    const owner = OWNERS.get(name);
    return owner && this.#holders.get(owner);
  }
}

function isLong({ length = 0 }: Holder): boolean {
  return length > MOST_AT_ONCE;
}

/** Of two that asked for it and whose time is over, the one that ends first leaves it to the other. */
function withoutOver(change: Change, nowMs: number): Change {
  const { add, refresh, remove } = change;
  if (!isAnyOver(add, nowMs) && !isAnyOver(refresh, nowMs)) return change;
  const over = refresh.filter((element) => isOver(element, nowMs));
  const living = (elements: readonly KernelElement[]) =>
    elements.filter((element) => !isOver(element, nowMs));
  return { add: living(add), refresh: living(refresh), remove: [...remove, ...over] };
}

/** What an element has left is worked out when the kernel gets it: reading a table may take seconds. */
function goingOn(nowMs: number): Clock {
  const began = performance.now();
  return () => nowMs + performance.now() - began;
}

function isAnyOver(elements: readonly KernelElement[], nowMs: number): boolean {
  for (let i = 0; i < elements.length; i++) if (isOver(elements[i], nowMs)) return true;
  return false;
}

function isOver({ expiresAtMs }: KernelElement, nowMs: number): boolean {
  return expiresAtMs <= nowMs;
}

const OWNERS: ReadonlyMap<SetName, Owner> = new Map(SETS.map(({ name, owner }) => [name, owner]));

function describe({ add, refresh, remove }: Change): string[] {
  return [
    ...few(add).map((element) => `missing: ${describeElement(element)}`),
    ...few(refresh).map((element) => `other life time: ${describeElement(element)}`),
    ...few(remove).map((element) => `nobody decided: ${describeElement(element)}`),
  ];
}

function few(elements: readonly KernelElement[]): readonly KernelElement[] {
  return elements.slice(0, MAX_DIFFERENCES);
}
