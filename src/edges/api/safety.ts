/** What every request and answer goes through, whatever the route. */
import type { NextFunction, Request, Response } from 'express';
import { RequestError } from './errors.ts';

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export function safeHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set(HEADERS);
  next();
}

/**
 * Against DNS rebinding: a page of a stranger can make its own name lead to a loopback address, but the browser then
 * still sends that name as Host. Taken are `localhost`, the address that was connected to, and `names` (what a proxy
 * in front is called).
 */
export function hostGuard(names: readonly string[]) {
  const known = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  return (request: Request, _response: Response, next: NextFunction): void => {
    const host = hostOf(request.headers.host ?? '');
    const local = request.socket.localAddress?.replace(/^::ffff:/, '');
    if (host === undefined || !(known.has(host) || host === local)) {
      throw new RequestError('wrong-host', 'use the address the daemon listens on, or localhost');
    }
    next();
  };
}

/**
 * Against forged requests: a page of another site can make a browser send a form here, with the client certificate
 * that the browser holds. Tokens are in a header that no form can set; this holds whatever the credentials are. The
 * browser says where the request comes from in Sec-Fetch-Site (Fetch Metadata) or Origin (RFC 6454); commands and
 * programs send neither.
 */
export function originGuard(names: readonly string[]) {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return ({ method, headers }: Request, _response: Response, next: NextFunction): void => {
    const { origin, host, 'sec-fetch-site': site } = headers;
    const reads = ['GET', 'HEAD', 'OPTIONS'].includes(method);
    const elsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (!reads && (elsewhere || (origin !== undefined && !isOwn(origin, host, known)))) {
      throw new RequestError('cross-site', 'the request comes from a page of another site');
    }
    next();
  };
}

/** The scheme is left out: a proxy in front may speak another one. */
function isOwn(origin: string, host: string | undefined, known: ReadonlySet<string>): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host?.toLowerCase() || known.has(url.hostname);
}

/** `127.0.0.1:8731`, `[::1]:8731` and `localhost` without port and brackets, in lower case. */
function hostOf(header: string): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?$/i.exec(header);
  return (found?.[1] ?? found?.[2])?.toLowerCase();
}
