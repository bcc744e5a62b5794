/**
 * A connection that sends a numbered line every millisecond, with socat at both ends, so that the last line to arrive
 * tells when the connection was cut.
 *
 *   this process -- stdin --> socat on the host ===TCP===> socat on the server -- stdout --> this process
 */
import type { ChildProcess } from 'node:child_process';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { waitUntilListening } from './listening.ts';
import { preciseNow } from './report.ts';

const EVERY_MS = 1;

/** A socat that accepts connections and gives what they bring. */
export async function listen(
  network: Network,
  host: string,
  address: string,
  port: number,
): Promise<ChildProcess> {
  const source = `TCP4-LISTEN:${port},bind=${address},fork,reuseaddr`;
  const server = network.start(host, 'socat', ['-u', source, 'STDOUT']);
  await waitUntilListening(network, host, port);
  return server;
}

export class Stream {
  readonly startedAt = preciseNow();
  #sent = 0;
  #received = 0;
  #lastArrivedAt: number | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(network: Network, host: string, address: string, port: number, server: ChildProcess) {
    const client = network.start(host, 'socat', ['-u', 'STDIN', `TCP4:${address}:${port},nodelay`], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // It goes away at the end of the demo with lines still to be written.
    client.stdin?.on('error', () => {});
    server.stdout?.on('data', (chunk: Buffer) => {
      this.#lastArrivedAt = preciseNow();
      this.#received += chunk.toString('latin1').split('\n').length - 1;
    });
    this.#timer = setInterval(() => {
      this.#sent += 1;
      client.stdin?.write(`${this.#sent}\n`);
    }, EVERY_MS);
  }

  get received(): number {
    return this.#received;
  }

  /** Undefined: nothing ever arrived. */
  get lastArrivedAt(): number | undefined {
    return this.#lastArrivedAt;
  }

  /** Wait until another `count` lines have arrived. */
  async flows(count: number): Promise<void> {
    const goal = this.#received + count;
    await until(`${count} more lines`, () => this.#received >= goal, { everyMs: 1 });
  }

  /** Whether nothing arrives while another `count` lines are sent. */
  async isDead(count: number): Promise<boolean> {
    const before = this.#received;
    const goal = this.#sent + count;
    await until(`${count} lines to be sent`, () => this.#sent >= goal);
    return this.#received === before;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
