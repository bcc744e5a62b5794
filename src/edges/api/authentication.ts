/** Bearer tokens (RFC 6750). */
import type { Request } from 'express';
import { RequestError } from './errors.ts';
import { type Role, roleAllows } from './role.ts';
import type { Caller } from './route.ts';
import type { TokenStore } from './token-store.ts';

/** For routes that need no token. */
const ANYONE: Caller = { id: 0, name: 'anyone', role: 'viewer' };

/** @throws RequestError unauthorized or forbidden */
export function authorize(request: Request, needed: Role | 'anyone', tokens: TokenStore): Caller {
  if (needed === 'anyone') return ANYONE;
  const caller = authenticate(request.headers.authorization, tokens);
  requireRole(caller, needed, 'this');
  return caller;
}

/** `what` begins the sentence that says no. @throws RequestError forbidden */
export function requireRole({ name, role }: Caller, needed: Role, what: string): void {
  if (roleAllows(role, needed)) return;
  throw new RequestError('forbidden', `${what} needs the role ${needed}; the token '${name}' has ${role}`, {
    headers: { 'WWW-Authenticate': 'Bearer realm="penstock", error="insufficient_scope"' },
  });
}

function authenticate(header: string | undefined, tokens: TokenStore): Caller {
  if (header === undefined) {
    throw new RequestError('unauthorized', 'send a token in the header: Authorization: Bearer pst_...', {
      headers: { 'WWW-Authenticate': 'Bearer realm="penstock"' },
    });
  }
  const text = /^Bearer +(\S+)$/i.exec(header)?.[1];
  const caller = text === undefined ? undefined : tokens.authenticate(text);
  if (caller) return caller;
  throw new RequestError('unauthorized', 'this token is not known, has expired or was revoked', {
    headers: { 'WWW-Authenticate': 'Bearer realm="penstock", error="invalid_token"' },
  });
}
