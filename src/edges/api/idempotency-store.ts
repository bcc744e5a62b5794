/**
 * Answers to changing calls, kept for a day under the caller's `Idempotency-Key`, so that a repeated call is answered
 * and not carried out again (draft-ietf-httpapi-idempotency-key-header).
 *
 *             begin              finish
 *   (none) ----------> running ----------> done ---- a day ----> (none)
 *      ^                 |  |
 *      +---- abandon ----+  +-- the daemon died ---> unknown ---- a day ----> (none)
 *
 * Only what changed something is kept: a failed call is abandoned, so it can be tried again with the same key.
 */
import { timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

export interface Slot {
  /** Its id. */
  readonly caller: string;
  readonly key: string;
}

export type Beginning =
  | { readonly state: 'new' }
  | { readonly state: 'running' }
  | { readonly state: 'unknown' }
  | { readonly state: 'mismatch' }
  | { readonly state: 'done'; readonly status: number; readonly body: string };

const KEPT_MS = 24 * 3_600_000;
/** Beyond this a caller's oldest answers are forgotten early. */
const KEPT_PER_CALLER = 1_000;

export class IdempotencyStore {
  readonly #db: DatabaseSync;
  readonly #now: () => number;

  /** What was running belongs to a process that is gone: whether it took effect is not known. */
  constructor(db: DatabaseSync, now: () => number = Date.now) {
    this.#db = db;
    this.#now = now;
    db.exec("UPDATE answered SET state = 'unknown' WHERE state = 'running'");
  }

  /** Claim a key, or learn what became of it. `fingerprint` is 32 bytes over all that makes the request. */
  begin({ caller, key }: Slot, fingerprint: Uint8Array): Beginning {
    this.#forgetOld(caller);
    const row = this.#db.prepare('SELECT * FROM answered WHERE caller = ? AND key = ?').get(caller, key);
    if (row === undefined) {
      this.#db
        .prepare("INSERT INTO answered VALUES (?, ?, ?, ?, 'running', NULL, NULL)")
        .run(caller, key, fingerprint, this.#now());
      return { state: 'new' };
    }
    if (!timingSafeEqual(fingerprint, row.fingerprint as Uint8Array)) return { state: 'mismatch' };
    if (row.state === 'done') return { state: 'done', status: Number(row.status), body: String(row.body) };
    return { state: row.state === 'running' ? 'running' : 'unknown' };
  }

  finish({ caller, key }: Slot, status: number, body: string): void {
    this.#db
      .prepare("UPDATE answered SET state = 'done', status = ?, body = ? WHERE caller = ? AND key = ?")
      .run(status, body, caller, key);
  }

  /** The call changed nothing. */
  abandon({ caller, key }: Slot): void {
    this.#db.prepare('DELETE FROM answered WHERE caller = ? AND key = ?').run(caller, key);
  }

  #forgetOld(caller: string): void {
    this.#db.prepare('DELETE FROM answered WHERE asked_at_ms < ?').run(this.#now() - KEPT_MS);
    this.#db
      .prepare(
        `DELETE FROM answered WHERE caller = ?1 AND state <> 'running' AND key IN
           (SELECT key FROM answered WHERE caller = ?1 ORDER BY asked_at_ms DESC, key LIMIT -1 OFFSET ?2)`,
      )
      .run(caller, KEPT_PER_CALLER - 1);
  }
}
