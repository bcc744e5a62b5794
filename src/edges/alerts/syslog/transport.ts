/** How syslog messages get to the receiver. */
export interface SyslogTransport {
  /** How long after `send` the messages may still turn out to be lost. */
  readonly settleMs: number;
  /** In order. @throws AlertError PENSTOCK_ALERT_UNDELIVERED: any of them may be lost */
  send(messages: readonly Buffer[], signal: AbortSignal): Promise<void>;
  /** Called when what was sent may be lost. */
  watch(lost: (why: Error) => void): void;
  /** Begin anew with the next message. */
  reopen(): void;
  /** @returns whether the receiver has read everything, as far as that can be known */
  close(): Promise<boolean>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}
