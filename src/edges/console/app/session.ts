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
}

/** undefined: nobody; 'checking': a token from before the page was loaded is being asked about. */
export const session = signal<Session | 'checking' | undefined>(undefined);
/** Why somebody has to log in who was logged in, for the login page. */
export const loggedOutBecause = signal<string | undefined>(undefined);

export const TOKEN_GONE = 'Your token has expired or was revoked.';

const role = computed(() => (typeof session.value === 'object' ? session.value.role : undefined));

/** What the ledger calls this person. */
export const personName = computed(() =>
  typeof session.value === 'object' ? session.value.name : undefined,
);

/** Whether the API would let this token do what needs `needed`; the API decides it in the end. */
export function may(needed: Role): boolean {
  return role.value !== undefined && ROLES.indexOf(role.value) >= ROLES.indexOf(needed);
}

/** @returns what is wrong with the token, or undefined when it is taken */
export async function logIn(token: string): Promise<Failure | undefined> {
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
