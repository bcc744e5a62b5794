/** The main thread's end of the ledger: reads while the engine writes, and does the writer's checkpoints. */
import type { DatabaseSync } from 'node:sqlite';
import { openForCheckpoint, openReadOnly } from './connection.ts';
import { guarded } from './errors.ts';
import { LedgerQueries } from './queries.ts';

/** 64 MiB of pages of 4 KiB. */
const LOG_LIMIT_PAGES = 16_384;

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
   * Move the log into the database, so that the log starts again from its beginning; call it once a minute or so.
   * PASSIVE never makes the writer wait. Where the log has grown past its limit all the same (a writer without pause,
   * a long read by another program), TRUNCATE holds the writer up: for the few ms that the last pages take, or for
   * 50 ms in vain while somebody reads.
   * (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint)
   */
  checkpoint(): void {
    guarded('checkpoint', () => {
      this.#checkpointer ??= openForCheckpoint(this.#path);
      const done = this.#checkpointer.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
      if ((done?.log as number) > LOG_LIMIT_PAGES) this.#checkpointer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    });
  }

  close(): void {
    this.#checkpointer?.close();
    this.#db.close();
  }
}
