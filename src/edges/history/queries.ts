/** Answers from the history's database. Each question is one statement and little work after it. */
import type { DatabaseSync } from 'node:sqlite';
import { formatService, portOf } from '../../incident/service.ts';
import type { Geography } from './geography.ts';
import {
  addSums,
  type Filter,
  type Item,
  type Key,
  noSums,
  type Point,
  type RuleUse,
  type RuleUses,
  type Series,
  type SeriesQuestion,
  type Sums,
  type Top,
  type TopQuestion,
} from './question.ts';
import { type Selection, select } from './selection.ts';
import { STEP_MS, type Step } from './step.ts';

const SUMS = `sum(r.bytes_out) AS bytesOut, sum(r.bytes_in) AS bytesIn, sum(r.connections) AS connections,
  sum(r.denied) AS denied`;
const SEEN = 'min(r.at) AS first, max(r.at) AS last';

/** What stands for all that have no row of their own. */
const OTHERS = '(others)';
const NO_GROUP = '(no group)';
const UNKNOWN_PLACE = '(unknown)';

/** Rows that have one thing in common; what it is called comes with them. */
interface Group extends Sums {
  readonly id: number;
  readonly first: number;
  readonly last: number;
  /** Address of a host or a destination, kind of a verdict; null: others. */
  readonly called: string | null;
  /** Groups of a host as JSON, name of a destination, why a verdict. */
  readonly besides: string | null;
}

/** Where things that rows have in common are called by their names. */
const CALLED = {
  host: ['hosts', 'address', 'groups'],
  destination: ['destinations', 'address', 'name'],
  verdict: ['verdicts', 'kind', 'because'],
} as const;

export class HistoryQueries {
  readonly #db: DatabaseSync;
  readonly #geography: Geography;

  constructor(db: DatabaseSync, geography: Geography) {
    this.#db = db;
    this.#geography = geography;
  }

  /** One point a bucket, whether there is something in it or not. */
  series(question: SeriesQuestion): Series {
    const { step } = question;
    const { sql, values, first, last } = select(this.#db, question, step, false);
    const rows = this.#db.prepare(`SELECT r.at AS at, ${SUMS} ${sql} GROUP BY r.at`).all(...values);
    const found = new Map(rows.map((row) => [row.at as number, sumsOf(row as unknown as Sums)]));
    const points: Point[] = [];
    for (let at = first; at <= last; at++) {
      points.push({ atMs: at * STEP_MS[step], ...(found.get(at) ?? noSums()) });
    }
    return { step, points };
  }

  top(question: TopQuestion, step: Step): Top {
    const { by, limit } = question;
    const split = by !== 'host' && by !== 'group' && by !== 'rule';
    const selection = select(this.#db, question, step, split);
    const all = Map.groupBy(this.#itemsBy(by, selection, step), ({ key }) => key === OTHERS);
    const items = (all.get(false) ?? []).sort(byWeight);
    const shown = items.slice(0, limit);
    const other = noSums();
    for (const item of [...items.slice(limit), ...(all.get(true) ?? [])]) addSums(other, item);
    const span = { fromMs: selection.first * STEP_MS[step], toMs: (selection.last + 1) * STEP_MS[step] };
    return { by, step, ...span, items: shown, other };
  }

  /** What was sent where by the rules of the policy, by rule; the `limit` heaviest uses of each. */
  ruleUses(filter: Filter, step: Step, limit: number): RuleUses[] {
    const { sql, values } = select(this.#db, filter, step, true);
    const heavy = `SELECT *, row_number() OVER (PARTITION BY verdict ORDER BY bytesOut + bytesIn DESC) AS place FROM
      (SELECT r.verdict AS verdict, r.destination AS destination, r.service AS service, ${SUMS} ${sql} GROUP BY 1, 2, 3)`;
    const rows = this.#db
      .prepare(
        `SELECT v.because AS rule, d.address AS address, d.name AS name, t.* FROM (${heavy}) AS t
          JOIN verdicts AS v ON v.id = t.verdict LEFT JOIN destinations AS d ON d.id = t.destination
          WHERE v.kind = 'allow' AND t.place <= ? ORDER BY v.because, t.place`,
      )
      .all(...values, limit + 1);
    return [...Map.groupBy(rows, ({ rule }) => rule as string)].map(([rule, uses]) => ({
      rule,
      uses: uses.slice(0, limit).map(useOf),
      truncated: uses.length > limit,
    }));
  }

  #itemsBy(by: Key, selection: Selection, step: Step): Item[] {
    switch (by) {
      case 'host':
      case 'destination':
      case 'rule':
        return this.#named(by === 'rule' ? 'verdict' : by, selection, step);
      case 'service':
        return this.#services(selection, step);
      case 'group':
        return this.#groups(selection, step);
      default:
        return this.#places(by, selection, step);
    }
  }

  #named(column: keyof typeof CALLED, selection: Selection, step: Step): Item[] {
    return this.#grouped(column, selection).map((group) => itemOf(NAMED[column](group), group, step));
  }

  #grouped(column: keyof typeof CALLED, { sql, values }: Selection): Group[] {
    const [table, called, besides] = CALLED[column];
    const groups = `SELECT r.${column} AS id, ${SUMS}, ${SEEN} ${sql} GROUP BY r.${column}`;
    const rows = this.#db
      .prepare(
        `SELECT g.*, t.${called} AS called, t.${besides} AS besides FROM (${groups}) AS g LEFT JOIN ${table} AS t ON t.id = g.id`,
      )
      .all(...values);
    return rows as unknown as Group[];
  }

  /** Without a destination, a row is of any service. */
  #services({ sql, values }: Selection, step: Step): Item[] {
    const id = 'CASE r.destination WHEN 0 THEN -1 ELSE r.service END';
    const rows = this.#db.prepare(`SELECT ${id} AS id, ${SUMS}, ${SEEN} ${sql} GROUP BY 1`).all(...values);
    return (rows as unknown as Group[]).map((group) => {
      const key = group.id === -1 ? OTHERS : serviceText(group.id);
      return itemOf({ key }, group, step);
    });
  }

