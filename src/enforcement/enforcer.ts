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
 *   elements differ            those elements, in one transaction
 *   rules differ, or no table  from its image: rules and all elements, in one transaction; nothing is out meanwhile
 *   first look of a process    there is no image yet: see table-keeper.ts
 */
import { isDeepStrictEqual } from 'node:util';
import type { SetElement } from 'node-nftables';
import type { Decision } from '../decision/decision.ts';
import type { LongList } from './deny/long-list.ts';
import { type Change, DesiredState } from './desired-state.ts';
import { elementId, type Holder, type KernelElement, STAYS } from './element.ts';
import { describeElement } from './element-text.ts';
import type { EnforcementError } from './errors.ts';
import type { KernelTable } from './kernel-table.ts';
import type { Lifetime } from './segments.ts';
import { type Owner, SETS, type SetName } from './sets.ts';
import { ALL_WELL, TableKeeper } from './table-keeper.ts';
import { Touched, type TouchedElements } from './touched.ts';

export type CarriedOut = { readonly ok: true } | { readonly ok: false; readonly error: string };

export interface Reconciliation {
  /** What was not as it should be, in words; empty when all was well. At most {@link MAX_DIFFERENCES}. */
  readonly differences: readonly string[];
  /** Why it could not be mended. */
  readonly error?: string;
}

export const MAX_DIFFERENCES = 20;
/** Of one holder of very many: some tenths of a second. */
const MOST_AT_ONCE = 50_000;
/** The kernel keeps time in ticks, and the ways there take time. */
const TOLERANCE_MS = 2_000;

export class Enforcer {
  readonly #table: KernelTable;
  readonly #keeper: TableKeeper;
  readonly #desired = new DesiredState();
  readonly #holders = new Map<Owner, Holder>();

