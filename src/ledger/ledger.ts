/**
 * The writing end of the ledger. There is one, in the engine's thread:
 *
 *   engine thread   Ledger.append ------> ledger.db (WAL) <------ LedgerReader   main thread
 *                                              ^----------------- checkpoint     main thread
 *
 * Checkpoints never run here, so that no fsync of the database holds up a block. A commit with `sync: false` survives
 * the death of the process, not that of the machine; one with `sync: true` makes itself and all before it survive
 * both. (The first commit after a checkpoint also syncs the header of the restarted log, 32 bytes.) What a block intends
 * survives the process by a mapped file beside the database: see intent.ts.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { entryOf, type Head, nextRow } from './chain.ts';
import { LOCK_WAIT_MS, openWritable, roomLeft } from './connection.ts';
import type { Entry, EntryDraft } from './entry.ts';
import { guarded, LedgerError } from './errors.ts';
import { dropFormerIntent, formerIntent } from './former-intent.ts';
import { INTENT_SIZE, Intent } from './intent.ts';
import { IntentFile } from './intent-file.ts';
import { NameShelf } from './name-shelf.ts';
import { ProfileShelf } from './profile-shelf.ts';
import { Projection, rebuild } from './projection.ts';
import { LedgerQueries } from './queries.ts';
import { RuleShelf } from './rule-shelf.ts';
import { migrate, SCHEMA_VERSION } from './schema.ts';
import { Transactions } from './transactions.ts';
import { WriterClaim } from './writer-claim.ts';

/** Less than this is looked at closely; a commit takes some ten pages of 4 KiB. */
const PLENTY_BYTES = 16 * 2 ** 20;

/** What lies beside the database. */
interface Beside {
  readonly claim: Pick<WriterClaim, 'release'>;
  readonly file: Pick<IntentFile, 'memory' | 'close'>;
  /** For the files of the ledger, bytes. */
  readonly roomLeft: () => number;
}

export class Ledger {
  /** What the ledger holds, as this writer sees it. */
  readonly queries: LedgerQueries;
  readonly profiles: ProfileShelf;
  readonly names: NameShelf;
  readonly rules: RuleShelf;
  readonly #db: DatabaseSync;
  readonly #beside: Beside;
  readonly #projection: Projection;
  readonly #insert: StatementSync;
  readonly #transactions: Transactions;
  readonly #intent: Intent;
  /** Intended or done, and not appended yet. */
  #owed: readonly EntryDraft[] = [];
  #head: Head;
  #synced = false;
  /** Whether a lock is waited for. */
  #isPatient = true;

  private constructor(db: DatabaseSync, beside: Beside) {
    this.#db = db;
    this.#beside = beside;
    this.queries = new LedgerQueries(db);
    this.profiles = new ProfileShelf(db);
    this.names = new NameShelf(db, () => this.#setSync(false));
    this.rules = new RuleShelf(db, () => this.#setSync(false));
    this.#projection = new Projection(db);
    this.#insert = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#transactions = new Transactions(db);
    this.#head = this.queries.head();
    this.#intent = new Intent(beside.file.memory);
    this.#owed = [...formerIntent(db, this.#head), ...this.#intent.waiting(this.#head)];
  }

  /**
   * Open the ledger at `path`, or make it (mode 0600). What a writer that died had intended is appended.
   * @throws LedgerError
   */
  static open(path: string): Ledger {
    using resources = new DisposableStack();
    const claim = resources.adopt(new WriterClaim(path), (made) => made.release());
    const db = guarded('open', () => resources.adopt(openWritable(path), (opened) => opened.close()));
    const file = resources.adopt(new IntentFile(path, INTENT_SIZE), (mapped) => mapped.close());
    const ledger = guarded('open', () => new Ledger(db, { claim, file, roomLeft: () => roomLeft(path) }));
    ledger.append([], { sync: false });
    guarded('open', () => dropFormerIntent(db));
    resources.move();
    return ledger;
  }

  /** One that nobody else sees and that is gone when it is closed. */
  static inMemory(): Ledger {
    const db = new DatabaseSync(':memory:');
    migrate(db);
    const file = { memory: new ArrayBuffer(INTENT_SIZE), close() {} };
    return new Ledger(db, { claim: { release() {} }, file, roomLeft: () => Number.POSITIVE_INFINITY });
  }

  /** The last entry's number and hash; GENESIS when there is none. */
  get head(): Head {
    return this.#head;
  }

  /**
   * Record entries in one transaction: all of them or none, and before them what is owed.
   * @param options.sync whether they must survive a power cut once this returns
   * @throws LedgerError and then nothing of it is recorded; the ledger can be used on
   */
  append(drafts: readonly EntryDraft[], { sync }: { sync: boolean }): Entry[] {
    const all = this.#owed.length === 0 ? drafts : [...this.#owed, ...drafts];
    if (all.length === 0) return [];
    return this.#write('append', () => {
      this.#setSync(sync);
      const entries = this.#transactions.run(() => this.#record(all));
      const { seq, hash } = entries[entries.length - 1];
      this.#head = { seq, hash };
      this.#owed = [];
      this.#intent.follow(this.#head);
      return entries;
    });
  }