  /** A host counts in each of its groups, so the items may come to more than there was. */
  #groups(selection: Selection, step: Step): Item[] {
    const items = new Map<string, Item>();
    for (const group of this.#grouped('host', selection)) {
      const { called, besides } = group;
      const names = called === null ? [OTHERS] : (JSON.parse(besides ?? '[]') as string[]);
      for (const key of names.length === 0 ? [NO_GROUP] : names) gather(items, { key }, group, step);
    }
    return [...items.values()];
  }

  #places(by: 'country' | 'as', selection: Selection, step: Step): Item[] {
    const items = new Map<string, Item>();
    for (const group of this.#grouped('destination', selection)) {
      const place = group.called === null ? { key: OTHERS } : this.#geography.place(by, group.called);
      gather(items, place ?? { key: UNKNOWN_PLACE }, group, step);
    }
    return [...items.values()];
  }
}

interface Named {
  readonly key: string;
  readonly name?: string;
}

const NAMED: Readonly<Record<keyof typeof CALLED, (group: Group) => Named>> = {
  host: ({ called }) => ({ key: called ?? OTHERS }),
  destination: ({ called, besides }) => ({
    key: called ?? OTHERS,
    ...(besides !== null && { name: besides }),
  }),
  // Ids of rules have no parentheses.
  verdict: ({ called, besides }) => ({
    key: called === 'allow' ? (besides ?? '') : `(${called ?? 'unknown'}${besides ? ` ${besides}` : ''})`,
  }),
};

function byWeight(x: Item, y: Item): number {
  return y.bytesOut - x.bytesOut || y.denied - x.denied || y.connections - x.connections;
}

/** `tcp/443`; from protocol << 16 | port. */
export function serviceText(service: number): string {
  const protocol = service >>> 16;
  return formatService({ protocol, port: portOf(protocol, service & 0xffff) });
}

function sumsOf({ bytesOut, bytesIn, connections, denied }: Sums): Sums {
  return { bytesOut, bytesIn, connections, denied };
}

function itemOf(named: Named, group: Group, step: Step): Item {
  const width = STEP_MS[step];
  return {
    ...named,
    ...sumsOf(group),
    firstSeenMs: group.first * width,
    lastSeenMs: (group.last + 1) * width,
  };
}

function gather(items: Map<string, Item>, named: Named, group: Group, step: Step): void {
  const item = itemOf(named, group, step);
  const known = items.get(named.key);
  if (known === undefined) {
    items.set(named.key, item);
    return;
  }
  addSums(known, item);
  known.firstSeenMs = Math.min(known.firstSeenMs, item.firstSeenMs);
  known.lastSeenMs = Math.max(known.lastSeenMs, item.lastSeenMs);
}

function useOf(row: Record<string, unknown>): RuleUse {
  const { address, name, service } = row as { address: string | null; name: string | null; service: number };
  return {
    destination: address,
    ...(name !== null && { name }),
    service: address === null ? null : service,
    ...sumsOf(row as unknown as Sums),
  };
}
