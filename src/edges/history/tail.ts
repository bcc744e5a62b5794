/**
 * Folding a bucket that has gathered more than it may hold: into one row of others a host and verdict, and into one a
 * verdict for the hosts that are too many. Its sums stay.
 */
import type { DatabaseSync } from 'node:sqlite';
import { SUM_COLUMNS } from './database.ts';
import type { BucketLimits, Step } from './step.ts';

const SUMS = SUM_COLUMNS.map((name) => `sum(${name}) AS ${name}`).join(', ');
const ADDED = SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ');
const WEIGHT = 'bytes_out + bytes_in DESC, connections + denied DESC';

/** Within a transaction. */
export function foldBucket(db: DatabaseSync, step: Step, at: number, limits: BucketLimits): void {
  foldHosts(db, step, at, limits.hosts);
  foldDestinations(db, step, at, limits.destinations);
}

function foldHosts(db: DatabaseSync, step: Step, at: number, most: number): void {
  const sums = SUM_COLUMNS.map((name) => `sum(${name}) AS ${name}`).join(', ');
  const ranked = `SELECT host FROM (SELECT host, ${sums} FROM ${step}_hosts WHERE at = ? AND host <> 0 GROUP BY host)
    ORDER BY ${WEIGHT}, host LIMIT -1 OFFSET ?`;
  const light = db
    .prepare(ranked)
    .all(at, most)
    .map(({ host }) => host as number);
  if (light.length === 0) return;
  const hosts = JSON.stringify(light);
  const theirs = 'at = ? AND host IN (SELECT value FROM json_each(?))';
  db.prepare(
    `INSERT INTO ${step}_hosts SELECT at, 0, verdict, ${SUMS} FROM ${step}_hosts WHERE ${theirs} GROUP BY verdict
      ON CONFLICT DO UPDATE SET ${ADDED}`,
  ).run(at, hosts);
  db.prepare(
    `INSERT INTO ${step}_flows SELECT at, 0, verdict, 0, 0, ${SUMS} FROM ${step}_flows WHERE ${theirs} GROUP BY verdict
      ON CONFLICT DO UPDATE SET ${ADDED}`,
  ).run(at, hosts);
  for (const table of ['hosts', 'flows'])
    db.prepare(`DELETE FROM ${step}_${table} WHERE ${theirs}`).run(at, hosts);
}

/** Through a table in memory: what is read must not be what is written. */
function foldDestinations(db: DatabaseSync, step: Step, at: number, most: number): void {
  db.exec('DROP TABLE IF EXISTS temp.tail');
  db.prepare(
    `CREATE TEMP TABLE tail AS SELECT * FROM (
      SELECT *, row_number() OVER (PARTITION BY host, verdict ORDER BY ${WEIGHT}, destination, service) AS place
      FROM ${step}_flows WHERE at = ${Math.trunc(at)} AND destination <> 0) WHERE place > ${Math.trunc(most)}`,
  ).run();
  db.exec(`
    DELETE FROM ${step}_flows WHERE (at, host, verdict, destination, service) IN
      (SELECT at, host, verdict, destination, service FROM tail);
    INSERT INTO ${step}_flows SELECT at, host, verdict, 0, 0, ${SUMS} FROM tail WHERE true GROUP BY host, verdict
      ON CONFLICT DO UPDATE SET ${ADDED};
    DROP TABLE tail;`);
}
