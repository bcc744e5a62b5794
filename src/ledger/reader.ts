/** The main thread's end of the ledger: reads while the engine writes, and does the writer's checkpoints. */
import type { DatabaseSync } from 'node:sqlite';
import { openForCheckpoint, openReadOnly } from './connection.ts';
import { guarded } from './errors.ts';
import { LedgerQueries } from './queries.ts';

/** Pages of 4 KiB: 8 MiB are worth a checkpoint, 64 MiB are too many. */
const WORTH_PAGES = 2_048;
const LIMIT_PAGES = 16_384;

export class LedgerReader extends LedgerQueries {
  readonly #path: string;
  readonly #db: DatabaseSync;
  #checkpointer: DatabaseSync | undefined;

  private constructor(path: string, db: DatabaseSync) {
    super(db);
    this.#path = path;
    this.#db = db;
  }

  /** @throws LedgerError, also when no writer has made the ledger yet */
  static open(path: string): LedgerReader {
    return guarded('open for reading', () => new LedgerReader(path, openReadOnly(path)));
  }

  /**
   * Move the log into the database once it is worth it, so that the log starts again from its beginning; call it every
   * second. PASSIVE never makes the writer wait. Where the log has grown past its limit all the same (a writer without
   * pause, a long read by another program), TRUNCATE holds the writer up: for the few ms that the last pages take, or
   * for 50 ms in vain while somebody reads. (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint)
   */
  checkpoint(): void {
    guarded('checkpoint', () => {
      this.#checkpointer ??= openForCheckpoint(this.#path);
      if (this.#run('NOOP').left < WORTH_PAGES) return;
      if (this.#run('PASSIVE').total > LIMIT_PAGES) this.#run('TRUNCATE');
    });
  }

  /** @returns pages in the log, and those of them that are not in the database yet */
  #run(mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): { total: number; left: number } {
    const row = this.#checkpointer?.prepare(`PRAGMA wal_checkpoint(${mode})`).get();
    const total = row?.log as number;
    return { total, left: total - (row?.checkpointed as number) };
  }

  close(): void {
    this.#checkpointer?.close();
    this.#db.close();
  }
}
