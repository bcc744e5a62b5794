/**
 * Who asks. A bearer token (RFC 6750) goes before a client certificate:
 *
 *   Authorization: Bearer pst_...   a token made here
 *   Authorization: Bearer a.b.c     one of the identity provider, where there is one
 *   no such header                  the certificate that the connection was opened with, where it has a role
 */
import type { Request } from 'express';
import { type ClientCertificates, presentedCertificate } from './client-certificates.ts';
import { RequestError } from './errors.ts';
import type { OidcTokens } from './oidc-tokens.ts';
import { type Role, roleAllows } from './role.ts';
import type { Caller, Route } from './route.ts';
import { scopesAllow } from './scope.ts';
import type { TokenStore } from './token-store.ts';

/** For routes that need no token. */
export const ANYONE: Caller = { id: 'anyone', name: 'anyone', role: 'viewer', scopes: [], expiresAtMs: null };

export interface Identities {
  readonly tokens: TokenStore;
  readonly oidc?: OidcTokens | undefined;
  readonly certificates?: ClientCertificates | undefined;
  /** ms since the epoch. */
  readonly now: () => number;
}

export class Authenticator {
  readonly #identities: Identities;

  constructor(identities: Identities) {
    this.#identities = identities;
  }

  /** @throws RequestError unauthorized, forbidden without a role, identity-provider when it cannot be asked */
  async authenticate(request: Request): Promise<Caller> {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.#bearer(authorization);
    const certificate = presentedCertificate(request.socket);
    const caller = certificate && this.#identities.certificates?.callerOf(certificate);
    if (caller) return caller;
    throw new RequestError('unauthorized', 'send a token in the header: Authorization: Bearer pst_...', {
      headers: { 'WWW-Authenticate': 'Bearer realm="penstock"' },
    });
  }

  async #bearer(header: string): Promise<Caller> {
    const { tokens, oidc } = this.#identities;
    const text = /^Bearer +(\S+)$/i.exec(header)?.[1];
    if (text !== undefined) {
      const caller = oidc?.takes(text) ? await oidc.authenticate(text) : tokens.authenticate(text);
      if (caller) return caller;
    }
    throw new RequestError('unauthorized', 'this token is not known, has expired or was revoked', {
      headers: { 'WWW-Authenticate': 'Bearer realm="penstock", error="invalid_token"' },
    });
  }

  /** Whether what the caller came in with still holds: for connections that stay open. */
  stands(caller: Caller): boolean {
    const { tokens, now } = this.#identities;
    if (caller.expiresAtMs !== null && caller.expiresAtMs <= now()) return false;
    return !caller.id.startsWith('token:') || tokens.stands(caller);
  }
}

/** @throws RequestError forbidden */
export function authorize(caller: Caller, route: Pick<Route, 'method' | 'path' | 'role' | 'reads'>): void {
  if (route.role === 'anyone') return;
  requireRole(caller, route.role, 'this');
  if (scopesAllow(caller.scopes, route)) return;
  throw forbidden(`the token '${caller.name}' is limited to ${caller.scopes?.join(', ') || 'nothing'}`);
}

/** `what` begins the sentence that says no. @throws RequestError forbidden */
export function requireRole({ name, role }: Caller, needed: Role, what: string): void {
  if (roleAllows(role, needed)) return;
  throw forbidden(`${what} needs the role ${needed}; the token '${name}' has ${role}`);
}

export function forbidden(message: string): RequestError {
  return new RequestError('forbidden', message, {
    headers: { 'WWW-Authenticate': 'Bearer realm="penstock", error="insufficient_scope"' },
  });
}
