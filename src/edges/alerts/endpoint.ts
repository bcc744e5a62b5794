/**
 * One URL that messages are posted to. Any 2xx is taken as received; redirects are not followed, for they could lead
 * secrets elsewhere. The URL is often a password in itself, so only its host is ever told.
 */
import { AlertError, sinkInvalid, undelivered } from './errors.ts';

export interface EndpointSettings {
  /** What errors call it, for example `webhook`. */
  readonly label: string;
  /** For one attempt from connecting to the end of the answer. */
  readonly timeoutMs?: number;
  /** How to ask, where certificates of one's own are needed; `fetch`, when left out. */
  readonly ask?: (url: URL, init: Asked) => Promise<Response>;
}

export interface Asked {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;
/** How much of an answer is read, for the error's text. */
const MAX_ANSWER_BYTES = 512;
/** Statuses that blame the message's content; all others may be cured at the receiver or in the settings. */
const CONTENT_REFUSED: readonly number[] = [400, 413, 415, 422];
/** With these a receiver may say for how long it wants none (RFC 9110 section 10.2.3). */
const NOT_NOW: readonly number[] = [429, 503];

export class Endpoint {
  readonly #label: string;
  readonly #timeoutMs: number;
  readonly #ask: NonNullable<EndpointSettings['ask']>;

  constructor({ label, timeoutMs = TIMEOUT_MS, ask = fetch }: EndpointSettings) {
    this.#label = label;
    this.#timeoutMs = timeoutMs;
    this.#ask = ask;
  }

  /**
   * One attempt. @returns the beginning of the answer
   * @throws AlertError PENSTOCK_ALERT_REFUSED, PENSTOCK_ALERT_UNDELIVERED
   */
  async post(
    url: URL,
    body: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<string> {
    const where = `${this.#label} ${url.host}`;
    try {
      const response = await this.#ask(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'User-Agent': 'penstock', ...headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
      });
      return await judge(response, where);
    } catch (error) {
      if (error instanceof AlertError) throw error;
      throw undelivered(`${where} ${describe(error as Error)}`, { cause: error });
    }
  }
}

/** @throws AlertError PENSTOCK_ALERT_SINK_INVALID, without anything of the URL */
export function parseEndpoint(sink: string, text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw sinkInvalid(sink, 'the URL is not http or https');
  if (url.username !== '' || url.password !== '') {
    throw sinkInvalid(sink, 'the URL holds a user or password: give a secret in a file instead');
  }
  return url;
}

async function judge(response: Response, where: string): Promise<string> {
  const { status } = response;
  const text = await beginning(response);
  if (response.ok) return text;
  if (CONTENT_REFUSED.includes(status)) {
    throw new AlertError('PENSTOCK_ALERT_REFUSED', `${where} refused the alert: ${status} ${text}`);
  }
  throw undelivered(`${where} answered ${status} ${text}`, { retryAfterMs: retryAfterMs(response) });
}

/** Seconds or a date; undefined when there is none that makes sense. */
function retryAfterMs({ status, headers }: Response): number | undefined {
  const text = headers.get('Retry-After');
  if (text === null || !NOT_NOW.includes(status)) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** The first bytes of an answer; the rest is not fetched. */
async function beginning(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8').trim();
}

/** fetch hides the reason in `cause`. */
function describe({ name, message, cause }: Error): string {
  if (name === 'TimeoutError') return 'did not answer in time';
  const { code } = (cause ?? {}) as { code?: string };
  return `cannot be reached: ${code ?? message}`;
}
