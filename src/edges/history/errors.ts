/** Failures of the flow history. None of them concerns what is blocked. */

export type HistoryErrorCode =
  /** No space is left, or too little to take any. */
  | 'PENSTOCK_HISTORY_FULL'
  /** The file is damaged, of another program, or of a newer Penstock. */
  | 'PENSTOCK_HISTORY_UNUSABLE'
  /** A database of countries or autonomous systems cannot be read. */
  | 'PENSTOCK_HISTORY_GEO'
  /** Reading or writing failed otherwise; the cause says how. */
  | 'PENSTOCK_HISTORY_IO'
  /** The thread that keeps the history has ended. */
  | 'PENSTOCK_HISTORY_GONE';

export class HistoryError extends Error {
  readonly code: HistoryErrorCode;

  constructor(code: HistoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HistoryError';
    this.code = code;
  }
}

/** Primary result codes (https://www.sqlite.org/rescode.html). */
const CODES: Readonly<Record<number, readonly [HistoryErrorCode, string]>> = {
  11: ['PENSTOCK_HISTORY_UNUSABLE', 'the file is damaged'],
  13: ['PENSTOCK_HISTORY_FULL', 'no space is left'],
  26: ['PENSTOCK_HISTORY_UNUSABLE', 'the file is no SQLite database'],
};

/** Run `work`; what SQLite refuses becomes a HistoryError. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fromSqlite(error);
  }
}

function fromSqlite(error: unknown): unknown {
  const number = (error as { errcode?: unknown } | null)?.errcode;
  if (typeof number !== 'number') return error;
  const [code, problem] = CODES[number & 0xff] ?? ['PENSTOCK_HISTORY_IO', 'it failed'];
  const { message } = error as Error;
  return new HistoryError(code, `history: ${problem} (SQLite ${number}: ${message})`, { cause: error });
}
