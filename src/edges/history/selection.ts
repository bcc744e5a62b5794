/**
 * Which rows a question is about, as SQL. A host's rows lie apart in each bucket: with hosts given, every bucket is
 * looked into at their place only, in the place of a walk through all rows of the time.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Filter } from './question.ts';
import { bucketOf, type Step } from './step.ts';

export interface Selection {
  /** FROM and WHERE; the rows are `r`. */
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  /** The first bucket and the last one. */
  readonly first: number;
  readonly last: number;
}

/** More are found faster by a walk. */
const FEW_HOSTS = 64;

/** `split`: by destination and service too. */
export function select(db: DatabaseSync, filter: Filter, step: Step, split: boolean): Selection {
  const isSplit = split || filter.destination !== undefined;
  const first = bucketOf(step, filter.fromMs);
  const last = Math.max(first, bucketOf(step, filter.toMs));
  const hosts = hostsOf(db, filter);
  const clauses: [string, ...SQLInputValue[]][] = [];
  if (hosts !== undefined)
    clauses.push(['r.host IN (SELECT value FROM json_each(?))', JSON.stringify(hosts)]);
  if (filter.rule !== undefined)
    clauses.push([
      "r.verdict IN (SELECT id FROM verdicts WHERE kind = 'allow' AND because = ?)",
      filter.rule,
    ]);
  if (filter.destination !== undefined) {
    const named = 'SELECT id FROM destinations WHERE address = ? OR name = ?';
    clauses.push([`r.destination IN (${named})`, filter.destination, filter.destination]);
  }
  const table = `${step}_${isSplit ? 'flows' : 'hosts'} AS r`;
  const few = hosts !== undefined && hosts.length <= FEW_HOSTS;
  const from = few
    ? `(WITH RECURSIVE span(at) AS (SELECT ? UNION ALL SELECT at + 1 FROM span WHERE at < ?) SELECT at FROM span) AS s
       CROSS JOIN ${table} ON r.at = s.at`
    : table;
  if (!few) clauses.unshift(['r.at BETWEEN ? AND ?', first, last]);
  const where = clauses.length === 0 ? '' : ` WHERE ${clauses.map(([sql]) => sql).join(' AND ')}`;
  const values = clauses.flatMap(([, ...given]) => given);
  return { sql: `FROM ${from}${where}`, values: few ? [first, last, ...values] : values, first, last };
}

/** Numbers of the hosts; undefined: all. */
function hostsOf(db: DatabaseSync, { host, group }: Filter): number[] | undefined {
  if (host === undefined && group === undefined) return undefined;
  const clauses: [string, string][] = [];
  if (host !== undefined) clauses.push(['address = ?', host]);
  if (group !== undefined) clauses.push(['EXISTS (SELECT 1 FROM json_each(groups) WHERE value = ?)', group]);
  const sql = `SELECT id FROM hosts WHERE ${clauses.map(([text]) => text).join(' AND ')}`;
  return db
    .prepare(sql)
    .all(...clauses.map(([, value]) => value))
    .map(({ id }) => id as number);
}
