/**
 * The HTTP API. Whatever comes in goes through, in this order:
 *
 *   headers -> Host (421) -> Origin (403) -> route (404, 405) -> token (401, 503) -> how often (429) -> role and scopes (403)
 *           -> body (413, 415, 400)
 *           -> idempotency key (replay, 409, 422) -> schema (422) -> handler -> schema of the answer (500)
 */
import type { DatabaseSync } from 'node:sqlite';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, Router } from 'express';
import type { Registry } from 'prom-client';
import type { EngineControl } from '../../engine/commands.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import { answering } from './answering.ts';
import { Authenticator } from './authentication.ts';
import { type CertificateHolder, ClientCertificates } from './client-certificates.ts';
import { RequestError } from './errors.ts';
import { IdempotencyStore } from './idempotency-store.ts';
import { type OidcSettings, OidcTokens } from './oidc-tokens.ts';
import { OperatorNotes } from './operator-notes.ts';
import { sendProblem } from './problem-document.ts';
import { RateLimits, type RateSettings } from './rate-limits.ts';
import type { AlertControl } from './resource/alerts.ts';
import type { EvidenceSource } from './resource/evidence.ts';
import type { HistorySource } from './resource/history.ts';
import type { ReportSource } from './resource/reports.ts';
import type { StixSource } from './resource/stix.ts';
import type { Route } from './route.ts';
import { apiRoutes } from './routes.ts';
import { hostGuard, originGuard, safeHeaders } from './safety.ts';
import { withoutSecrets } from './secret-text.ts';
import { StreamGate } from './stream.ts';
import { TokenStore } from './token-store.ts';

export interface ApiParts {
  readonly engine: EngineControl;
  readonly ledger: LedgerQueries;
  /** From `openAccessDatabase`; the API does not close it. */
  readonly access: DatabaseSync;
  readonly metrics: Registry;
  readonly version: string;
  readonly log: ApiLog;
  /** What was sent over time; without it there is nothing to ask. */
  readonly history?: HistorySource | undefined;
  readonly reports?: ReportSource | undefined;
  readonly alerts?: AlertControl | undefined;
  readonly stix?: StixSource | undefined;
  /** Bundles on disk; without it there are none. */
  readonly evidence?: EvidenceSource | undefined;
  /** Sees every request first, to count and time it. */
  readonly meter?: RequestHandler;
  /** Pages for people, beside the API: what it does not know falls through. */
  readonly pages?: Router;
  /** Host names taken besides localhost and the address that is listened on. */
  readonly hostNames?: readonly string[];
  readonly rates?: RateSettings | undefined;
  readonly oidc?: OidcSettings | undefined;
  readonly certificates?: readonly CertificateHolder[] | undefined;
  /** ms since the epoch. */
  readonly now?: () => number;
  readonly heartbeatMs?: number;
  /** How long a stream's client may take nothing. */
  readonly stallMs?: number;
}

/** Faults of ours; pino will do. */
export interface ApiLog {
  error(fields: { err: unknown; method: string; path: string }, message: string): void;
}

export function createApi(parts: ApiParts): Express {
  const { access, now = Date.now, stallMs } = parts;
  const tokens = new TokenStore(access, now);
  const authenticator = new Authenticator({
    ...{ tokens, now, certificates: parts.certificates && new ClientCertificates(parts.certificates) },
    oidc: parts.oidc && new OidcTokens(parts.oidc, now),
  });
  const limits = new RateLimits(parts.rates);
  const idempotency = new IdempotencyStore(access, now);
  const operators = new OperatorNotes(parts.engine, now);
  const doorkeepers = { authenticator, limits, idempotency, streams: new StreamGate(stallMs), operators };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  if (parts.meter) app.use(parts.meter);
  const names = parts.hostNames ?? [];
  app.use(safeHeaders, hostGuard(names), originGuard(names));
  app.use(router(apiRoutes({ ...parts, tokens, now }), doorkeepers));
  if (parts.pages) app.use(parts.pages);
  app.use(() => {
    throw new RequestError('not-found', 'there is nothing at this address');
  });
  app.use(errorHandler(parts.log));
  return app;
}

/** Paths are exact: another case or a slash at the end is another address. */
function router(routes: readonly Route[], doorkeepers: Parameters<typeof answering>[1]): Router {
  const router = Router({ caseSensitive: true, strict: true });
  for (const [path, ofPath] of Map.groupBy(routes, (route) => route.path)) {
    const place = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const route of ofPath) place[route.method](answering(route, doorkeepers));
    const allow = allowed(ofPath);
    place.all(() => {
      throw new RequestError('method-not-allowed', `this address takes ${allow}`, {
        headers: { Allow: allow },
      });
    });
  }
  return router;
}

/** Express answers HEAD where there is a GET. */
function allowed(routes: readonly Route[]): string {
  const methods = routes.map(({ method }) => method.toUpperCase());
  return (methods.includes('GET') ? ['HEAD', ...methods] : methods).toSorted().join(', ');
}

/** Four arguments: by this Express knows it. Nothing of an unexpected error is told. */
function errorHandler(log: ApiLog): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const known = knownError(error);
    const { method, path } = request;
    if (!known) log.error({ err: error, method, path: withoutSecrets(path) }, 'request failed');
    if (response.headersSent) {
      if (!response.writableEnded) response.destroy();
      return;
    }
    // What has no end is not read to its end to be polite.
    if (!request.complete && request.headers['transfer-encoding']) response.set('Connection', 'close');
    sendProblem(response, known ?? new RequestError('internal', 'look into the log of the daemon'));
  };
}

/** Of node:sqlite: a full or broken disk, a database that another process has locked. */
function isDatabaseError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}

/** The router's own errors are those of a path that cannot be decoded. */
function knownError(error: unknown): RequestError | undefined {
  if (error instanceof RequestError) return error;
  if (isDatabaseError(error)) {
    return new RequestError('failed', `the state directory cannot be used: ${error.message}`);
  }
  if (error instanceof URIError) return new RequestError('bad-request', 'the path cannot be decoded');
  return undefined;
}
