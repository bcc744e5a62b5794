/**
 * Alerts to one URL: POST of the ECS event as JSON. `Idempotency-Key` is `event.id`, so that a receiver can tell a
 * repeated one. Any 2xx is taken as received; redirects are not followed, for they could lead the secret elsewhere.
 */
import type { EcsEvent } from './ecs.ts';
import { AlertError } from './errors.ts';
import type { AlertSink } from './sink.ts';

export interface WebhookSettings {
  /** http or https. Often a password in itself, so only its host is ever told. */
  readonly url: string;
  /** Sent as a bearer token (RFC 6750). */
  readonly secret?: string | undefined;
  /** For one attempt from connecting to the end of the answer. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** How much of an answer is read, for the error's text. */
const MAX_ANSWER_BYTES = 512;
/** Statuses that blame the alert's content; all others may be cured at the receiver or in the settings. */
const CONTENT_REFUSED: readonly number[] = [400, 413, 415, 422];

export class WebhookSink implements AlertSink {
  readonly name = 'webhook';
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;

  /** @throws AlertError PENSTOCK_ALERT_WEBHOOK_INVALID */
  constructor({ url, secret, timeoutMs = TIMEOUT_MS }: WebhookSettings) {
    this.#url = parseUrl(url);
    this.#headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'penstock',
      ...(secret !== undefined && { Authorization: `Bearer ${checkedSecret(secret)}` }),
    };
    this.#timeoutMs = timeoutMs;
  }

  async deliver(event: EcsEvent, signal: AbortSignal): Promise<void> {
    let response: Response;
    try {
      response = await fetch(this.#url, {
        method: 'POST',
        headers: { ...this.#headers, 'Idempotency-Key': event.event.id },
        body: JSON.stringify(event),
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
      });
      await this.#judge(response);
    } catch (error) {
      throw error instanceof AlertError ? error : this.#undelivered(describe(error as Error), error);
    }
  }

  async #judge(response: Response): Promise<void> {
    const { status } = response;
    const text = await beginning(response);
    if (response.ok) return;
    if (CONTENT_REFUSED.includes(status)) {
      throw new AlertError('PENSTOCK_ALERT_REFUSED', `${this.#where} refused the alert: ${status} ${text}`);
    }
    throw this.#undelivered(`answered ${status} ${text}`);
  }

  #undelivered(problem: string, cause?: unknown): AlertError {
    return new AlertError('PENSTOCK_ALERT_UNDELIVERED', `${this.#where} ${problem}`, { cause });
  }

  get #where(): string {
    return `webhook ${this.#url.host}`;
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw invalid('the URL is not http or https');
  if (url.username !== '' || url.password !== '') {
    throw invalid('the URL holds a user or password: give a bearer secret instead');
  }
  return url;
}

function checkedSecret(secret: string): string {
  if (!/^[\x21-\x7e]+$/.test(secret))
    throw invalid('the secret is empty or not printable ASCII without spaces');
  return secret;
}

function invalid(problem: string): AlertError {
  return new AlertError('PENSTOCK_ALERT_WEBHOOK_INVALID', `alerts webhook: ${problem}`);
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
