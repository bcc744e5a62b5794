/**
 * What is written to the history, in the thread that keeps it:
 *
 *   a drain --> fold --> minute, hour and day at once        all or nothing
 *                           |
 *   an hour is over ------> fold what has gathered in them, forget what is too old
 *   the file is too large -> forget the oldest of the finest first
 *
 * Each width is written when the traffic is, so that none has to be made from another later, and a clock that jumps
 * only decides which bucket traffic is added to.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DrainedTraffic, TrafficRow } from '../../engine/traffic-totals.ts';
import { openHistory, SUM_COLUMNS } from './database.ts';
import { Dictionary } from './dictionary.ts';
import { guarded } from './errors.ts';
import { foldRows } from './folding.ts';
import { Retention, type RetentionSettings } from './retention.ts';
import { bucketOf, DEFAULT_LIMITS, type Limits, STEPS, type Step } from './step.ts';
import { foldBucket } from './tail.ts';

export interface StoreSettings extends RetentionSettings {
  readonly path: string;
  readonly limits?: Limits;
}

/** A whole drain: its pieces put together. */
export type Drain = Pick<DrainedTraffic, 'rows' | 'groups' | 'names'>;

interface Upserts {
  readonly hosts: StatementSync;
  readonly flows: StatementSync;
}

export class HistoryStore {
  readonly db: DatabaseSync;
  readonly #limits: Limits;
  readonly #dictionary: Dictionary;
  readonly #retention: Retention;
  readonly #upserts: Readonly<Record<Step, Upserts>>;
  /** Buckets that were written to since they were folded, as `step at`. */
  readonly #written = new Map<string, readonly [Step, number]>();
  #hour = 0;

  /** @throws HistoryError */
  constructor({ path, limits = DEFAULT_LIMITS, ...retention }: StoreSettings) {
    this.db = openHistory(path);
    this.#limits = limits;
    this.#dictionary = new Dictionary(this.db);
    this.#retention = new Retention(this.db, retention);
    const upserts = (step: Step): Upserts => ({
      hosts: this.db.prepare(upsert(`${step}_hosts`, ['at', 'host', 'verdict'])),
      flows: this.db.prepare(upsert(`${step}_flows`, ['at', 'host', 'verdict', 'destination', 'service'])),
    });
    this.#upserts = { minute: upserts('minute'), hour: upserts('hour'), day: upserts('day') };
    for (const step of ['hour', 'day'] as const) this.#noteLast(step);
  }

  /**
   * Add a drain to the buckets that hold `atMs`, all or nothing.
   * @returns rows that were written, one a width
   * @throws HistoryError
   */
  add({ rows, groups, names }: Drain, atMs: number): number {
    const folded = foldRows(rows, this.#limits.minute);
    return this.#whole(() => {
      for (const row of folded) this.#addRow(row, groups, names, atMs);
      for (const step of ['hour', 'day'] as const) this.#note(step, bucketOf(step, atMs));
      return folded.length * STEPS.length;
    });
  }

  /**
   * What time brings. Cheap, but for once an hour.
   * @throws HistoryError
   */
  tend(nowMs: number): void {
    const hour = bucketOf('hour', nowMs);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#foldWritten(nowMs);
      guarded(() => this.#retention.forgetOld(nowMs));
      this.#dictionary.forget();
    }
    guarded(() => this.#retention.shrink());
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  #addRow(row: TrafficRow, groups: Drain['groups'], names: Drain['names'], atMs: number): void {
    const host = this.#dictionary.host(row.host, row.host === null ? undefined : groups[row.host]);
    const name = row.destination === null ? undefined : names[row.destination];
    const destination = this.#dictionary.destination(row.destination, name);
    const verdict = this.#dictionary.verdict(row.kind, row.because);
    const { bytesOut, bytesIn, packets, connections, denied } = row;
    for (const step of STEPS) {
      const at = bucketOf(step, atMs);
      const { hosts, flows } = this.#upserts[step];
      hosts.run(at, host, verdict, bytesOut, bytesIn, packets, connections, denied);
      flows.run(
        at,
        host,
        verdict,
        destination,
        row.service ?? 0,
        bytesOut,
        bytesIn,
        packets,
        connections,
        denied,
      );
    }
  }

  #foldWritten(nowMs: number): void {
    for (const [key, [step, at]] of this.#written) {
      this.#whole(() => foldBucket(this.db, step, at, this.#limits[step]));
      if (at !== bucketOf(step, nowMs)) this.#written.delete(key);
    }
  }

  /** The daemon may have stopped before it folded them. */
  #noteLast(step: Step): void {
    const last = this.db.prepare(`SELECT max(at) AS at FROM ${step}_hosts`).get()?.at as number | null;
    if (last !== null) this.#note(step, last);
  }

  #note(step: Step, at: number): void {
    this.#written.set(`${step} ${at}`, [step, at]);
  }

  #whole<T>(work: () => T): T {
    return guarded(() => {
      this.db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.db.exec('COMMIT');
        return result;
      } catch (error) {
        // Numbers that were given meanwhile are taken back too.
        this.#dictionary.forget();
        if (this.db.isTransaction) this.db.exec('ROLLBACK');
        throw error;
      }
    });
  }
}

function upsert(table: string, key: readonly string[]): string {
  const columns = [...key, ...SUM_COLUMNS];
  const sums = SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT DO UPDATE SET ${sums}`;
}
