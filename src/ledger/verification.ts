/**
 * Proof that a ledger is what was recorded: every hash is computed again, and the entries are folded into fresh
 * projections that must equal the ledger's. Memory stays bounded: rows are read one at a time, and the fresh
 * projections live in a temporary file of SQLite's.
 *
 *   main   (temporary)       ledger   (attached, read only)
 *   incidents, decisions     incidents, decisions     <- compared
 *                     ^----- entries                  <- hashed and folded, CHUNK at a time
 *
 * A ledger in use may be verified: no snapshot of it lasts longer than a chunk, so its log can be emptied meanwhile.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type EntryRow, entryHash, entryOf, GENESIS, type Head } from './chain.ts';
import { LOCK_WAIT_MS, openReadOnly } from './connection.ts';
import { guarded, LedgerError, type LedgerErrorCode } from './errors.ts';
import { Projection } from './projection.ts';
import { migrate, PROJECTION_TABLES } from './schema.ts';

const CHUNK = 1_000;

export type Verification =
  /** All entries up to `head` are sound. */
  | { readonly sound: true; readonly head: Head }
  /** `seq` is the first entry that is not sound; null when the fault lies outside the entries. */
  | { readonly sound: false; readonly seq: number | null; readonly problem: string };

/**
 * @param anchor a head kept outside the ledger; without one, entries cut off at the end are not noticed
 * @throws LedgerError when the file cannot be read
 */
export function verify(path: string, anchor: Head = GENESIS): Verification {
  try {
    return { sound: true, head: guarded('verify', () => walk(path, anchor)) };
  } catch (error) {
    if (error instanceof Fault) return { sound: false, seq: error.seq, problem: error.message };
    if (isCode(error, 'PENSTOCK_LEDGER_CORRUPT')) return { sound: false, seq: null, problem: error.message };
    throw error;
  }
}

/** Something is not sound; thrown to leave the walk. */
class Fault extends Error {
  readonly seq: number | null;

  constructor(seq: number | null, problem: string) {
    super(problem);
    this.seq = seq;
  }
}

function walk(path: string, anchor: Head): Head {
  const db = attach(path);
  try {
    compareSchemas(db);
    const walker = new ChainWalk(db, anchor);
    while (inSnapshot(db, () => walker.step()) === CHUNK);
    return inSnapshot(db, () => {
      while (walker.step() === CHUNK);
      compareProjections(db);
      return walker.end();
    });
  } finally {
    db.close();
  }
}

function attach(path: string): DatabaseSync {
  openReadOnly(path).close();
  const db = new DatabaseSync('', { timeout: LOCK_WAIT_MS });
  db.exec('PRAGMA journal_mode = OFF');
  migrate(db);
  db.prepare('ATTACH ? AS ledger').run(`${pathToFileURL(path)}?mode=ro`);
  return db;
}

function inSnapshot<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN');
  const result = work();
  db.exec('COMMIT');
  return result;
}

class ChainWalk {
  readonly #rows: StatementSync;
  readonly #projection: Projection;
  readonly #anchor: Head;
  #head = GENESIS;

  constructor(db: DatabaseSync, anchor: Head) {
    this.#rows = db.prepare('SELECT * FROM ledger.entries WHERE seq > ? ORDER BY seq LIMIT ?');
    this.#projection = new Projection(db);
    this.#anchor = anchor;
  }

  /** @returns how many entries it took: CHUNK while there may be more */
  step(): number {
    const before = this.#head.seq;
    for (const row of this.#rows.iterate(before, CHUNK)) this.#take(row as unknown as EntryRow);
    return this.#head.seq - before;
  }

  end(): Head {
    const { seq } = this.#head;
    if (seq < this.#anchor.seq) {
      throw new Fault(seq + 1, `entries ${seq + 1} to ${this.#anchor.seq} are missing at the end`);
    }
    return this.#head;
  }

  #take(row: EntryRow): void {
    checkLink(this.#head, row);
    if (row.seq === this.#anchor.seq && row.hash !== this.#anchor.hash) {
      throw new Fault(row.seq, `its hash is ${row.hash}, and the anchor says ${this.#anchor.hash}`);
    }
    foldSound(this.#projection, row);
    this.#head = { seq: row.seq, hash: row.hash };
  }
}

function checkLink(head: Head, row: EntryRow): void {
  if (row.seq !== head.seq + 1) throw new Fault(head.seq + 1, 'it is missing');
  if (row.previous_hash !== head.hash) {
    throw new Fault(row.seq, `it follows hash ${row.previous_hash}, and the entry before has ${head.hash}`);
  }
  const expected = entryHash(row);
  if (row.hash !== expected)
    throw new Fault(row.seq, `its hash is ${row.hash}, and its content gives ${expected}`);
}

/** A chain can be sound and its content not, when the writer was another program. */
function foldSound(projection: Projection, row: EntryRow): void {
  try {
    guarded('fold', () => projection.fold(entryOf(row)));
  } catch (error) {
    if (error instanceof LedgerError && error.code !== 'PENSTOCK_LEDGER_ENTRY_INVALID') throw error;
    throw new Fault(row.seq, `its content makes no sense: ${(error as Error).message}`);
  }
}

function compareSchemas(db: DatabaseSync): void {
  const differing = difference(db, 'sqlite_schema', 'type, name, sql');
  if (differing) throw new Fault(null, `the schema differs: ${differing.type} ${differing.name}`);
}

function compareProjections(db: DatabaseSync): void {
  for (const table of PROJECTION_TABLES) {
    const row = difference(db, table, '*');
    if (row) throw new Fault(null, `table ${table} is not what the entries say: ${JSON.stringify(row)}`);
  }
}

/** A row that only one side has. */
function difference(db: DatabaseSync, table: string, columns: string) {
  const rows = (schema: string) => `SELECT ${columns} FROM ${schema}.${table}`;
  const only = (a: string, b: string) => db.prepare(`${rows(a)} EXCEPT ${rows(b)} LIMIT 1`).get();
  return only('main', 'ledger') ?? only('ledger', 'main');
}

function isCode(error: unknown, code: LedgerErrorCode): error is LedgerError {
  return error instanceof LedgerError && error.code === code;
}
