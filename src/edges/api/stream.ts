/**
 * Answers that go on: the source is asked for the next piece only when the one before has left, so a slow client
 * holds one piece of memory; one that takes nothing for STALL_MS is cut.
 */
import { once } from 'node:events';
import type { Request, Response } from 'express';
import { RequestError } from './errors.ts';
import type { Caller, StreamRoute } from './route.ts';
import type { TokenStore } from './token-store.ts';

const MAX_STREAMS = 64;

/** Counts open streams. */
export class StreamGate {
  readonly stallMs: number;
  #open = 0;

  constructor(stallMs = 10_000) {
    this.stallMs = stallMs;
  }

  /** @throws RequestError busy; returns what gives the place back */
  enter(): () => void {
    if (this.#open >= MAX_STREAMS) {
      throw new RequestError('busy', `${MAX_STREAMS} streams are open already`, {
        headers: { 'Retry-After': '30' },
      });
    }
    this.#open++;
    return () => {
      this.#open--;
    };
  }
}

interface Doors {
  readonly streams: StreamGate;
  readonly tokens: TokenStore;
}

export async function sendStream(
  route: StreamRoute,
  request: Request,
  response: Response,
  caller: Caller,
  { streams, tokens }: Doors,
): Promise<void> {
  const closing = new AbortController();
  const pieces = route.open(rawOf(request), caller, closing.signal);
  const leave = streams.enter();
  response.on('close', () => closing.abort());
  try {
    response.status(200).set('Content-Type', route.contentType).flushHeaders();
    if (request.method === 'HEAD') return;
    for await (const piece of pieces) {
      if (closing.signal.aborted || !tokens.stands(caller)) return;
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
async function drained(response: Response, stallMs: number, closed: AbortSignal): Promise<void> {
  const timer = setTimeout(() => response.destroy(), stallMs);
  try {
    await once(response, 'drain', { signal: closed });
  } finally {
    clearTimeout(timer);
  }
}
