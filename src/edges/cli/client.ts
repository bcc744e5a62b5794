/** Calls to the daemon's API. */
import { randomUUID } from 'node:crypto';
import { formatProblem } from '../../policy/problem.ts';
import { type Daemon, findDaemon, isLoopback, type Whereabouts } from './connection.ts';
import { CommandError, type ExitCode } from './errors.ts';
import { sshSession } from './ssh-session.ts';
import type { Problem } from './wire.ts';

const TIMEOUT_MS = 60_000;

export class Client {
  readonly #daemon: Daemon;
  /** Our own session, for the daemon to protect; null before it was looked for. */
  #session: string | undefined | null = null;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  /** @throws CommandError when there is no way to the daemon */
  static find(where: Whereabouts): Client {
    return new Client(findDaemon(where));
  }

  /** The caller names the type: what the API promises for this path. */
  get<T>(path: string): Promise<T> {
    return this.#json<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#change<T>('POST', path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.#change<T>('PUT', path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.#change<T>('DELETE', path);
  }

  /** Text as it comes, until the daemon ends it. */
  async *stream(path: string): AsyncGenerator<string> {
    const response = await this.#send(path, { headers: { accept: 'text/event-stream' } });
    await refuseProblem(response);
    const decoder = new TextDecoder();
    try {
      for await (const piece of response.body ?? []) yield decoder.decode(piece, { stream: true });
    } catch (cause) {
      throw connectionError(this.#daemon.url, cause);
    }
  }

  /** The key makes it safe to ask again when the connection broke before the answer came. */
  async #change<T>(method: string, path: string, body?: unknown): Promise<T> {
    const key = { 'idempotency-key': randomUUID() };
    try {
      return await this.#json<T>(method, path, body, key);
    } catch (error) {
      if (!(error instanceof CommandError) || error.code !== 'connection-lost') throw error;
      return this.#json<T>(method, path, body, key);
    }
  }

  async #json<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await this.#send(path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await refuseProblem(response);
    try {
      return (await response.json()) as T;
    } catch (cause) {
      throw new CommandError('bad-answer', 1, `what answers at ${this.#daemon.url} is not Penstock`, {
        cause,
      });
    }
  }

  /** By loopback the daemon cannot see where we come from. */
  #sessionHeader(): Record<string, string> {
    if (this.#session === null)
      this.#session = isLoopback(new URL(this.#daemon.url)) ? sshSession() : undefined;
    return this.#session === undefined ? {} : { 'penstock-session': this.#session };
  }

  async #send(path: string, { headers, ...init }: RequestInit): Promise<Response> {
    const { url, token } = this.#daemon;
    try {
      return await fetch(url + path, {
        ...init,
        redirect: 'error',
        headers: {
          ...(headers as Record<string, string>),
          ...this.#sessionHeader(),
          authorization: `Bearer ${token}`,
        },
      });
    } catch (cause) {
      throw connectionError(url, cause);
    }
  }
}

function connectionError(url: string, cause: unknown): CommandError {
  const inner = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : String(inner);
  if (code === 'ECONNREFUSED') {
    return new CommandError('no-daemon', 1, `no daemon at ${url}: start it with npm start`, { cause });
  }
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    return new CommandError('no-answer', 1, `no answer from ${url} within ${TIMEOUT_MS / 1_000} s`, {
      cause,
    });
  }
  return new CommandError('connection-lost', 1, `the connection to ${url} failed (${code})`, { cause });
}

const EXIT_CODES: Readonly<Record<number, ExitCode>> = {
  400: 2,
  401: 3,
  403: 3,
  404: 2,
  413: 2,
  415: 2,
  422: 2,
};

/** @throws CommandError that tells the problem document */
async function refuseProblem(response: Response): Promise<void> {
  if (response.ok) return;
  const problem = await problemOf(response);
  const exitCode = problem.code === 'refused' ? 1 : (EXIT_CODES[response.status] ?? 1);
  const guardrail = problem.guardrail === undefined ? '' : ` (guardrail ${problem.guardrail})`;
  throw new CommandError(problem.code, exitCode, `${problem.detail}${guardrail}`, {
    details: (problem.problems ?? []).map(describeFault),
  });
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = { code: 'bad-answer', detail: `the daemon answered ${response.status}` };
  try {
    const document = (await response.json()) as Partial<Problem>;
    return { ...fallback, ...document };
  } catch {
    return fallback;
  }
}

function describeFault(fault: NonNullable<Problem['problems']>[number]): string {
  if (!('file' in fault)) return `${fault.pointer}: ${fault.message}`;
  return formatProblem(fault);
}
