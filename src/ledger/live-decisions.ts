/** All decisions that stand or wait: a start takes them back, and there may be a hundred thousand. */
import type { StatementSync } from 'node:sqlite';
import type { Decision, DecisionState } from '../decision/decision.ts';
import { StandingRows } from '../decision/standing-rows.ts';
import { guarded } from './errors.ts';

const LIVE: readonly DecisionState[] = ['pending', 'provisional', 'active'];
const WHOLE = 'SELECT body FROM decisions JOIN entries USING (seq) WHERE state = ?';
const WITHOUT_ROW = 'standing IS NULL';

/** In one text for many: a value for each would cost as much again. */
const ROWS = `SELECT group_concat(hex(standing), '') AS rows, max(number) AS last FROM (
  SELECT number, standing FROM decisions WHERE state = 'provisional' AND number > ? AND standing IS NOT NULL
  UNION ALL
  SELECT number, standing FROM decisions WHERE state = 'active' AND number > ? AND standing IS NOT NULL
  ORDER BY number LIMIT ?)`;
const ROWS_AT_ONCE = 20_000;

export class LiveDecisions {
  readonly #prepared: (sql: string) => StatementSync;

  constructor(prepared: (sql: string) => StatementSync) {
    this.#prepared = prepared;
  }

  /**
   * By state and number; one by one, so that what a hundred thousand are read from is garbage at once. Nothing may be
   * recorded meanwhile.
   */
  each(take: (decision: Decision) => void): void {
    this.#each(WHOLE, take);
  }

  /** The same without those that have a row in {@link rows}. */
  eachWithoutRow(take: (decision: Decision) => void): void {
    this.#each(`${WHOLE} AND ${WITHOUT_ROW}`, take);
  }

  /** What has to be known of those that stand, of nearly all of them (decision/standing-row.ts). */
  rows(): StandingRows {
    return guarded('read', () => {
      const parts: Uint8Array[] = [];
      for (let after = 0; ; ) {
        const found = this.#prepared(ROWS).get(after, after, ROWS_AT_ONCE);
        if (typeof found?.rows !== 'string') return new StandingRows(Buffer.concat(parts));
        parts.push(Uint8Array.fromHex(found.rows));
        after = found.last as number;
      }
    });
  }

  #each(sql: string, take: (decision: Decision) => void): void {
    guarded('read', () => {
      const statement = this.#prepared(`${sql} ORDER BY number`);
      for (const state of LIVE)
        for (const { body } of statement.iterate(state)) take(JSON.parse(body as string).decision);
    });
  }
}
