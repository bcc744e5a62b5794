/** Failures of the flow room. */

export type RecordingErrorCode =
  /** A file, or a line of it, is no recording that can be read. */
  | 'PENSTOCK_RECORDING_INVALID'
  /** A file is missing, may not be opened or failed while it was read; the cause says how. */
  | 'PENSTOCK_RECORDING_UNREADABLE'
  /** More flows, or more text, than are held at once. */
  | 'PENSTOCK_RECORDING_TOO_LARGE';

/** Where in a recording something is wrong. `line` counts from 1; 0: the file as a whole. */
export interface RecordingPlace {
  readonly file: string;
  readonly line: number;
}

/** Recorded flows that cannot be used. `message` says file, line, what is wrong and what would be right. */
export class RecordingError extends Error {
  readonly code: RecordingErrorCode;
  readonly file: string;
  readonly line: number;
  readonly problem: string;
  readonly expected: string;

  constructor(
    code: RecordingErrorCode,
    { file, line }: RecordingPlace,
    problem: string,
    expected: string,
    options?: ErrorOptions,
  ) {
    super(`${file}${line > 0 ? `:${line}` : ''}: ${problem}; expected: ${expected}`, options);
    this.name = 'RecordingError';
    this.code = code;
    this.file = file;
    this.line = line;
    this.problem = problem;
    this.expected = expected;
  }
}
