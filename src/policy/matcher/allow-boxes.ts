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

/** Neighbouring intervals of destinations, both included, and what is allowed to them. */
interface Cell {
  readonly from: number;
  to: number;
  readonly keys: readonly RuledKeys[];
  /** Made when it is first asked for. */
  span?: AddressSpan;
}

/** What a class of hosts reaches, in rising order. */
type Row = readonly Cell[];

export class AllowBoxes {
  readonly #parts: BoxParts;
  readonly #most: number;
  #destinations: Uint32Array = new Uint32Array(0);
  /** Intervals of the destinations by group. */
  #intervalsOf: number[][] = [];
  /** Destination groups by rule. */
  readonly #groupsOf: number[][] = [];

  constructor(parts: BoxParts, most: number) {
    this.#parts = parts;
    this.#most = most;
    parts.rulesTo.forEach((rules, group) => {
      for (const rule of rules) append(this.#groupsOf, rule, group);
    });
  }

  /** In rising order of hosts, then destinations, then keys. @throws AllowlistTooLarge */
  of(family: Family): AllowBox[] {
    this.#indexDestinations(family);
    const rows = new Map<number, Row>();
    const hosts = this.#parts.hosts.index(family);
    const boxes: AllowBox[] = [];
    for (const { from, to, value } of this.#hostSpans(family, rows)) {
      const span = { first: hosts.firstOf(family, from), last: hosts.lastOf(family, to) };
      for (const cell of rows.get(value) ?? []) {
        cell.span ??= this.#spanOf(family, cell);
        this.#addBoxes(span, cell.span, cell.keys, boxes);
      }
    }
    return boxes;
  }

  #indexDestinations(family: Family): void {
    const { destinations } = this.#parts;
    this.#destinations = destinations.index(family).values;
    this.#intervalsOf = [];
    this.#destinations.forEach((value, i) => {
      if (value === NO_CLASS) return;
      for (const group of destinations.groupsOf(value)) append(this.#intervalsOf, group, i);
    });
  }

  /** Neighbours of other classes that reach the same are one span, by the first's class. */
  #hostSpans(family: Family, rows: Map<number, Row>): { from: number; to: number; value: number }[] {
    const spans: { from: number; to: number; value: number }[] = [];
    this.#parts.hosts.index(family).values.forEach((value, at) => {
      if (value === NO_CLASS) return;
      const row = rows.get(value) ?? this.#row(value);
      rows.set(value, row);
      const before = spans.at(-1);
      if (before?.to === at - 1 && sameRow(rows.get(before.value) ?? [], row)) before.to = at;
      else spans.push({ from: at, to: at, value });
    });
    return spans;
  }

  #row(hostClass: number): Row {
    const { hosts, rulesFrom, inForce } = this.#parts;
    const rules = new Set(hosts.groupsOf(hostClass).flatMap((group) => rulesFrom[group].filter(inForce)));
    const touched = new Set<number>();
    for (const rule of rules) {
      for (const group of this.#groupsOf[rule] ?? [])
        for (const i of this.#intervalsOf[group] ?? []) touched.add(i);
    }
    return this.#cells(Uint32Array.from(touched).sort(), rules);
  }

  #cells(intervals: Uint32Array, rules: ReadonlySet<number>): Cell[] {
    const known = new Map<number, readonly RuledKeys[]>();
    const cells: Cell[] = [];
    for (const i of intervals) {
      const value = this.#destinations[i];
      const keys = known.get(value) ?? this.#allowed(value, rules);
      known.set(value, keys);
      const before = cells.at(-1);
      if (before?.to === i - 1 && sameKeys(before.keys, keys)) before.to = i;
      else if (keys.length > 0) cells.push({ from: i, to: i, keys });
    }
    return cells;
  }

  #allowed(destinationClass: number, rules: ReadonlySet<number>): readonly RuledKeys[] {
    const { destinations, rulesTo, keysOf } = this.#parts;
    const groups = destinations.groupsOf(destinationClass);
    const to =
      groups.length === 1 ? rulesTo[groups[0]] : [...new Set(groups.flatMap((group) => rulesTo[group]))];
    const both = to.filter((rule) => rules.has(rule)).sort((x, y) => x - y);
    // Its keys are merged already.
    if (both.length === 1) return keysOf(both[0]).flatMap((keys) => inFields({ ...keys, rule: both[0] }));
    return indexServices(both, keysOf).ranges().flatMap(inFields);
  }

  #spanOf(family: Family, { from, to }: Cell): AddressSpan {
    const index = this.#parts.destinations.index(family);
    return { first: index.firstOf(family, from), last: index.lastOf(family, to) };
  }

  #addBoxes(
    hosts: AddressSpan,
    destinations: AddressSpan,
    keys: readonly RuledKeys[],
    boxes: AllowBox[],
  ): void {
    for (const { rule, first, last } of keys) {
      if (boxes.length >= this.#most) this.#refuse([...boxes, { rule }]);
      boxes.push({ hosts, destinations, keys: { first, last }, rule });
    }
  }

  #refuse(boxes: readonly Pick<AllowBox, 'rule'>[]): never {
    const byRule = [...Map.groupBy(boxes, ({ rule }) => rule)];
    const [rule, own] = byRule.reduce((most, each) => (each[1].length > most[1].length ? each : most));
    throw new AllowlistTooLarge(rule, own.length, this.#most);
  }
}

function sameRow(x: Row, y: Row): boolean {
  return (
    x === y ||
    (x.length === y.length &&
      x.every(({ from, to, keys }, i) => from === y[i].from && to === y[i].to && sameKeys(keys, y[i].keys)))
  );
}

function sameKeys(x: readonly RuledKeys[], y: readonly RuledKeys[]): boolean {
  return (
    x.length === y.length &&
    x.every(({ first, last, rule }, i) => first === y[i].first && last === y[i].last && rule === y[i].rule)
  );
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

function append(lists: number[][], index: number, item: number): void {
  const list = lists[index];
  if (list === undefined) lists[index] = [item];
  else list.push(item);
}
