/**
 * Syslog over TCP (RFC 6587) and TLS (RFC 5425), each message with its length before it:
 *
 *   MSG-LEN SP SYSLOG-MSG MSG-LEN SP SYSLOG-MSG ...
 *
 * The protocol acknowledges nothing. Messages count as sent when the receiver's kernel has them, and as arrived when
 * the connection has stood for a while after that: a receiver that dies in between loses what it had not read, and
 * with the connection we learn it. One that hangs for longer and is then killed loses alerts without anybody's knowing.
 */
import { undelivered } from '../errors.ts';
import { Connection, type Security } from './connection.ts';
import type { Endpoint, SyslogTransport } from './transport.ts';

const ATTEMPT_MS = 10_000;

export interface StreamSettings {
  readonly endpoint: Endpoint;
  readonly settleMs: number;
  /** Asked for each connection; undefined for TCP. */
  readonly security: (() => Security) | undefined;
  /** For one attempt with all it takes. */
  readonly timeoutMs?: number;
}

export class StreamTransport implements SyslogTransport {
  readonly settleMs: number;
  readonly #endpoint: Endpoint;
  readonly #security: (() => Security) | undefined;
  readonly #timeoutMs: number;
  #opening: Promise<Connection> | undefined;
  #connection: Connection | undefined;
  #lost: (why: Error) => void = () => {};

  constructor({ endpoint, settleMs, security, timeoutMs = ATTEMPT_MS }: StreamSettings) {
    this.#endpoint = endpoint;
    this.settleMs = settleMs;
    this.#security = security;
    this.#timeoutMs = timeoutMs;
  }

  watch(lost: (why: Error) => void): void {
    this.#lost = lost;
  }

  async send(messages: readonly Buffer[], stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(this.#timeoutMs)]);
    const connection = await this.#connected(signal);
    try {
      await connection.write(framed(messages), signal);
    } catch (cause) {
      if (this.#connection === connection) this.#connection = undefined;
      connection.destroy();
      throw undelivered(`does not take messages: ${reason(cause)}`, { cause });
    }
  }

  reopen(): void {
    void this.close();
  }

  async close(): Promise<boolean> {
    const connection = this.#connection;
    this.#connection = undefined;
    return connection === undefined ? false : connection.close();
  }

  async #connected(signal: AbortSignal): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    this.#opening ??= this.#open(signal).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    try {
      const connection = await Connection.open(this.#endpoint, this.#security?.(), signal);
      this.#connection = connection;
      connection.onClose(() => this.#onClose(connection));
      return connection;
    } catch (cause) {
      throw undelivered(`cannot be reached: ${reason(cause)}`, { cause });
    }
  }

  /** One that we closed ourselves is forgotten by then. */
  #onClose(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#lost(undelivered(`connection lost: ${connection.failure}`));
  }
}

function framed(messages: readonly Buffer[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length} `), message]));
}

function reason(cause: unknown): string {
  const { name, code, message } = cause as { name: string; code?: string; message: string };
  if (name === 'TimeoutError' || code === 'ABORT_ERR') return 'no answer in time';
  return code ?? message;
}
