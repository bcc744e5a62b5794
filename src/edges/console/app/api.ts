/** Asking the API: `useQuery` for what is shown, `send` for what is changed. */

import { type Client, createPenstockClient } from 'penstock-client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { noteServerDate } from './clock.ts';
import { type Failure, failureOf } from './failure.ts';
import { onEvent } from './live.ts';
import { logOut, session, TOKEN_GONE } from './session.ts';

/** What openapi-fetch resolves with. */
type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

export interface Query<T> {
  /** The newest answer; stays while it is asked again and when that fails. */
  readonly data: T | undefined;
  readonly failure: Failure | undefined;
  /** Nothing has come yet. */
  readonly isLoading: boolean;
  readonly refresh: () => void;
}

interface QueryOptions {
  /** Asked again when the ledger gets an entry of these types: `decision.proposed`, or `decision` for all of them. */
  readonly on?: readonly string[];
  /** Asked again so often while the page can be seen. */
  readonly everyMs?: number;
}

export type Sent<T> = { readonly data: T } | { readonly failure: Failure };

/** A burst of events leads to one question at its beginning and one at its end. */
const CALM_MS = 400;
/** Answers of pages that were left, so that coming back shows something at once. */
const MOST_KEPT = 40;

const kept = new Map<string, unknown>();
let client: Client | undefined;

session.subscribe(() => {
  client = undefined;
  kept.clear();
});

/** With the token of the session. An answer 401 ends the session. */
export function api(): Client {
  if (client) return client;
  const { value } = session;
  const token = typeof value === 'object' ? value.token : '';
  client = createPenstockClient({ url: location.origin, token });
  client.use({
    onResponse({ response }) {
      noteServerDate(response.headers.get('date'));
      if (response.status === 401) logOut(TOKEN_GONE);
    },
  });
  return client;
}

/**
 * What `load` answers, kept fresh.
 *
 * @param key names the question, with all that it depends on: another key is another question; null: nothing is asked
 */
export function useQuery<T>(
  key: string | null,
  load: (client: Client, signal: AbortSignal) => Answer<T>,
  { on, everyMs }: QueryOptions = {},
): Query<T> {
  const [state, setState] = useState<{ key: string | null; data?: T; failure?: Failure }>({ key: null });
  const loader = useRef(load);
  loader.current = load;
  const asking = useRef<AbortController>(null);

  const ask = useCallback(async () => {
    if (key === null) return;
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    const answer = await settled(() => loader.current(api(), controller.signal));
    if (controller.signal.aborted) return;
    if ('data' in answer) keep(key, answer.data);
    setState((before) =>
      'data' in answer
        ? { key, data: answer.data }
        : { ...(before.key === key ? before : { key }), failure: answer.failure },
    );
  }, [key]);

  useEffect(() => {
    void ask();
    return () => asking.current?.abort();
  }, [ask]);
  useRefreshed(ask, on?.join(','), everyMs);

  const isOwn = state.key === key;
  const data = isOwn && state.data !== undefined ? state.data : (kept.get(key ?? '') as T | undefined);
  const failure = isOwn ? state.failure : undefined;
  return {
    data: key === null ? undefined : data,
    failure,
    isLoading: key !== null && data === undefined && failure === undefined,
    refresh: ask,
  };
}

/** Change something. Each call has a key of its own, so that a repeated request is not carried out twice. */
export async function send<T>(
  change: (client: Client, headers: { 'Idempotency-Key': string }) => Answer<T>,
): Promise<Sent<T>> {
  return settled(() => change(api(), { 'Idempotency-Key': randomKey() }));
}

async function settled<T>(ask: () => Answer<T>): Promise<Sent<T>> {
  try {
    const { data, error, response } = await ask();
    if (response.ok) return { data: data as T };
    return { failure: failureOf(error, response.status) };
  } catch (thrown) {
    return { failure: failureOf(thrown) };
  }
}

function useRefreshed(ask: () => Promise<void>, types: string | undefined, everyMs: number | undefined) {
  useEffect(() => {
    if (types === undefined) return;
    const calm = calmly(ask);
    const wanted = new Set(types.split(','));
    const unlisten = onEvent(({ type }) => {
      if (type === 'reconnected' || wanted.has(type) || wanted.has(type.split('.', 1)[0] as string))
        calm.call();
    });
    return () => {
      unlisten();
      calm.stop();
    };
  }, [ask, types]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void ask();
    }, everyMs);
    return () => clearInterval(timer);
  }, [ask, everyMs]);
}

function calmly(act: () => void): { call: () => void; stop: () => void } {
  let timer: number | undefined;
  let again = false;
  const rest = () => {
    timer = again ? window.setTimeout(rest, CALM_MS) : undefined;
    if (again) act();
    again = false;
  };
  return {
    call() {
      again = timer !== undefined;
      if (again) return;
      act();
      timer = window.setTimeout(rest, CALM_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

function keep(key: string, data: unknown): void {
  kept.delete(key);
  kept.set(key, data);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
}

/** `crypto.randomUUID` is there only where the page came over TLS or loopback. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
