/**
 * Ways to the daemon that the global fetch of Node.js does not know: a Unix socket, an own certificate authority, a
 * client certificate. Only for Node.js, so it is not part of the package's main entry.
 */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { Fetch } from './repeat.ts';

export interface Route {
  /** Of the Unix socket that the daemon listens on. */
  readonly socketPath?: string;
  /** PEM, instead of the authorities that Node.js knows. */
  readonly ca?: string;
  /** PEM: the certificate to show, and its key. */
  readonly cert?: string;
  readonly key?: string;
}

/** Statuses whose response may have no body (Fetch Standard, null body status). */
const BODILESS = [204, 205, 304];

/** A fetch over `route`. It follows no redirect: the token is for this daemon alone. */
export function routedFetch(route: Route): Fetch {
  const agents = {
    'http:': { request: plainRequest, agent: new PlainAgent({ keepAlive: true }) },
    'https:': { request: tlsRequest, agent: new TlsAgent({ keepAlive: true }) },
  };
  return async (request) => {
    const url = new URL(request.url);
    const { request: begin, agent } = agents[url.protocol as keyof typeof agents];
    const answered = Promise.withResolvers<IncomingMessage>();
    const sent = begin(url, {
      ...route,
      agent,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      signal: request.signal,
    });
    sent.once('response', answered.resolve).once('error', answered.reject);
    if (request.body) pipeline(Readable.fromWeb(request.body as WebStream), sent).catch(answered.reject);
    else sent.end();
    return responseOf(await answered.promise);
  };
}

function responseOf(message: IncomingMessage): Response {
  const { statusCode: status = 500, headers } = message;
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    message.destroy();
    throw new TypeError(`redirected to ${headers.location.slice(0, 200)}, which is not followed`);
  }
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    [value ?? []].flat().map((each) => [name, each]),
  );
  if (BODILESS.includes(status)) message.resume();
  const body = BODILESS.includes(status) ? null : (Readable.toWeb(message) as unknown as ReadableStream);
  return new Response(body, { status, headers: pairs });
}
