export type AlertErrorCode =
  /** This attempt failed; another one may not. */
  | 'PENSTOCK_ALERT_UNDELIVERED'
  /** The receiver will never take this alert. */
  | 'PENSTOCK_ALERT_REFUSED'
  /** A sink cannot be used as it is configured. */
  | 'PENSTOCK_ALERT_SINK_INVALID'
  /** There is no sink of this name. */
  | 'PENSTOCK_ALERT_SINK_UNKNOWN'
  /** The file of cursors cannot be used. */
  | 'PENSTOCK_ALERT_CURSORS_UNUSABLE';

interface AlertErrorOptions extends ErrorOptions {
  /** The receiver asks to be left alone for so long. */
  readonly retryAfterMs?: number | undefined;
}

/** Messages never hold a URL's path or query or a secret: for many receivers the URL is the password. */
export class AlertError extends Error {
  readonly code: AlertErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: AlertErrorCode, message: string, options?: AlertErrorOptions) {
    super(message, options);
    this.name = 'AlertError';
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

export function undelivered(message: string, options?: AlertErrorOptions): AlertError {
  return new AlertError('PENSTOCK_ALERT_UNDELIVERED', message, options);
}

/** @returns an error for a person who writes the configuration: which sink, and what would be right */
export function sinkInvalid(sink: string, problem: string, cause?: unknown): AlertError {
  return new AlertError('PENSTOCK_ALERT_SINK_INVALID', `alert sink ${sink}: ${problem}`, { cause });
}
