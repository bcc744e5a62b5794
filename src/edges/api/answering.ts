/** From a route to its Express handler. */
import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { ANYONE, type Authenticator, authorize } from './authentication.ts';
import { answersTag, conditionsOf } from './conditions.ts';
import { sendDownload } from './download.ts';
import { RequestError } from './errors.ts';
import type { IdempotencyStore, Slot } from './idempotency-store.ts';
import { linkNextPage } from './next-page.ts';
import type { OperatorNotes } from './operator-notes.ts';
import type { RateLimits } from './rate-limits.ts';
import { parseBody, type RequestBody, readBody } from './request-body.ts';
import type { Caller, JsonRoute, Route, TextRoute } from './route.ts';
import { holdsSecret } from './secret-text.ts';
import { type StreamGate, sendStream } from './stream.ts';

export interface Doorkeepers {
  readonly authenticator: Authenticator;
  readonly limits: RateLimits;
  readonly idempotency: IdempotencyStore;
  readonly streams: StreamGate;
  readonly operators: OperatorNotes;
}

/** The role is looked at before the body is read: a stranger must not make us hold 16 MiB. */
export function answering(route: Route, doorkeepers: Doorkeepers): RequestHandler {
  return async (request, response) => {
    const caller = route.role === 'anyone' ? ANYONE : await admit(route, request, response, doorkeepers);
    switch (route.kind) {
      case 'json':
        return answerJson(route, request, response, caller, doorkeepers.idempotency);
      case 'text':
        return answerText(route, response);
      case 'download':
        return sendDownload(route, request, response, caller, doorkeepers.streams);
      case 'stream':
        return sendStream(route, request, response, caller, doorkeepers);
    }
  };
}

/** @throws RequestError unauthorized, forbidden or too-many-requests */
async function admit(
  route: Route,
  request: Request,
  response: Response,
  { authenticator, limits, operators }: Doorkeepers,
): Promise<Caller> {
  const caller = await authenticator.authenticate(request).catch(async (error) => {
    if (error instanceof RequestError && error.problem === 'unauthorized')
      await limits.fail(request, response);
    throw error;
  });
  await limits.count(route.method === 'get' ? 'reads' : 'changes', request, response, caller);
  authorize(caller, route);
  await operators.note(request, caller);
  return caller;
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
  const conditions = conditionsOf(request);
  if (conditions.ifMatch !== undefined && !route.conditional) {
    throw new RequestError('bad-request', 'If-Match is not taken here');
  }
  const slot = route.method === 'get' ? undefined : slotOf(request, caller);
  const kept = slot && begin(store, slot, fingerprintOf(request, body));
  if (kept) {
    response.set('Idempotency-Replayed', 'true').status(kept.status).type('json').send(kept.body);
    return;
  }
  const asked = { params: { ...request.params }, query: { ...request.query } };
  const closing = new AbortController();
  response.on('close', () => closing.abort());
  const answer = await carryOut(
    () =>
      route.carryOut(
        { ...asked, body: parseBody(body, route.bodyRules) },
        caller,
        conditions,
        closing.signal,
      ),
    slot && (() => store.abandon(slot)),
  ).catch((error) => {
    // Nobody is there to be told.
    if (error !== closing.signal.reason) throw error;
  });
  if (answer === undefined) return;
  linkNextPage(route, request, response, answer);
  const tag = route.tagOf?.(answer);
  if (tag !== undefined && answersTag(request, response, tag)) return void response.status(304).end();
  response.status(route.status).json(answer);
  // After the answer: it is done, and the client is to know, even where it cannot be remembered.
  if (slot) store.finish(slot, route.status, JSON.stringify(route.remember(answer)));
}

async function carryOut(what: () => Promise<unknown>, abandon: (() => void) | undefined): Promise<unknown> {
  try {
    return await what();
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
  if (typeof key === 'string' && KEY.test(key) && !holdsSecret(key)) return { caller: caller.id, key };
  throw new RequestError(
    'bad-request',
    'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces, and no token',
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
function fingerprintOf(
  { method, originalUrl, headers }: Request,
  { type = '', bytes }: RequestBody,
): Uint8Array {
  const condition = headers['if-match'] === undefined ? '' : `${headers['if-match']}\0`;
  return createHash('sha256')
    .update(`${method}\0${originalUrl}\0${condition}${type}\0`)
    .update(bytes)
    .digest();
}
