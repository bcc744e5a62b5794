/**
 * Syslog over UDP (RFC 5426): one message a datagram, and nobody says whether it arrived. On this machine and in the
 * next network an ICMP error may tell that nobody listens.
 */
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { undelivered } from '../errors.ts';
import type { Endpoint, SyslogTransport } from './transport.ts';

/** For an ICMP error to come. */
const SETTLE_MS = 1_000;

export class UdpTransport implements SyslogTransport {
  readonly settleMs = SETTLE_MS;
  readonly #endpoint: Endpoint;
  #socket: Promise<Socket> | undefined;
  #lost: (why: Error) => void = () => {};

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  watch(lost: (why: Error) => void): void {
    this.#lost = lost;
  }

  async send(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    this.#socket ??= this.#open();
    const socket = await this.#socket.catch((cause) => {
      this.#socket = undefined;
      throw undelivered(`cannot be reached: ${reason(cause)}`, { cause });
    });
    for (const message of messages) {
      signal.throwIfAborted();
      await send(socket, message);
    }
  }

  reopen(): void {
    this.#socket?.then(closeQuietly, () => {});
    this.#socket = undefined;
  }

  async close(): Promise<boolean> {
    this.reopen();
    return false;
  }

  async #open(): Promise<Socket> {
    const { host, port } = this.#endpoint;
    const { address, family } = await lookup(host);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    socket.unref();
    socket.connect(port, address);
    await once(socket, 'connect');
    // For as long as it lives, also after an error, lest a late one end the daemon.
    socket.on('error', (cause) => this.#onError(socket, cause));
    return socket;
  }

  #onError(socket: Socket, cause: Error): void {
    closeQuietly(socket);
    this.#socket = undefined;
    this.#lost(undelivered(`does not take messages: ${reason(cause)}`, { cause }));
  }
}

function send(socket: Socket, message: Buffer): Promise<void> {
  return new Promise((done, failed) => {
    socket.send(message, (cause) => {
      if (cause) failed(undelivered(`cannot be sent to: ${reason(cause)}`, { cause }));
      else done();
    });
  });
}

function closeQuietly(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It is closed already.
  }
}

function reason(cause: unknown): string {
  const { code, message } = cause as { code?: string; message: string };
  return code ?? message;
}