  constructor(table: KernelTable) {
    this.#table = table;
    this.#keeper = new TableKeeper(table);
    this.hold(this.#desired);
  }

  /** From now on this one decides what is in the sets of its owner. Sets that nobody holds are left alone. */
  hold(holder: Holder): void {
    this.#holders.set(holder.owner, holder);
  }

  /** Note what a decision, new or changed, asks for. The kernel learns it by {@link carryOut} or `reconcile`. */
  expect(decision: Decision): Change {
    return this.#desired.put(decision);
  }

  /** Note that a decision no longer asks for anything. */
  forget(decisionId: string): Change {
    return this.#desired.drop(decisionId);
  }

  /** Tell the kernel. */
  carryOut(change: Change, nowMs: number): CarriedOut {
    try {
      this.#table.apply(withoutOver(change, nowMs), nowMs);
      return { ok: true };
    } catch (error) {
      return { ok: false, error: (error as EnforcementError).message };
    }
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
    for (const element of [...add, ...refresh]) {
      if (isOver(element, nowMs)) continue;
      const found = this.#table.read(element);
      if (found === undefined) wrong.push(`missing: ${describeElement(element)}`);
      else if (!sameLifetime(element, found, nowMs))
        wrong.push(`other life time: ${describeElement(element)}`);
    }
    for (const element of remove)
      if (this.#table.read(element)) wrong.push(`still there: ${describeElement(element)}`);
    return wrong;
  }

  /** Read back what may have been touched, which is everything unless told, and mend what differs. */
  reconcile(nowMs: number, touched = Touched.everything()): Reconciliation {
    const differences: string[] = [];
    try {
      this.#reconcile(nowMs, touched, differences);
      return { differences: differences.slice(0, MAX_DIFFERENCES) };
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

  #reconcile(nowMs: number, touched: Touched, differences: string[]): void {
    const mended = touched.rules ? this.#keeper.mend(() => this.#wantedAtOnce(nowMs), nowMs) : ALL_WELL;
    if (mended.difference !== undefined) differences.push(mended.difference);
    if (mended.made !== undefined) {
      differences.push(...describe({ add: mended.made, refresh: [], remove: [] }));
      this.#reconcileLists(nowMs, differences);
      return;
    }
    // Whoever changed the rules may have emptied sets on the way.
    const scope = mended.difference === undefined ? touched : Touched.everything();
    this.#mend(this.#difference(scope, nowMs, differences), nowMs, differences);
  }

  /** What a table that was made anew still lacks. */
  #reconcileLists(nowMs: number, differences: string[]): void {
    const long = [...this.#holders.values()].filter(isLong).map(({ owner }) => owner);
    if (long.length === 0) return;
    const scope = Touched.all(SETS.filter(({ owner }) => long.includes(owner)).map(({ name }) => name));
    this.#mend(this.#difference(scope, nowMs, differences), nowMs, differences);
  }

  #mend(change: Change, nowMs: number, differences: string[]): void {
    differences.push(...describe(change));
    if (change.add.length + change.refresh.length + change.remove.length > 0)
      this.#table.apply(change, nowMs);
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
    const wanted = new Map(sets.map((set) => [set, new Map<string, KernelElement>()]));
    for (const holder of new Set(sets.map((name) => this.#holderOf(name)))) {
      for (const element of holder?.elements(nowMs) ?? []) {
        const { set, id, key, keyEnd, value } = element;
        // An id of a map's element may say its value as well.
        wanted.get(set)?.set(value === undefined ? id : elementId(set, key, keyEnd), element);
      }
    }
    for (const [set, elements] of wanted) this.#compareSet(set, elements, nowMs, change);
  }

  /** `wanted` by id. What the kernel has is compared as it comes, for there may be a hundred thousand. */
  #compareSet(
    set: SetName,
    wanted: ReadonlyMap<string, KernelElement>,
    nowMs: number,
    change: MutableChange,
  ): void {
    let own: MutableChange = { add: [], refresh: [], remove: [] };
    // What an element has left is told as it is when it is read, and very many may take seconds.
    const began = performance.now();
    // A hash set that is being enlarged gives an element twice.
    let there = new Set<string>();
    this.#table.scan(set, () => {
      own = { add: [], refresh: [], remove: [] };
      there = new Set();
      return (found) => {
        const id = elementId(set, found.key, found.keyEnd);
        if (there.has(id)) return;
        there.add(id);
        compare(set, wanted.get(id), found, nowMs + performance.now() - began, own);
      };
    });
    if (there.size - own.remove.length < wanted.size)
      for (const [id, element] of wanted) if (!there.has(id)) own.add.push(element);
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
  const over = refresh.filter((element) => isOver(element, nowMs));
  if (over.length === 0 && !add.some((element) => isOver(element, nowMs))) return change;
  const living = (elements: readonly KernelElement[]) =>
    elements.filter((element) => !isOver(element, nowMs));
  return { add: living(add), refresh: living(refresh), remove: [...remove, ...over] };
}

function isOver({ expiresAtMs }: KernelElement, nowMs: number): boolean {
  return expiresAtMs <= nowMs;
}

type MutableChange = { [K in keyof Change]: KernelElement[] };

const OWNERS: ReadonlyMap<SetName, Owner> = new Map(SETS.map(({ name, owner }) => [name, owner]));

/** What has to be done so that `found` becomes `wanted`. */
function compare(
  set: SetName,
  wanted: KernelElement | undefined,
  found: SetElement | undefined,
  nowMs: number,
  change: MutableChange,
): void {
  if (wanted === undefined) {
    if (found !== undefined) change.remove.push(removable(set, found, nowMs));
  } else if (found === undefined) change.add.push(wanted);
  else if (wanted.value !== found.value && !isDeepStrictEqual(wanted.value, found.value)) {
    change.remove.push(removable(set, found, nowMs));
    change.add.push(wanted);
  } else if (!sameLifetime(wanted, found, nowMs)) change.refresh.push(wanted);
}

/** As it was found. */
function removable(set: SetName, { key, keyEnd, value, ...times }: SetElement, nowMs: number): KernelElement {
  const { timeoutMs, expiresInMs = 0 } = times;
  const lifetime = timeoutMs === undefined ? STAYS : { timeoutMs, expiresAtMs: nowMs + expiresInMs };
  return {
    set,
    id: elementId(set, key, keyEnd),
    key,
    ...(keyEnd && { keyEnd }),
    ...(value !== undefined && { value }),
    ...lifetime,
  };
}

/** The kernel gives no timeout for what stays. */
function sameLifetime(
  wanted: Lifetime,
  { timeoutMs = STAYS.timeoutMs, expiresInMs = 0 }: Pick<SetElement, 'timeoutMs' | 'expiresInMs'>,
  nowMs: number,
): boolean {
  if (wanted.timeoutMs === STAYS.timeoutMs || timeoutMs === STAYS.timeoutMs)
    return wanted.timeoutMs === timeoutMs;
  return (
    Math.abs(timeoutMs - wanted.timeoutMs) < TOLERANCE_MS &&
    Math.abs(expiresInMs - (wanted.expiresAtMs - nowMs)) < TOLERANCE_MS
  );
}

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