  /**
   * Say what the next `append` will record before its own. From now on it survives the death of this process, as with
   * `sync: false`, at a fraction of the cost: a block does not wait for a transaction. It needs neither room nor a lock,
   * and so finds out nothing about them: see `look`.
   * @returns false when something is owed, since there is room for one, when it is too long, or there is no entry before
   * it: then nothing is intended, and has to be appended
   */
  intend(drafts: readonly EntryDraft[]): boolean {
    if (this.owes || !this.#intent.put(this.#head, drafts)) return false;
    this.#owed = drafts;
    return true;
  }

  /**
   * What was done and `append` would not take is recorded by the next one before its own, after what was intended. When
   * this process dies before, the next finds out by itself what came of it.
   */
  owe(drafts: readonly EntryDraft[]): void {
    this.#owed = [...this.#owed, ...drafts];
  }

  /** Whether something was intended or done and is not recorded yet. */
  get owes(): boolean {
    return this.#owed.length > 0;
  }

  /**
   * Find out whether an `append` would go well, at little cost: as long as there is plenty of room nothing is written.
   * @throws LedgerError as `probe` does
   */
  look(): void {
    if (this.#beside.roomLeft() < PLENTY_BYTES) this.probe();
    else this.#write('look', () => this.#db.exec('BEGIN IMMEDIATE; ROLLBACK'));
  }

  /**
   * Write without recording anything.
   * @throws LedgerError when an `append` would find no room either, or the file locked
   */
  probe(): void {
    this.#write('probe', () => {
      this.#setSync(false);
      this.#transactions.run(() => this.#db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`));
    });
  }

  /** Build the projections again from the entries, when `verify` found them wrong. Takes long on a large ledger. */
  rebuild(): void {
    guarded('rebuild', () => this.#transactions.run(() => rebuild(this.#db)));
  }

  close(): void {
    this.#intent.close();
    this.#beside.file.close();
    this.#db.close();
    this.#beside.claim.release();
  }

  /**
   * A lock that was waited for in vain is not waited for again before a write has gone well: the writer's thread has a
   * kernel to look after, and whoever holds the file may do so for long.
   */
  #write<T>(operation: string, work: () => T): T {
    try {
      const result = guarded(operation, work);
      this.#waitForLocks(true);
      return result;
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'PENSTOCK_LEDGER_BUSY') this.#waitForLocks(false);
      throw error;
    }
  }

  #waitForLocks(patiently: boolean): void {
    if (this.#isPatient === patiently) return;
    this.#db.exec(`PRAGMA busy_timeout = ${patiently ? LOCK_WAIT_MS : 0}`);
    this.#isPatient = patiently;
  }

  #record(drafts: readonly EntryDraft[]): Entry[] {
    let head = this.#head;
    return drafts.map((draft) => {
      const row = nextRow(head, draft);
      head = row;
      this.#insert.run(
        row.seq,
        row.at_ms,
        row.type,
        row.actor,
        row.subject,
        row.body,
        row.previous_hash,
        row.hash,
      );
      const entry = entryOf(row, draft.body);
      this.#projection.fold(entry);
      return entry;
    });
  }

  /** FULL syncs the log at each commit, NORMAL only at checkpoints (https://www.sqlite.org/pragma.html#pragma_synchronous). */
  #setSync(sync: boolean): void {
    if (sync === this.#synced) return;
    this.#db.exec(`PRAGMA synchronous = ${sync ? 'FULL' : 'NORMAL'}`);
    this.#synced = sync;
  }
}
