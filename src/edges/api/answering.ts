/** From a route to its Express handler. */
import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { authorize } from './authentication.ts';
import { RequestError } from './errors.ts';
import type { IdempotencyStore, Slot } from './idempotency-store.ts';
import type { OperatorNotes } from './operator-notes.ts';
import { parseBody, type RequestBody, readBody } from './request-body.ts';
import type { Caller, JsonRoute, Route, TextRoute } from './route.ts';
import { type StreamGate, sendStream } from './stream.ts';
import type { TokenStore } from './token-store.ts';

export interface Doorkeepers {
  readonly tokens: TokenStore;
  readonly idempotency: IdempotencyStore;
  readonly streams: StreamGate;
  readonly operators: OperatorNotes;
}

/** The role is looked at before the body is read: a stranger must not make us hold 16 MiB. */
export function answering(route: Route, doorkeepers: Doorkeepers): RequestHandler {
  return async (request, response) => {
    const caller = authorize(request, route.role, doorkeepers.tokens);
    if (route.role !== 'anyone') await doorkeepers.operators.note(request, caller);
    if (route.kind === 'json') return answerJson(route, request, response, caller, doorkeepers.idempotency);
    if (route.kind === 'text') return answerText(route, response);
    return sendStream(route, request, response, caller, doorkeepers);
  };
}

async function answerText(route: TextRoute, response: Response): Promise<void> {
  response.type(route.contentType).send(await route.text());
}

async function answerJson(
  route: JsonRoute,
  request: Request,
  response: Response,
  caller: Caller,
  store: IdempotencyStore,
): Promise<void> {
  const body = await readBody(request, response, route.bodyRules);
  const slot = route.method === 'get' ? undefined : slotOf(request, caller);
  const kept = slot && begin(store, slot, fingerprintOf(request, body));
  if (kept) {
    response.set('Idempotency-Replayed', 'true').status(kept.status).type('json').send(kept.body);
    return;
  }
  const answer = await carryOut(route, request, body, caller, slot && (() => store.abandon(slot)));
  response.status(route.status).json(answer);
  // After the answer: it is done, and the client is to know, even where it cannot be remembered.
  if (slot) store.finish(slot, route.status, JSON.stringify(route.remember(answer)));
}

async function carryOut(
  route: JsonRoute,
  { params, query }: Request,
  body: RequestBody,
  caller: Caller,
  abandon: (() => void) | undefined,
): Promise<unknown> {
  try {
    const parsed = parseBody(body, route.bodyRules);
    return await route.carryOut({ params: { ...params }, query: { ...query }, body: parsed }, caller);
  } catch (error) {
    abandon?.();
    throw error;
  }
}

/** Printable ASCII, so that it can be shown; the draft asks for nothing more. */
const KEY = /^[\x21-\x7e]{1,255}$/;

function slotOf(request: Request, caller: Caller): Slot | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && KEY.test(key)) return { tokenId: caller.id, key };
  throw new RequestError(
    'bad-request',
    'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces',
  );
}

/** Returns the kept answer, or undefined when the call is to be carried out. */
function begin(store: IdempotencyStore, slot: Slot, fingerprint: Uint8Array) {
  const beginning = store.begin(slot, fingerprint);
  switch (beginning.state) {
    case 'new':
      return undefined;
    case 'done':
      return beginning;
    case 'running':
      throw new RequestError(
        'idempotency-in-progress',
        'wait for the first request with this key to be answered',
      );
    case 'mismatch':
      throw new RequestError('idempotency-mismatch', 'take a new key for another request');
    case 'unknown':
      throw new RequestError(
        'idempotency-unknown',
        'the daemon stopped while it carried out the first request with this key: look at what stands, and take a new key',
      );
  }
}

/** Parts are separated by a byte that none of them can hold. */
function fingerprintOf({ method, originalUrl }: Request, { type = '', bytes }: RequestBody): Uint8Array {
  return createHash('sha256').update(`${method}\0${originalUrl}\0${type}\0`).update(bytes).digest();
}
