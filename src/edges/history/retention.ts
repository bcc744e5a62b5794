/**
 * What is forgotten: buckets that are too old; and, while the file is larger than it may be, the oldest of the finest
 * first, down to what a look back at today needs; then days of last year, before the hours of this month.
 *
 * A clock that jumps must not make everything too old at once: after a jump nothing goes by age for a day.
 */
import type { DatabaseSync } from 'node:sqlite';
import { pragma, usedBytes } from './database.ts';
import { bucketOf, DAY_MS, type Keep, STEPS, type Step } from './step.ts';

export interface RetentionSettings {
  readonly keep: Keep;
  /** Of the file; its log comes on top, 16 MiB at most. */
  readonly maxBytes: number;
  /** A clock that nobody sets. */
  readonly uptimeMs?: () => number;
}

/** What is given up, in this order: of which width, and how many of its buckets stay. */
const GIVEN_UP: readonly (readonly [Step, stay: number])[] = [
  ['minute', 120],
  ['day', 62],
  ['hour', 48],
  ['day', 7],
  ['minute', 0],
  ['hour', 0],
  ['day', 0],
];
/** So that not every drain makes room. */
const SHRINK_TO = 0.95;
const GROWN = 1.5;
const MANY_ADDRESSES = 10_000;
const JUMP_MS = 3_600_000;
/** Buckets that lie so far ahead were written by a wrong clock. */
const AHEAD_MS = 2 * DAY_MS;
/** Freed pages that go back to the file system at a time. */
const VACUUM_PAGES = 4_096;

export class Retention {
  readonly #db: DatabaseSync;
  readonly #keep: Keep;
  readonly #maxBytes: number;
  readonly #uptimeMs: () => number;
  #bootedAtMs: number | undefined;
  #holdUntil = 0;
  /** After the last walk. */
  #addresses = 0;

  constructor(db: DatabaseSync, { keep, maxBytes, uptimeMs = () => performance.now() }: RetentionSettings) {
    this.#db = db;
    this.#keep = keep;
    this.#maxBytes = maxBytes;
    this.#uptimeMs = uptimeMs;
  }

  forgetOld(nowMs: number): void {
    if (this.#clockJumped(nowMs)) return;
    for (const step of STEPS) {
      const first = bucketOf(step, nowMs - this.#keep[step]);
      const last = bucketOf(step, nowMs + AHEAD_MS);
      for (const at of this.#buckets(step)) if (at < first || at > last) this.#forget(step, at);
    }
    this.#forgetUnused();
  }

  /** Make room when the file is too large. */
  shrink(): void {
    if (usedBytes(this.#db) > this.#maxBytes) this.#makeRoom();
    if (pragma(this.#db, 'freelist_count') > VACUUM_PAGES / 4)
      this.#db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
  }

  #makeRoom(): void {
    for (const [step, stay] of GIVEN_UP) if (this.#shrinkStep(step, stay)) return;
  }

  /** @returns whether the file is small enough */
  #shrinkStep(step: Step, stay: number): boolean {
    const buckets = this.#buckets(step);
    for (const at of buckets.slice(0, Math.max(0, buckets.length - stay))) {
      if (usedBytes(this.#db) <= this.#maxBytes * SHRINK_TO) return true;
      this.#forget(step, at);
    }
    return usedBytes(this.#db) <= this.#maxBytes * SHRINK_TO;
  }

  /** Oldest first: one seek a bucket, not a walk through all rows. */
  #buckets(step: Step): number[] {
    const sql = `WITH RECURSIVE buckets(at) AS (SELECT min(at) FROM ${step}_hosts UNION ALL
      SELECT (SELECT min(at) FROM ${step}_hosts WHERE at > buckets.at) FROM buckets WHERE buckets.at IS NOT NULL)
      SELECT at FROM buckets WHERE at IS NOT NULL`;
    return this.#db
      .prepare(sql)
      .all()
      .map(({ at }) => at as number);
  }

  #forget(step: Step, at: number): void {
    for (const table of ['hosts', 'flows'])
      this.#db.prepare(`DELETE FROM ${step}_${table} WHERE at = ?`).run(at);
  }

  /** Addresses that no row names: a walk through all rows, so only when many more have come. */
  #forgetUnused(): void {
    const count = (table: string) =>
      this.#db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count as number;
    const addresses = count('destinations') + count('hosts');
    if (addresses < this.#addresses * GROWN + MANY_ADDRESSES) return;
    const inUse = (column: string, table: string) =>
      STEPS.map((step) => `SELECT ${column} FROM ${step}_${table}`).join(' UNION ALL ');
    this.#db.exec(`DELETE FROM destinations WHERE id NOT IN (${inUse('destination', 'flows')});
      DELETE FROM hosts WHERE id NOT IN (${inUse('host', 'hosts')});`);
    this.#addresses = count('destinations') + count('hosts');
  }

  #clockJumped(nowMs: number): boolean {
    const uptime = this.#uptimeMs();
    const bootedAtMs = nowMs - uptime;
    const before = this.#bootedAtMs ?? bootedAtMs;
    this.#bootedAtMs = bootedAtMs;
    if (Math.abs(bootedAtMs - before) > JUMP_MS) this.#holdUntil = uptime + DAY_MS;
    return uptime < this.#holdUntil;
  }
}
