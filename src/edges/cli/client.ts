/** Calls to the daemon's API: `await answered(api.GET('/v1/incidents/{id}', { params: { path: { id } } }))`. */
import { type Client, createPenstockClient, type Fetch, repeatingChanges } from 'penstock-client';
import type { Daemon } from './connection.ts';
import { CommandError } from './errors.ts';
import { refusalOf } from './problem.ts';
import { sshSession } from './ssh-session.ts';
import type { Surroundings } from './surroundings.ts';

const TIMEOUT_MS = 60_000;

/** The API and what else goes to the daemon with every request. */
export interface DaemonClient extends Daemon {
  readonly api: Client;
  readonly headers: Readonly<Record<string, string>>;
  /** Without a time limit; for streams. */
  readonly fetch: Fetch;
}

export async function openClient(daemon: Daemon, env: Surroundings['env']): Promise<DaemonClient> {
  const headers = sessionHeader(daemon, env);
  const fetch = await fetchTo(daemon.url, daemon.route);
  const isLost = (error: unknown) => error instanceof CommandError && error.code === 'connection-lost';
  const api = createPenstockClient({
    url: daemon.base,
    token: daemon.token,
    headers,
    fetch: repeatingChanges(withinTime(daemon.url, fetch), isLost),
  });
  return { ...daemon, api, headers, fetch };
}

/** Follows no redirect; throws CommandError for a connection that fails. */
export async function fetchTo(url: string, route: Daemon['route']): Promise<Fetch> {
  if (route === undefined) return connecting(url, (request) => fetch(request, { redirect: 'error' }));
  const { routedFetch } = await import('penstock-client/node');
  return connecting(url, routedFetch(route));
}

/** By loopback and socket the daemon cannot see where we come from. */
function sessionHeader({ isLocal }: Daemon, env: Surroundings['env']): Record<string, string> {
  const session = isLocal ? sshSession(env) : undefined;
  return session === undefined ? {} : { 'penstock-session': session };
}

/** The whole answer, or an error, in time. */
function withinTime(url: string, fetch: Fetch): Fetch {
  return async (request) => {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(new Request(request, { signal }));
    try {
      const { status, headers } = response;
      return new Response(await response.arrayBuffer(), { status, headers });
    } catch (cause) {
      throw connectionError(url, cause);
    }
  };
}

function connecting(url: string, fetch: Fetch): Fetch {
  return async (request) => {
    try {
      return await fetch(request);
    } catch (cause) {
      throw connectionError(url, cause);
    }
  };
}

/** @throws CommandError that tells the problem document, or that it is no Penstock that answers */
export async function answered<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new CommandError('bad-answer', 1, 'what answers there is not Penstock', { cause });
  });
  if (!response.ok) throw refusalOf(response.status, error);
  return data as NonNullable<T>;
}

const NO_DAEMON = ['ECONNREFUSED', 'ENOENT'];

export function connectionError(url: string, cause: unknown): CommandError {
  if (cause instanceof CommandError) return cause;
  const inner = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : String(inner);
  if (NO_DAEMON.includes(code))
    return new CommandError('no-daemon', 1, `no daemon at ${url}: start it with npm start`, { cause });
  if (cause instanceof Error && cause.name === 'TimeoutError')
    return new CommandError('no-answer', 1, `no answer from ${url} within ${TIMEOUT_MS / 1_000} s`, {
      cause,
    });
  if (code === 'EACCES')
    return new CommandError('not-permitted', 3, `you may not open ${url}: run this as root`, { cause });
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME/.test(code))
    return new CommandError(
      'untrusted',
      1,
      `the certificate of ${url} is not trusted (${code}): name its authority with PENSTOCK_CA_FILE`,
      { cause },
    );
  return new CommandError('connection-lost', 1, `the connection to ${url} failed (${code})`, { cause });
}
