/**
 * Alerts to one URL: POST of the ECS event as JSON. `Idempotency-Key` and `webhook-id` are `event.id`, so that a
 * receiver can tell a repeated one; with a secret to sign with, it can tell one of ours (signature.ts).
 */
import { z } from 'zod';
import type { Dispatch } from './dispatch.ts';
import { ecsEvent } from './ecs.ts';
import { Endpoint, parseEndpoint } from './endpoint.ts';
import { sinkInvalid } from './errors.ts';
import { SecretFile } from './secret-file.ts';
import { readSecrets, signatureHeaders } from './signature.ts';
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
  /** A file that holds the secrets that each alert is signed with; see signature.ts. */
  signingSecretFile: filePath.optional(),
});

export const webhookSinks = sinkType({
  type: 'webhook',
  settings,
  open(name, { url, secretFile, signingSecretFile }, { path }) {
    const file = (given: string | undefined) =>
      given === undefined ? undefined : new SecretFile(path(given));
    return new WebhookSink({ name, url, secret: file(secretFile), signing: file(signingSecretFile) });
  },
});

export interface WebhookSettings {
  readonly name?: string;
  readonly url: string;
  readonly secret?: Pick<SecretFile, 'readToken'> | undefined;
  readonly signing?: Pick<SecretFile, 'read'> | undefined;
  /** For one attempt from connecting to the end of the answer. */
  readonly timeoutMs?: number;
}

export class WebhookSink implements AlertSink {
  readonly name: string;
  readonly type = 'webhook';
  readonly #url: URL;
  readonly #endpoint: Endpoint;
  readonly #secret: WebhookSettings['secret'];
  readonly #signing: WebhookSettings['signing'];

  /** @throws AlertError PENSTOCK_ALERT_SINK_INVALID */
  constructor({ name = 'webhook', url, secret, signing, timeoutMs }: WebhookSettings) {
    this.name = name;
    this.#url = parseEndpoint(name, url);
    this.#endpoint = new Endpoint({ label: 'webhook', ...(timeoutMs !== undefined && { timeoutMs }) });
    this.#secret = secret;
    this.#signing = signing;
    this.#checkSecrets();
  }

  async deliver([dispatch]: readonly Dispatch[], signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(ecsEvent(dispatch));
    await this.#endpoint.post(this.#url, body, this.#headers(dispatch.id, body), signal);
  }

  #headers(id: string, body: string): Record<string, string> {
    const token = this.#secret?.readToken();
    return {
      'Idempotency-Key': id,
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(this.#signing && signatureHeaders(readSecrets(this.#signing), { id, atMs: Date.now(), body })),
    };
  }

  #checkSecrets(): void {
    try {
      this.#headers('', '');
    } catch (cause) {
      throw sinkInvalid(this.name, (cause as Error).message, cause);
    }
  }
}
