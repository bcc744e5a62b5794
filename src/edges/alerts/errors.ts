export type AlertErrorCode =
  /** This attempt failed; another one may not. */
  | 'PENSTOCK_ALERT_UNDELIVERED'
  /** The receiver will never take this alert. */
  | 'PENSTOCK_ALERT_REFUSED'
  /** The webhook's URL or secret cannot be used. */
  | 'PENSTOCK_ALERT_WEBHOOK_INVALID'
  /** The file of cursors cannot be used. */
  | 'PENSTOCK_ALERT_CURSORS_UNUSABLE';

/** Messages never hold a URL's path or query or a secret: for many receivers the URL is the password. */
export class AlertError extends Error {
  readonly code: AlertErrorCode;

  constructor(code: AlertErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AlertError';
    this.code = code;
  }
}
