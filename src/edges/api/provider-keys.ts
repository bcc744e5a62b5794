/** The public keys of an OpenID Connect provider (OpenID Connect Discovery 1.0; RFC 7517). */
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import type { OidcSettings } from './oidc-tokens.ts';

const TIMEOUT_MS = 5_000;
/** A token with a key id that nobody knows must not make us ask at each try. */
const COOLDOWN_MS = 30_000;
const PAUSE_MS = 2_000;
const KEPT_MS = 600_000;
const MOST_BYTES = 512 * 1_024;

export class ProviderKeys {
  readonly #settings: Pick<OidcSettings, 'issuer' | 'jwksUri'>;
  #keys: Promise<JWTVerifyGetKey> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: Pick<OidcSettings, 'issuer' | 'jwksUri'>) {
    this.#settings = settings;
  }

  /** @throws errors of jose about the token; any other error means that the provider could not be asked */
  readonly get: JWTVerifyGetKey = async (header, token) => {
    if (performance.now() - this.#failedAt < PAUSE_MS) throw new Error('it did not answer a moment ago');
    try {
      this.#keys ??= this.#find();
      return await (await this.#keys)(header, token);
    } catch (error) {
      // A key that is not there is the token's fault, and the source has been found.
      if (!isAboutKey(error)) this.#fail();
      throw error;
    }
  };

  /** Who is down is asked again soon, but not for each token. */
  #fail(): void {
    this.#keys = undefined;
    this.#failedAt = performance.now();
  }

  async #find(): Promise<JWTVerifyGetKey> {
    const { jwksUri = await this.#discover() } = this.#settings;
    return createRemoteJWKSet(new URL(jwksUri), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: KEPT_MS,
      [customFetch]: bounded,
    });
  }

  async #discover(): Promise<string> {
    const { issuer } = this.#settings;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await bounded(url, { signal, headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const { issuer: told, jwks_uri: uri } = (await response.json()) as {
      issuer?: unknown;
      jwks_uri?: unknown;
    };
    if (told !== issuer || typeof uri !== 'string') throw new Error(`${url} is not of ${issuer}`);
    return uri;
  }
}

function isAboutKey(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

/** No redirect, and no more than can be meant. */
async function bounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'error' });
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`${url} answered more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return new Response(Buffer.concat(parts), { status: response.status, headers: response.headers });
}
