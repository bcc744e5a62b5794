/** Failures of reports. */

export type ReportErrorCode =
  /** The thread that makes it has failed, or took too long. */
  | 'PENSTOCK_REPORT_FAILED'
  /** It could not be written where reports are kept. */
  | 'PENSTOCK_REPORT_UNWRITABLE';

export class ReportError extends Error {
  readonly code: ReportErrorCode;

  constructor(code: ReportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReportError';
    this.code = code;
  }
}
