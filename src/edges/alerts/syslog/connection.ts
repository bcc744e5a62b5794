/** One TCP or TLS connection to a syslog receiver, which takes what is written and says nothing. */
import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Endpoint } from './transport.ts';
import { descriptorOf, unacknowledgedBytes } from './unacknowledged.ts';

const KEEP_ALIVE_MS = 30_000;
const LONGEST_LOOK_MS = 50;
const CLOSE_MS = 1_500;

/** For TLS: what to trust and to show; undefined for TCP. */
export type Security = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;

export class Connection {
  readonly #socket: Socket;
  readonly #descriptor: number | undefined;
  #failure: Error | undefined;
  #hasPeerEnded = false;

  private constructor(socket: Socket, descriptor: number | undefined) {
    this.#socket = socket;
    this.#descriptor = descriptor;
    socket.on('error', (error) => {
      this.#failure = error;
    });
    socket.on('end', () => {
      this.#hasPeerEnded = true;
    });
    // Nothing is expected; reading is how the end is noticed.
    socket.resume();
  }

  /** @param signal also ends a connection that hangs in its handshake */
  static async open(
    endpoint: Endpoint,
    security: Security | undefined,
    signal: AbortSignal,
  ): Promise<Connection> {
    const raw = connectTcp({
      ...endpoint,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    raw.unref();
    // TLS tells its errors itself; without a listener they would end the daemon as well.
    raw.on('error', () => {});
    try {
      await once(raw, 'connect', { signal });
      if (isItself(raw)) throw new Error('nobody listens there');
      const descriptor = descriptorOf(raw);
      if (security === undefined) return new Connection(raw, descriptor);
      const secure = connectTls({ ...tlsOptions(endpoint, security), socket: raw });
      secure.unref();
      await once(secure, 'secureConnect', { signal });
      return new Connection(secure, descriptor);
    } catch (error) {
      raw.destroy();
      throw error;
    }
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable && !this.#hasPeerEnded;
  }

  /** Why it ended. */
  get failure(): string {
    const { code, message } = (this.#failure ?? {}) as { code?: string; message?: string };
    return code ?? message ?? 'the receiver closed the connection';
  }

  onClose(listener: () => void): void {
    this.#socket.once('close', listener);
    // An end of theirs is an end of ours, also where TLS would wait.
    this.#socket.once('end', () => this.#socket.destroy());
  }

  /** @returns once the peer's kernel has all of it */
  async write(bytes: Buffer, signal: AbortSignal): Promise<void> {
    await new Promise<void>((done, failed) => {
      const cut = () => failed(signal.reason);
      signal.addEventListener('abort', cut, { once: true });
      this.#socket.write(bytes, (error) => {
        signal.removeEventListener('abort', cut);
        if (error) failed(error);
        else done();
      });
    });
    for (let waitMs = 1; this.#isUnderWay(); waitMs = Math.min(waitMs * 2, LONGEST_LOOK_MS)) {
      await sleep(waitMs, undefined, { signal });
    }
    if (!this.isOpen) throw new Error(this.failure);
  }

  #isUnderWay(): boolean {
    return this.isOpen && this.#descriptor !== undefined && (unacknowledgedBytes(this.#descriptor) ?? 0) > 0;
  }

  /** Say that no more comes. @returns whether the receiver has read up to there, and ended the connection too */
  async close(): Promise<boolean> {
    if (this.#socket.destroyed) return false;
    const closed = once(this.#socket, 'close').catch(() => {});
    this.#socket.end();
    await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
    const isClean = this.#hasPeerEnded && this.#failure === undefined;
    this.#socket.destroy();
    return isClean;
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** The certificate must name the host (RFC 5425, 5.2); an address goes without Server Name Indication. */
function tlsOptions({ host }: Endpoint, security: Security): ConnectionOptions {
  const servername = security.servername ?? host;
  return {
    ...security,
    host: servername,
    servername: isIP(servername) ? '' : servername,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  };
}

/**
 * Towards a port of this machine that nobody listens on, the kernel may choose that very port for our end (TCP's
 * simultaneous open, RFC 9293 section 3.5): we would take our own alerts.
 */
function isItself({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}
