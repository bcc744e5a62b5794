/**
 * How often somebody may ask. Who is known is counted by token, reading and changing apart. Of strangers only failed
 * tries to come in are counted, by address: so nobody can try token after token, and nobody who has one is kept out,
 * whatever others do from the same address (loopback, a proxy).
 */
import type { Request, Response } from 'express';
import { ipKeyGenerator, type RateLimitRequestHandler, rateLimit } from 'express-rate-limit';
import { RequestError } from './errors.ts';
import type { Caller } from './route.ts';

/** Requests a minute. */
export interface RateSettings {
  readonly reads: number;
  readonly changes: number;
  readonly failures: number;
}

/** Far above what a console or a pipeline does, far below what holds up the daemon. */
export const DEFAULT_RATES: RateSettings = { reads: 12_000, changes: 3_000, failures: 30 };

const WINDOW_MS = 60_000;
/** Of IPv6: what one customer gets. */
const SUBNET_BITS = 64;

export class RateLimits {
  readonly #limiters: Readonly<Record<keyof RateSettings, RateLimitRequestHandler>>;

  constructor(settings: RateSettings = DEFAULT_RATES) {
    this.#limiters = {
      reads: limiter('reads', settings.reads, 'the token'),
      changes: limiter('changes', settings.changes, 'the token'),
      failures: limiter('failures', settings.failures, 'this address without a valid token'),
    };
  }

  /** @throws RequestError too-many-requests */
  count(what: 'reads' | 'changes', request: Request, response: Response, { id }: Caller): Promise<void> {
    return passed(this.#limiters[what], request, response, id);
  }

  /** Somebody has tried to come in and could not. @throws RequestError too-many-requests */
  fail(request: Request, response: Response): Promise<void> {
    const { remoteAddress } = request.socket;
    const address = remoteAddress === undefined ? 'unix' : ipKeyGenerator(remoteAddress, SUBNET_BITS);
    return passed(this.#limiters.failures, request, response, address);
  }
}

function limiter(identifier: string, limit: number, who: string): RateLimitRequestHandler {
  return rateLimit({
    ...{ identifier, limit, windowMs: WINDOW_MS, standardHeaders: 'draft-8', legacyHeaders: false },
    keyGenerator: (_request, response) => response.locals.limitedAs as string,
    handler: (_request, _response, next) =>
      next(
        new RequestError(
          'too-many-requests',
          `more than ${limit} a minute of ${who}: wait as Retry-After says`,
        ),
      ),
  });
}

function passed(
  limit: RateLimitRequestHandler,
  request: Request,
  response: Response,
  key: string,
): Promise<void> {
  response.locals.limitedAs = key;
  return new Promise((done, failed) => {
    limit(request, response, (error?: unknown) => (error === undefined ? done() : failed(error)));
  });
}
