/** An HTTP receiver of lines that is down, slow, out of order, or hangs, as a seed wants it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { steadyPort } from './steady-port.ts';

/** What becomes of one request. */
export type Mischief =
  /** Taken and acknowledged. */
  | 'take'
  | 'refuse-500'
  | 'refuse-429'
  /** Never answered; nothing is taken. */
  | 'hang'
  /** Taken, and answered in drops. */
  | 'slow'
  /** Taken, and the connection cut before the answer. */
  | 'cut'
  /** The connection cut before anything is taken. */
  | 'drop';

export class MisbehavingHttp {
  /** Every line that was taken, in order, also those that come again. */
  readonly taken: string[] = [];
  readonly seen = new Map<Mischief, number>();
  readonly #next: () => Mischief;
  #server: Server | undefined;
  #port = 0;

  constructor(next: () => Mischief) {
    this.#next = next;
    onTestFinished(() => this.down());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/intake`;
  }

  async up(): Promise<void> {
    if (this.#port === 0) this.#port = await steadyPort();
    const server = createServer((request, response) => void this.#answer(request, response).catch(() => {}));
    this.#server = server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const mischief = this.#next();
    this.seen.set(mischief, (this.seen.get(mischief) ?? 0) + 1);
    if (mischief === 'drop') return void request.socket.destroy();
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    if (mischief === 'hang') return;
    if (mischief === 'refuse-500') return void response.writeHead(500).end('out of order');
    if (mischief === 'refuse-429') return void response.writeHead(429, { 'Retry-After': '0' }).end();
    this.taken.push(...body.split('\n').filter((line) => line !== ''));
    if (mischief === 'cut') return void request.socket.destroy();
    response.writeHead(200);
    for (let drops = mischief === 'slow' ? 5 : 0; drops > 0; drops--) {
      response.write('.');
      await pause(5);
    }
    response.end();
  }
}
