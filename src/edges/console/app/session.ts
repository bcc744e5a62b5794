/**
 * Who is at the console. The token is typed in once and kept for as long as the tab lives; it leaves the page only in
 * the header of requests to where the page came from, so no other site can make use of it.
 */
import { computed, signal } from '@preact/signals';
import { createPenstockClient, type Schema } from 'penstock-client';
import { type Failure, failureOf } from './failure.ts';

const KEY = 'penstock.token';
const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Session {
  readonly token: string;
  /** What the ledger calls this person. */
  readonly name: string;
  readonly role: Role;
  /** What of the API it reaches: `decisions`, or `decisions:read`; null: all that the role may. */
  readonly scopes: readonly string[] | null;
}

/** What a header takes. */
const SENDABLE = /^[\x21-\x7e]+$/;
const NO_TOKEN: Failure = {
  title: 'This is no token',
  detail: 'It has characters in it that no token has. Copy the whole of it, and nothing else.',
  status: 401,
};

/** undefined: nobody; 'checking': a token from before the page was loaded is being asked about. */
export const session = signal<Session | 'checking' | undefined>(undefined);
/** Why somebody has to log in who was logged in, for the login page. */
export const loggedOutBecause = signal<string | undefined>(undefined);

export const TOKEN_GONE = 'Your token has expired or was revoked.';

/** What the ledger calls this person. */
export const personName = computed(() =>
  typeof session.value === 'object' ? session.value.name : undefined,
);

/**
 * Whether the API would let this token do what needs the role; the API decides it in the end.
 *
 * @param area what is changed, as scopes name it: `decisions`; left out: only the role is looked at
 */
export function may(needed: Role, area?: string): boolean {
  const { value } = session;
  if (typeof value !== 'object') return false;
  const { scopes } = value;
  const reaches = scopes === null || area === undefined || scopes.includes(area);
  return reaches && ROLES.indexOf(value.role) >= ROLES.indexOf(needed);
}

/** @returns what is wrong with the token, or undefined when it is taken */
export async function logIn(token: string): Promise<Failure | undefined> {
  if (!SENDABLE.test(token)) return NO_TOKEN;
  const answer = await askCaller(token);
  if ('failure' in answer) return answer.failure;
  sessionStorage.setItem(KEY, token);
  loggedOutBecause.value = undefined;
  session.value = { token, ...answer.caller };
  return undefined;
}

export function logOut(because?: string): void {
  sessionStorage.removeItem(KEY);
  loggedOutBecause.value = because;
  session.value = undefined;
}

/** After a reload. A daemon that does not answer is no reason to ask for the token again: it is asked until it does. */
export async function restoreSession(): Promise<void> {
  const token = sessionStorage.getItem(KEY);
  if (token === null) return;
  session.value = 'checking';
  for (;;) {
    const failure = await logIn(token);
    if (failure === undefined) return;
    if (failure.status === 401) return logOut(TOKEN_GONE);
    await new Promise((done) => setTimeout(done, 2_000));
    if (session.value !== 'checking') return;
  }
}

async function askCaller(token: string): Promise<{ caller: Schema<'Caller'> } | { failure: Failure }> {
  try {
    const { data, error, response } = await createPenstockClient({ url: location.origin, token }).GET(
      '/v1/caller',
    );
    return data ? { caller: data } : { failure: failureOf(error, response.status) };
  } catch (thrown) {
    return { failure: failureOf(thrown) };
  }
}
