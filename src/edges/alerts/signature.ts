/**
 * Signatures of webhooks by the published standard (https://www.standardwebhooks.com, version 1.0.0), for which there
 * are libraries in most languages:
 *
 *   webhook-id: ID                      the same for each attempt: by this a repeated one is told
 *   webhook-timestamp: SECONDS          of the attempt; more than 5 minutes off, a receiver refuses it
 *   webhook-signature: v1,BASE64 ...    HMAC-SHA256 over `ID.SECONDS.BODY`, one for each secret
 *
 * With two secrets a receiver can go from one to the other without a gap.
 */
import { createHmac } from 'node:crypto';
import { undelivered } from './errors.ts';
import type { SecretFile } from './secret-file.ts';

/** Bytes of a secret, as the standard wants them. */
const LEAST_BYTES = 24;
const MOST_BYTES = 64;
const MOST_SECRETS = 2;

/**
 * The secrets of a file: one a line, each `whsec_` and 24 to 64 bytes in base64; the current one and another.
 * @throws AlertError PENSTOCK_ALERT_UNDELIVERED, without anything of the content
 */
export function readSecrets(file: Pick<SecretFile, 'read'>): Buffer[] {
  const lines = file.read().split(/\s+/);
  if (lines.length > MOST_SECRETS)
    throw undelivered(`there are more than ${MOST_SECRETS} secrets to sign with`);
  return lines.map(secretIn);
}

/** The three headers of one attempt. */
export function signatureHeaders(
  secrets: readonly Buffer[],
  { id, atMs, body }: { readonly id: string; readonly atMs: number; readonly body: string },
): Record<string, string> {
  const seconds = String(Math.floor(atMs / 1_000));
  const signatures = secrets.map((secret) => {
    const digest = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64');
    return `v1,${digest}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
}

function secretIn(line: string): Buffer {
  const text = line.replace(/^whsec_/, '');
  const secret = Buffer.from(text, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (!isBase64 || secret.length < LEAST_BYTES || secret.length > MOST_BYTES) {
    const right = `whsec_ and ${LEAST_BYTES} to ${MOST_BYTES} bytes in base64, as of: openssl rand -base64 32`;
    throw undelivered(`a secret to sign with is ${right}`);
  }
  return secret;
}
