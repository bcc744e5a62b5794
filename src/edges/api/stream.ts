/**
 * Answers that go on: the source is asked for the next piece only when the one before has left, so a slow client
 * holds one piece of memory; one that takes nothing for STALL_MS is cut.
 */
import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { Authenticator } from './authentication.ts';
import { RequestError } from './errors.ts';
import type { Caller, StreamRoute } from './route.ts';

const MAX_STREAMS = 64;
/** So that one program that never closes its streams keeps no other out. */
const MAX_PER_CALLER = 16;

/** Counts open streams. */
export class StreamGate {
  readonly stallMs: number;
  readonly #open = new Map<string, number>();

  constructor(stallMs = 10_000) {
    this.stallMs = stallMs;
  }

  /** @throws RequestError busy; returns what gives the place back */
  enter({ id }: Caller): () => void {
    const ofCaller = this.#open.get(id) ?? 0;
    const ofAll = this.#open.values().reduce((sum, count) => sum + count, 0);
    if (ofCaller >= MAX_PER_CALLER || ofAll >= MAX_STREAMS) {
      throw new RequestError(
        'busy',
        `${ofCaller} streams of this token and ${ofAll} in all are open already`,
        {
          headers: { 'Retry-After': '30' },
        },
      );
    }
    this.#open.set(id, ofCaller + 1);
    return () => this.#leave(id);
  }

  #leave(id: string): void {
    const left = (this.#open.get(id) ?? 1) - 1;
    if (left > 0) this.#open.set(id, left);
    else this.#open.delete(id);
  }
}

interface Doors {
  readonly streams: StreamGate;
  readonly authenticator: Authenticator;
}

export async function sendStream(
  route: StreamRoute,
  request: Request,
  response: Response,
  caller: Caller,
  { streams, authenticator }: Doors,
): Promise<void> {
  const closing = new AbortController();
  const pieces = route.open(rawOf(request), caller, closing.signal);
  const leave = streams.enter(caller);
  response.on('close', () => closing.abort());
  try {
    response.status(200).set('Content-Type', route.contentType).flushHeaders();
    if (request.method === 'HEAD') return;
    for await (const piece of pieces) {
      if (closing.signal.aborted || !authenticator.stands(caller)) return;
      if (!response.write(piece)) await drained(response, streams.stallMs, closing.signal);
    }
  } catch (error) {
    if (!closing.signal.aborted) throw error;
  } finally {
    leave();
    closing.abort();
    response.end();
  }
}

function rawOf({ params, query, headers }: Request) {
  const lastEventId = headers['last-event-id'];
  return {
    params: { ...params },
    query: { ...query, ...(lastEventId !== undefined && { after: lastEventId }) },
    body: undefined,
  };
}

/** Destroys the connection when the client takes nothing in time. */
export async function drained(response: Response, stallMs: number, closed: AbortSignal): Promise<void> {
  const timer = setTimeout(() => response.destroy(), stallMs);
  try {
    await once(response, 'drain', { signal: closed });
  } finally {
    clearTimeout(timer);
  }
}
