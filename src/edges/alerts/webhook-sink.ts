/**
 * Alerts to one URL: POST of the ECS event as JSON. `Idempotency-Key` is `event.id`, so that a receiver can tell a
 * repeated one. Any 2xx is taken as received; redirects are not followed, for they could lead the secret elsewhere.
 */
import { z } from 'zod';
import type { Dispatch } from './dispatch.ts';
import { ecsEvent } from './ecs.ts';
import { AlertError, sinkInvalid, undelivered } from './errors.ts';
import { SecretFile } from './secret-file.ts';
import type { AlertSink } from './sink.ts';
import { COMMON, filePath } from './sink-settings.ts';
import { sinkType } from './sink-type.ts';

const settings = z.strictObject({
  type: z.literal('webhook'),
  ...COMMON,
  /** Often a password in itself, so only its host is ever told. */
  url: z.url({ protocol: /^https?$/, error: 'an http or https URL' }),
  /** A file that holds the bearer token (RFC 6750) sent with each alert. */
  secretFile: filePath.optional(),
});

export const webhookSinks = sinkType({
  type: 'webhook',
  settings,
  open(name, { url, secretFile }, { path }) {
    const secret = secretFile === undefined ? undefined : new SecretFile(path(secretFile));
    return new WebhookSink({ name, url, secret });
  },
});

export interface WebhookSettings {
  readonly name?: string;
  readonly url: string;
  readonly secret?: Pick<SecretFile, 'readToken'> | undefined;
  /** For one attempt from connecting to the end of the answer. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** How much of an answer is read, for the error's text. */
const MAX_ANSWER_BYTES = 512;
/** Statuses that blame the alert's content; all others may be cured at the receiver or in the settings. */
const CONTENT_REFUSED: readonly number[] = [400, 413, 415, 422];

export class WebhookSink implements AlertSink {
  readonly name: string;
  readonly type = 'webhook';
  readonly #url: URL;
  readonly #secret: Pick<SecretFile, 'readToken'> | undefined;
  readonly #timeoutMs: number;

  /** @throws AlertError PENSTOCK_ALERT_SINK_INVALID */
  constructor({ name = 'webhook', url, secret, timeoutMs = TIMEOUT_MS }: WebhookSettings) {
    this.name = name;
    this.#url = parseUrl(name, url);
    this.#secret = secret;
    this.#timeoutMs = timeoutMs;
    this.#checkSecret();
  }

  async deliver([dispatch]: readonly Dispatch[], signal: AbortSignal): Promise<void> {
    let response: Response;
    try {
      response = await fetch(this.#url, {
        method: 'POST',
        headers: this.#headers(dispatch.id),
        body: JSON.stringify(ecsEvent(dispatch)),
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
      });
      await this.#judge(response);
    } catch (error) {
      throw error instanceof AlertError ? error : this.#undelivered(describe(error as Error), error);
    }
  }

  #headers(id: string): Record<string, string> {
    const token = this.#secret?.readToken();
    return {
      'Content-Type': 'application/json',
      'User-Agent': 'penstock',
      'Idempotency-Key': id,
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    };
  }

  #checkSecret(): void {
    try {
      this.#secret?.readToken();
    } catch (cause) {
      throw sinkInvalid(this.name, (cause as Error).message, cause);
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
    return undelivered(`${this.#where} ${problem}`, { cause });
  }

  get #where(): string {
    return `webhook ${this.#url.host}`;
  }
}

function parseUrl(name: string, text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw sinkInvalid(name, 'the URL is not http or https');
  if (url.username !== '' || url.password !== '') {
    throw sinkInvalid(name, 'the URL holds a user or password: give a bearer secret instead');
  }
  return url;
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
