/** Rows as the engine drains them, and stores in folders of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Geography } from '../../../../src/edges/history/geography.ts';
import { HistoryQueries } from '../../../../src/edges/history/queries.ts';
import { DEFAULT_KEEP, type Limits, type Step } from '../../../../src/edges/history/step.ts';
import { HistoryStore } from '../../../../src/edges/history/store.ts';
import type { TrafficRow } from '../../../../src/engine/traffic-totals.ts';

export const NOON = Date.UTC(2026, 9, 5, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const HTTPS = (6 << 16) | 443;

export function row(given: Partial<TrafficRow> = {}): TrafficRow {
  return {
    ...{ kind: 'allow', because: 'web', host: '10.1.0.10', destination: '203.0.113.9', service: HTTPS },
    ...{ bytesOut: 100, bytesIn: 50, packets: 3, connections: 1, denied: 0 },
    ...given,
  };
}

export interface SceneOptions {
  limits?: Limits;
  maxBytes?: number;
  keep?: Partial<Record<Step, number>>;
  uptimeMs?: () => number;
}

export class Scene implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'penstock-history-'));
  readonly path = join(this.folder, 'history.db');
  readonly #options: SceneOptions;
  store: HistoryStore;

  constructor(options: SceneOptions = {}) {
    this.#options = options;
    this.store = this.#open();
  }

  #open(): HistoryStore {
    const { keep = {}, maxBytes = 2 ** 30, ...rest } = this.#options;
    return new HistoryStore({ path: this.path, keep: { ...DEFAULT_KEEP, ...keep }, maxBytes, ...rest });
  }

  get queries(): HistoryQueries {
    return new HistoryQueries(this.store.db, new Geography({}));
  }

  add(
    rows: TrafficRow[],
    atMs: number,
    facts: { groups?: Record<string, string[]>; names?: Record<string, string> } = {},
  ) {
    return this.store.add({ rows, groups: facts.groups ?? {}, names: facts.names ?? {} }, atMs);
  }

  reopen(): void {
    this.store.close();
    this.store = this.#open();
  }

  /** All that is in a table, summed. */
  sums(table: string): Record<string, number> {
    const columns = ['bytes_out', 'bytes_in', 'packets', 'connections', 'denied'];
    const sql = `SELECT ${columns.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ')} FROM ${table}`;
    return { ...this.store.db.prepare(sql).get() } as Record<string, number>;
  }

  count(table: string): number {
    return this.store.db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count as number;
  }

  [Symbol.dispose](): void {
    this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
