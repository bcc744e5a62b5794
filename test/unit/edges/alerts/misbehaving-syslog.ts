/** A syslog receiver over TCP that is killed with what it has not read, hangs, or reads slowly. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { steadyPort } from './steady-port.ts';
import { parseMessage } from './syslog/parse-message.ts';

export class MisbehavingSyslog {
  /** Every message that was read whole, in order, also those that come again. */
  readonly taken: string[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #isHanging = false;

  constructor() {
    onTestFinished(() => this.kill());
  }

  get port(): number {
    return this.#port;
  }

  async up(): Promise<void> {
    if (this.#port === 0) this.#port = await steadyPort();
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
  }

  /** As a process that is killed: what its kernel holds for it is lost. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
    await once(server, 'close');
  }

  /** Read nothing, or go on. */
  hang(isHanging: boolean): void {
    this.#isHanging = isHanging;
    for (const socket of this.#sockets) isHanging ? socket.pause() : socket.resume();
  }

  #serve(socket: Socket): void {
    let rest = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      rest = this.#take(Buffer.concat([rest, chunk]));
    });
    if (this.#isHanging) socket.pause();
  }

  /** MSG-LEN SP SYSLOG-MSG. @returns what is not whole yet */
  #take(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
    for (let rest = bytes; ; ) {
      const space = rest.subarray(0, 8).indexOf(0x20);
      if (space === -1) return rest;
      const end = space + 1 + Number(rest.subarray(0, space));
      if (!(end <= rest.length)) return rest;
      const message = rest.subarray(space + 1, end);
      parseMessage(message);
      this.taken.push(message.toString());
      rest = rest.subarray(end);
    }
  }
}
