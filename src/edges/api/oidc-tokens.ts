/**
 * Access tokens of an OpenID Connect provider (RFC 9068 in spirit: signed JWTs), checked here with its public keys:
 * algorithm from a short list, issuer, audience, times, and a group that stands for a role. Its keys are fetched when
 * a token first asks for them, kept for ten minutes, and asked for again at most every half minute. Nobody else waits
 * for it, and when it is down, only its own tokens are not taken.
 */
import { createHash } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { forbidden } from './authentication.ts';
import { RequestError } from './errors.ts';
import { ProviderKeys } from './provider-keys.ts';
import { type Role, roleAllows } from './role.ts';
import type { Caller } from './route.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Where the provider's keys are; found by way of the issuer when left out. */
  readonly jwksUri?: string | undefined;
  /** The claim with the groups, or the path to it with dots: `realm_access.roles`. */
  readonly rolesClaim: string;
  /** Role by group. Of several the one that may the most counts. */
  readonly roles: Readonly<Record<string, Role>>;
  /** What the ledger calls the person: `oidc:NAME`. It should be a claim that nobody can change about themselves. */
  readonly nameClaim: string;
}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const CLOCK_TOLERANCE_S = 5;
/** Three parts of base64url: no token made here has a dot. */
const JWT = /^[A-Za-z0-9_-]{2,4096}\.[A-Za-z0-9_-]{2,8192}\.[A-Za-z0-9_-]{0,2048}$/;
/** One line that shows: no controls, no marks that turn text round. */
const NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u;

export class OidcTokens {
  readonly #settings: OidcSettings;
  readonly #keys: JWTVerifyGetKey;
  readonly #now: () => number;

  constructor(settings: OidcSettings, now: () => number, keys = new ProviderKeys(settings).get) {
    this.#settings = settings;
    this.#keys = keys;
    this.#now = now;
  }

  /** Whether it has the form of such a token. */
  takes(text: string): boolean {
    return JWT.test(text);
  }

  /** undefined: it is not valid. @throws RequestError forbidden without a role, identity-provider when it cannot be asked */
  async authenticate(text: string): Promise<Caller | undefined> {
    const { issuer, audience } = this.#settings;
    try {
      const { payload } = await jwtVerify(text, this.#keys, {
        ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE_S },
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(this.#now()),
      });
      return this.#callerOf(payload);
    } catch (error) {
      if (error instanceof RequestError) throw error;
      if (isOfToken(error)) return undefined;
      throw new RequestError('identity-provider', 'tokens of the identity provider cannot be checked now', {
        headers: { 'Retry-After': '30' },
      });
    }
  }

  #callerOf(payload: JWTPayload): Caller | undefined {
    const { rolesClaim, nameClaim, roles } = this.#settings;
    const name = payload[nameClaim];
    if (typeof name !== 'string' || !NAME.test(name) || typeof payload.sub !== 'string') return undefined;
    const held = groupsIn(payload, rolesClaim).flatMap((group) =>
      Object.hasOwn(roles, group) ? [roles[group] as Role] : [],
    );
    const [role, ...others] = held;
    if (role === undefined) throw forbidden(`no group of 'oidc:${name}' stands for a role here`);
    const id = createHash('sha256')
      .update(JSON.stringify([payload.iss, payload.sub]))
      .digest('hex');
    return {
      id: `oidc:${id}`,
      name: `oidc:${name}`,
      role: others.reduce((most, each) => (roleAllows(each, most) ? each : most), role),
      scopes: null,
      expiresAtMs: (payload.exp as number) * 1_000,
    };
  }
}

/** What is wrong with the token itself; anything else is of the provider. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

/** Only own properties: a claim called `__proto__` is none. */
function groupsIn(payload: JWTPayload, path: string): string[] {
  let found: unknown = payload;
  for (const step of Object.hasOwn(payload, path) ? [path] : path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return [];
    found = (found as Record<string, unknown>)[step];
  }
  const groups = typeof found === 'string' ? found.split(' ') : found;
  return Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
}
