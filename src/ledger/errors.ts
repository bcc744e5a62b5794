/** Failures of the ledger. When `append` throws, nothing of that call is in the ledger. */

export type LedgerErrorCode =
  /** Another process writes, or holds the file locked. */
  | 'PENSTOCK_LEDGER_BUSY'
  /** The file grew by another hand since this writer opened it. */
  | 'PENSTOCK_LEDGER_CONFLICT'
  /** No space is left for the file. */
  | 'PENSTOCK_LEDGER_FULL'
  /** The file is damaged. */
  | 'PENSTOCK_LEDGER_CORRUPT'
  /** The file is an SQLite database, but no ledger. */
  | 'PENSTOCK_LEDGER_FOREIGN'
  /** The file was made by a newer Penstock. */
  | 'PENSTOCK_LEDGER_NEWER'
  /** The file is missing or may not be opened. */
  | 'PENSTOCK_LEDGER_UNREADABLE'
  /** An entry that cannot be recorded as it is. */
  | 'PENSTOCK_LEDGER_ENTRY_INVALID'
  /** Reading or writing failed otherwise; the cause says how. */
  | 'PENSTOCK_LEDGER_IO';

export class LedgerError extends Error {
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LedgerError';
    this.code = code;
  }
}

/** Result codes (https://www.sqlite.org/rescode.html); extended ones carry the primary one in the low byte. */
const CODES: Readonly<Record<number, readonly [LedgerErrorCode, string]>> = {
  5: ['PENSTOCK_LEDGER_BUSY', 'another process holds it locked'],
  6: ['PENSTOCK_LEDGER_BUSY', 'another connection holds it locked'],
  11: ['PENSTOCK_LEDGER_CORRUPT', 'the file is damaged'],
  13: ['PENSTOCK_LEDGER_FULL', 'no space is left'],
  14: ['PENSTOCK_LEDGER_UNREADABLE', 'the file is missing or may not be opened'],
  19: ['PENSTOCK_LEDGER_ENTRY_INVALID', 'an entry contradicts the ledger'],
  26: ['PENSTOCK_LEDGER_CORRUPT', 'the file is no SQLite database'],
  // a trigger said no: see schema.ts
  1811: ['PENSTOCK_LEDGER_CONFLICT', 'another hand has written to it'],
};

/** Run `work`; what SQLite refuses becomes a LedgerError that says what was being done. */
export function guarded<T>(operation: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isSqliteError(error) ? fromSqlite(operation, error) : error;
  }
}

interface SqliteError extends Error {
  errcode: number;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && typeof (error as Partial<SqliteError>).errcode === 'number';
}

function fromSqlite(operation: string, cause: SqliteError): LedgerError {
  const [code, problem] = CODES[cause.errcode] ??
    CODES[cause.errcode & 0xff] ?? ['PENSTOCK_LEDGER_IO', 'it failed'];
  const message = `ledger: ${operation}: ${problem} (SQLite ${cause.errcode}: ${cause.message})`;
  return new LedgerError(code, message, { cause });
}
