/**
 * What the rules allow, as boxes that do not overlap:
 *
 *   hosts first - last   x   destinations first - last   x   keys first - last          and the first rule that allows it
 *
 * Addresses in which the same groups hold share a class (PrefixTable), so hosts of one class reach the same
 * destinations. For each class of hosts the destinations that its rules name are walked in order, and neighbours that
 * allow the same are joined; then neighbours among the hosts that reach the same:
 *
 *   destinations   |-- a: 443 --|-- b: 443 --|    |-- c: 80 --|
 *   row            |-------- 443 ------------|    |--- 80 ----|
 *
 * Work and result are bounded: a policy that comes to more is refused by name of the rule that has most of it.
 */
import type { Family } from '../../address/address.ts';
import type { KeyRange } from '../policy.ts';
import type { Interval } from './interval-index.ts';
import { NO_CLASS, type PrefixTable } from './prefix-table.ts';
import { indexServices, type RuledKeys } from './service-index.ts';

export interface AddressSpan {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

export interface AllowBox {
  readonly hosts: AddressSpan;
  readonly destinations: AddressSpan;
  readonly keys: KeyRange;
  /** Place in the policy. */
  readonly rule: number;
}

export interface BoxParts {
  readonly hosts: PrefixTable;
  readonly destinations: PrefixTable;
  /** Rules that name a host group; rules that name a destination group. */
  readonly rulesFrom: readonly (readonly number[])[];
  readonly rulesTo: readonly (readonly number[])[];
  keysOf(rule: number): readonly KeyRange[];
  inForce(rule: number): boolean;
}

/** More boxes than the kernel is given. */
export class AllowlistTooLarge extends Error {
  readonly code = 'PENSTOCK_ALLOWLIST_TOO_LARGE';
  /** Place of the rule that has most of the boxes, and how many that is. */
  readonly rule: number;
  readonly boxes: number;

  constructor(rule: number, boxes: number, most: number) {
    super(`the allowlist comes to more than ${most} elements`);
    this.name = 'AllowlistTooLarge';
    this.rule = rule;
    this.boxes = boxes;
  }
}

/** One destination span of a row and what is allowed to it. */
interface Cell {
  readonly from: number;
  to: number;
  readonly keys: readonly RuledKeys[];
  readonly signature: string;
}

export class AllowBoxes {
  readonly #parts: BoxParts;
  readonly #most: number;
  #destinations: Interval[] = [];
  /** Intervals of the destinations by group. */
  #intervalsOf = new Map<number, number[]>();
  /** Destination groups by rule. */
  readonly #groupsOfRule = new Map<number, number[]>();
  readonly #byRule = new Map<number, number>();

  constructor(parts: BoxParts, most: number) {
    this.#parts = parts;
    this.#most = most;
    parts.rulesTo.forEach((rules, group) => {
      for (const rule of rules) append(this.#groupsOfRule, rule, group);
    });
  }

  /** @throws AllowlistTooLarge */
  of(family: Family): AllowBox[] {
    this.#indexDestinations(family);
    const rows = new Map<number, readonly Cell[]>();
    const boxes: AllowBox[] = [];
    for (const { first, last, value } of this.#hostSpans(family, rows)) {
      for (const cell of rows.get(value) ?? []) this.#addBoxes({ first, last }, cell, boxes);
    }
    return boxes;
  }

  #indexDestinations(family: Family): void {
    const { destinations } = this.#parts;
    this.#destinations = destinations.intervals(family);
    this.#intervalsOf = new Map();
    this.#destinations.forEach(({ value }, i) => {
      if (value === NO_CLASS) return;
      for (const group of destinations.groupsOf(value)) append(this.#intervalsOf, group, i);
    });
  }

