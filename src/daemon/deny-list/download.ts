/**
 * One feed from its URL, bounded in every direction: time from looking up the name to the last byte, bytes a window of
 * time, bytes on the wire and after decompression, redirects.
 *
 *   GET with validators --> 304                      unchanged
 *                       --> 200, whole               content
 *                       --> 3xx, at most 3 times     the next URL, judged like the first; never from https to http
 *                       --> anything else            FetchError
 *
 * Node's own `fetch` is not used: it inflates leniently, so that compressed content which was cut off looks whole.
 * A proxy is used as Node does it: NODE_USE_ENV_PROXY=1 with HTTPS_PROXY.
 */
import { once } from 'node:events';
import { get as getByHttp, type IncomingMessage, STATUS_CODES } from 'node:http';
import { get as getByHttps } from 'node:https';
import { objectionToUrl } from '../../policy/feed/url.ts';
import { FetchError } from '../errors.ts';
import { inflate } from './inflate.ts';

/** What the server needs to say that nothing has changed (RFC 9110 section 8.8). */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface DownloadOrder {
  readonly url: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Of the content that is at hand; null: there is none. */
  readonly validators: Validators | null;
  readonly signal: AbortSignal;
  /** The slowest that is waited for. */
  readonly pace?: Pace;
}

export interface Pace {
  readonly bytes: number;
  readonly everyMs: number;
}

export type Downloaded =
  | { readonly kind: 'content'; readonly bytes: Buffer; readonly validators: Validators }
  | { readonly kind: 'unchanged' };

const PACE: Pace = { bytes: 1_024, everyMs: 15_000 };
const MAX_REDIRECTS = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** Statuses that may be over in a moment (RFC 9110); 429 asks for more patience than that. */
const TRANSIENT: readonly number[] = [408, 425, 500, 502, 503, 504];
/** Longest validator that is kept. */
const MAX_VALIDATOR = 1_024;

/** @throws FetchError; the signal's reason when it was the signal */
export async function download(order: DownloadOrder): Promise<Downloaded> {
  const limit = AbortSignal.timeout(order.timeoutMs);
  const signal = AbortSignal.any([order.signal, limit]);
  try {
    return await follow(order, signal);
  } catch (error) {
    order.signal.throwIfAborted();
    if (limit.aborted) throw new FetchError('slow', `is not here after ${order.timeoutMs / 1000} s`, true);
    throw error instanceof FetchError ? error : unreachable(error as Error);
  }
}

async function follow(order: DownloadOrder, signal: AbortSignal): Promise<Downloaded> {
  let url = new URL(order.url);
  for (let redirects = 0; ; redirects++) {
    const response = await ask(url, order.validators, signal);
    // Closing it a second time does nothing; leaving it open would leave the connection open.
    using _ = { [Symbol.dispose]: () => void response.destroy() };
    if (!REDIRECTS.includes(response.statusCode ?? 0)) return await answer(response, order);
    if (redirects === MAX_REDIRECTS) throw refused(`redirects more than ${MAX_REDIRECTS} times`);
    url = redirectTarget(url, response.headers.location);
  }
}

async function ask(url: URL, validators: Validators | null, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    accept: '*/*',
    'accept-encoding': 'gzip',
    'user-agent': 'penstock',
    ...(validators?.etag != null && { 'if-none-match': validators.etag }),
    ...(validators?.lastModified != null && { 'if-modified-since': validators.lastModified }),
  };
  const get = url.protocol === 'https:' ? getByHttps : getByHttp;
  const request = get(url, { headers, signal });
  const [response] = await once(request, 'response');
  return response;
}

function redirectTarget(from: URL, location: string | undefined): URL {
  const to = URL.parse(location ?? '', from);
  if (to === null) throw refused('redirects to no URL');
  const objection = objectionToUrl(to);
  if (objection !== undefined) throw refused(`redirects to ${objection}`);
  if (from.protocol === 'https:' && to.protocol !== 'https:') throw refused('redirects from https to http');
  return to;
}

async function answer(response: IncomingMessage, order: DownloadOrder): Promise<Downloaded> {
  const { statusCode = 0, headers } = response;
  if (statusCode === 304 && order.validators !== null) return { kind: 'unchanged' };
  if (statusCode !== 200) {
    const message = `answered ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd();
    throw new FetchError('unreadable', message, TRANSIENT.includes(statusCode));
  }
  const raw = await body(response, order);
  const bytes = await inflate(raw, headers['content-encoding'], order.maxBytes);
  const validators = { etag: validator(headers.etag), lastModified: validator(headers['last-modified']) };
  return { kind: 'content', bytes, validators };
}

async function body(response: IncomingMessage, { maxBytes, pace = PACE }: DownloadOrder): Promise<Buffer> {
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let [size, sizeBefore] = [0, 0];
  const watch = setInterval(() => {
    if (size - sizeBefore < pace.bytes) response.destroy(tooSlow(pace));
    sizeBefore = size;
  }, pace.everyMs);
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? cutOff(size, error) : error;
  } finally {
    clearInterval(watch);
  }
  return Buffer.concat(chunks, size);
}

function validator(text: string | undefined): string | null {
  return text !== undefined && text.length <= MAX_VALIDATOR && /^[\x20-\x7e]+$/.test(text) ? text : null;
}

function refused(problem: string): FetchError {
  return new FetchError('unreadable', problem, false);
}

function tooLarge(maxBytes: number): FetchError {
  return new FetchError('tooLarge', `is larger than ${maxBytes} bytes (maxBytes)`, false);
}

function tooSlow({ bytes, everyMs }: Pace): FetchError {
  return new FetchError('slow', `sends less than ${bytes} bytes in ${everyMs / 1000} s`, true);
}

/** Node says so when fewer bytes come than Content-Length announced, or the last chunk does not. */
function cutOff(size: number, cause: unknown): FetchError {
  return new FetchError('truncated', `was cut off after ${size} bytes`, true, { cause });
}

function unreachable(cause: Error): FetchError {
  const { code = cause.message } = cause as NodeJS.ErrnoException;
  return new FetchError('unreadable', `cannot be reached (${code})`, true, { cause });
}
