/**
 * What the sinks for people hold back, and how far they have read: STATE_DIR/alert-groups.db. A message is kept in full
 * before it is sent, so that after a kill or a power cut it comes again as the same, or not at all; hence the commits
 * are synced. They are few: one or two a message.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Head } from '../../../ledger/chain.ts';
import { createPrivate } from '../../../ledger/connection.ts';
import { AlertError } from '../errors.ts';
import type { GroupingState } from './grouping.ts';
import type { Message } from './message.ts';

const SCHEMA_VERSION = 1;
const SCHEMA = `
  BEGIN;
  CREATE TABLE groups (
    sink TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT
  ) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
  COMMIT;
`;

export interface Kept {
  /** The last entry read. */
  readonly head: Head;
  readonly state: GroupingState;
  /** Under way; null: none. */
  readonly message: Message | null;
}

export class GroupingStore {
  readonly #db: DatabaseSync;
  readonly #read: StatementSync;
  readonly #write: StatementSync;

  /** @throws AlertError PENSTOCK_ALERT_CURSORS_UNUSABLE */
  constructor(path: string) {
    try {
      this.#db = open(path);
      this.#read = this.#db.prepare('SELECT seq, hash, state, message FROM groups WHERE sink = ?');
      this.#write = this.#db.prepare('INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?, ?)');
    } catch (cause) {
      const problem = `${path}: ${(cause as Error).message}; without the file, alerts start with the next one`;
      throw new AlertError('PENSTOCK_ALERT_CURSORS_UNUSABLE', problem, { cause });
    }
  }

  get(sink: string): Kept | undefined {
    const row = this.#read.get(sink);
    if (row === undefined) return undefined;
    return {
      head: { seq: row.seq as number, hash: row.hash as string },
      state: JSON.parse(row.state as string),
      message: JSON.parse((row.message as string | null) ?? 'null'),
    };
  }

  set(sink: string, { head, state, message }: Kept): void {
    const text = message === null ? null : JSON.stringify(message);
    this.#write.run(sink, head.seq, head.hash, JSON.stringify(state), text);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

function open(path: string): DatabaseSync {
  createPrivate(path);
  const db = new DatabaseSync(path, { timeout: 1_000 });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const version = db.prepare('PRAGMA user_version').get()?.user_version;
    if (version === 0) db.exec(SCHEMA);
    else if (version !== SCHEMA_VERSION) throw new Error(`version ${version} is not known to this program`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