  /** Neighbours of other classes that reach the same are one span, by the first's class. */
  #hostSpans(family: Family, rows: Map<number, readonly Cell[]>): Interval[] {
    const signatures = new Map<number, string>();
    const spans: { first: Uint8Array; last: Uint8Array; value: number; at: number }[] = [];
    this.#parts.hosts.intervals(family).forEach(({ first, last, value }, at) => {
      if (value === NO_CLASS) return;
      if (!rows.has(value)) {
        const row = this.#row(value);
        rows.set(value, row);
        signatures.set(value, row.map(({ from, to, signature }) => `${from}-${to}:${signature}`).join(';'));
      }
      const before = spans.at(-1);
      if (before?.at === at - 1 && signatures.get(before.value) === signatures.get(value)) {
        before.last = last;
        before.at = at;
      } else spans.push({ first, last, value, at });
    });
    return spans;
  }

  #row(hostClass: number): Cell[] {
    const { hosts, rulesFrom, inForce } = this.#parts;
    const rules = new Set(hosts.groupsOf(hostClass).flatMap((group) => rulesFrom[group].filter(inForce)));
    const groups = new Set([...rules].flatMap((rule) => this.#groupsOfRule.get(rule) ?? []));
    const touched = new Set<number>();
    for (const group of groups) for (const i of this.#intervalsOf.get(group) ?? []) touched.add(i);
    return this.#cells(
      [...touched].sort((x, y) => x - y),
      rules,
    );
  }

  #cells(intervals: readonly number[], rules: ReadonlySet<number>): Cell[] {
    const known = new Map<number, { keys: RuledKeys[]; signature: string }>();
    const cells: Cell[] = [];
    for (const i of intervals) {
      const { value } = this.#destinations[i];
      const allowed = known.get(value) ?? this.#allowed(value, rules);
      known.set(value, allowed);
      const before = cells.at(-1);
      if (before?.to === i - 1 && before.signature === allowed.signature) before.to = i;
      else if (allowed.keys.length > 0) cells.push({ from: i, to: i, ...allowed });
    }
    return cells;
  }

  #allowed(destinationClass: number, rules: ReadonlySet<number>): { keys: RuledKeys[]; signature: string } {
    const { destinations, rulesTo, keysOf } = this.#parts;
    const to = new Set(destinations.groupsOf(destinationClass).flatMap((group) => rulesTo[group]));
    const both = [...to].filter((rule) => rules.has(rule)).sort((x, y) => x - y);
    const keys = indexServices(both, keysOf).ranges().flatMap(inFields);
    return { keys, signature: keys.map(({ first, last, rule }) => `${first}-${last}=${rule}`).join() };
  }

  #addBoxes(hosts: AddressSpan, { from, to, keys }: Cell, boxes: AllowBox[]): void {
    const destinations = { first: this.#destinations[from].first, last: this.#destinations[to].last };
    for (const { rule, first, last } of keys) {
      this.#byRule.set(rule, (this.#byRule.get(rule) ?? 0) + 1);
      if (boxes.length >= this.#most) this.#refuse();
      boxes.push({ hosts, destinations, keys: { first, last }, rule });
    }
  }

  #refuse(): never {
    const [rule, count] = [...this.#byRule].reduce((most, each) => (each[1] > most[1] ? each : most));
    throw new AllowlistTooLarge(rule, count, this.#most);
  }
}

/**
 * As ranges of protocols and of ports, which the kernel compares field by field: a range over several protocols is
 * whole protocols but for its ends.
 */
function inFields({ first, last, rule }: RuledKeys): RuledKeys[] {
  const parts: RuledKeys[] = [];
  let from = first;
  if ((from & 0xffff) !== 0 && from >>> 16 !== last >>> 16) {
    parts.push({ first: from, last: from | 0xffff, rule });
    from = (from | 0xffff) + 1;
  }
  const isWhole = (last & 0xffff) === 0xffff;
  if (isWhole || from >>> 16 === last >>> 16) return [...parts, { first: from, last, rule }];
  const start = last & ~0xffff;
  return [...parts, { first: from, last: start - 1, rule }, { first: start, last, rule }];
}

function append(lists: Map<number, number[]>, key: number, item: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
