/** An HTTP server on loopback that takes alerts and answers as it is told. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { EcsEvent } from '../../../../src/edges/alerts/ecs.ts';

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly method: string | undefined;
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: Received) => void;

export const accept: Answer = (response) => response.writeHead(204).end();

export function status(code: number, text = ''): Answer {
  return (response) => response.writeHead(code).end(text);
}

export class Receiver {
  readonly received: Received[] = [];
  answer: Answer;
  readonly #server = createServer((request, response) => this.#take(request, response));

  private constructor(answer: Answer) {
    this.answer = answer;
  }

  /** On `port`, or one that the kernel chooses. */
  static async start(answer: Answer = accept, port = 0): Promise<Receiver> {
    const receiver = new Receiver(answer);
    receiver.#server.listen(port, '127.0.0.1');
    await once(receiver.#server, 'listening');
    onTestFinished(() => receiver.stop());
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/alerts?key=hidden`;
  }

  get events(): EcsEvent[] {
    return this.received.map(({ body }) => JSON.parse(body));
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    let body = '';
    try {
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
    } catch {
      return; // the sender was killed half-way
    }
    const taken = { headers: request.headers, method: request.method, body };
    this.received.push(taken);
    this.answer(response, taken);
  }
}
