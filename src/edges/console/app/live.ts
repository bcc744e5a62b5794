/**
 * The ledger as it is written: one stream of server-sent events for the whole console.
 *
 *                 stream opens                  ends, fails, or is silent for DEAD_AFTER_MS
 *   connecting ---------------> live ---------------------------------------> lost
 *                                 ^                                            |
 *                                 +-------- stream opens, reads on after ------+  tried again after 0.5 s ... 10 s
 *                                           the last id: nothing is missed
 *
 * A page that nobody can see rests after a while: a browser opens six connections to one server, and the streams of
 * forgotten tabs would take them all. Shown again, or back after long, it begins anew instead of reading all it missed.
 */
import { signal } from '@preact/signals';
import { createPenstockClient, followEvents, type Schema } from 'penstock-client';
import { currentMs } from './clock.ts';
import { logOut, TOKEN_GONE } from './session.ts';

export type LiveEntry = Schema<'LedgerEntry'>;
export type Connection = 'connecting' | 'live' | 'lost';
/** `reconnected` is none of the ledger: what was asked for before may be old. */
export type LiveEvent = { readonly type: string; readonly entry?: LiveEntry };
type Listener = (event: LiveEvent) => void;

/** The daemon writes something at least every 15 s. */
const DEAD_AFTER_MS = 40_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const MOST_RECENT = 200;
/** Hidden for so long, a page rests. */
const REST_AFTER_MS = 30_000;
/** After so long it begins anew. */
const ANEW_AFTER_MS = 60_000;

export const connection = signal<Connection>('connecting');
/** Since when nothing is, or was, heard, ms since the epoch; 0: it was never lost. */
export const lostSinceMs = signal(0);
/** The newest entries, newest first. */
export const recent = signal<readonly LiveEntry[]>([]);

const listeners = new Set<Listener>();

/** @returns what ends the listening */
export function onEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follow the ledger with this token until the returned function is called. */
export function follow(token: string): () => void {
  const ending = new AbortController();
  connection.value = 'connecting';
  lostSinceMs.value = 0;
  recent.value = [];
  void run(token, ending.signal);
  return () => ending.abort();
}

async function run(token: string, ended: AbortSignal): Promise<void> {
  let after: string | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; !ended.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      after ??= await readNewest(token, ended);
      for await (const id of listen(token, after, ended)) {
        after = id;
        pauseMs = FIRST_PAUSE_MS;
      }
    } catch (thrown) {
      if (thrown instanceof Response && thrown.status === 401) return logOut(TOKEN_GONE);
      // A full daemon, a lost connection: tried again.
    }
    if (ended.aborted) return;
    if (connection.value === 'live' || lostSinceMs.value === 0) lostSinceMs.value = currentMs();
    connection.value = document.hidden ? 'connecting' : 'lost';
    if (document.hidden) await untilSeen(ended);
    else await pause(pauseMs, ended);
    if (currentMs() - lostSinceMs.value > ANEW_AFTER_MS) after = undefined;
  }
}

/** What has happened of late. @returns the id of the newest entry */
async function readNewest(token: string, signal: AbortSignal): Promise<string> {
  const client = createPenstockClient({ url: location.origin, token });
  const query = { order: 'newest', limit: 60 } as const;
  const { data, response } = await client.GET('/v1/audit', { params: { query }, signal });
  if (!data) throw response;
  recent.value = data.items;
  return String(data.items[0]?.seq ?? 0);
}

async function* listen(token: string, after: string, ended: AbortSignal): AsyncGenerator<string> {
  const dead = new AbortController();
  let timer: number | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => dead.abort(), DEAD_AFTER_MS);
    if (connection.value !== 'live') opened();
  };
  const signal = AbortSignal.any([ended, dead.signal]);
  timer = window.setTimeout(() => dead.abort(), DEAD_AFTER_MS);
  // Without a network the stream would only be silent.
  window.addEventListener('offline', () => dead.abort(), { signal });
  restWhenHidden(dead, signal);
  try {
    const events = followEvents({ url: location.origin, token, after, signal, onAlive: alive });
    for await (const { id, data } of events) {
      alive();
      note(data as LiveEntry);
      yield id;
    }
  } finally {
    clearTimeout(timer);
  }
}

function opened(): void {
  connection.value = 'live';
  if (lostSinceMs.value > 0) tell({ type: 'reconnected' });
}

function note(entry: LiveEntry): void {
  recent.value = [entry, ...recent.value].slice(0, MOST_RECENT);
  tell({ type: entry.type, entry });
}

function tell(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}

function restWhenHidden(resting: AbortController, signal: AbortSignal): void {
  let timer: number | undefined;
  const changed = () => {
    clearTimeout(timer);
    if (document.hidden) timer = window.setTimeout(() => resting.abort(), REST_AFTER_MS);
  };
  changed();
  document.addEventListener('visibilitychange', changed, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}

function untilSeen(ended: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const over = new AbortController();
    const end = () => {
      if (document.hidden && !ended.aborted) return;
      over.abort();
      done();
    };
    document.addEventListener('visibilitychange', end, { signal: over.signal });
    ended.addEventListener('abort', end, { signal: over.signal });
    end();
  });
}

/** Ends early when the network is back, and with the session. */
function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const over = new AbortController();
    const end = () => {
      over.abort();
      clearTimeout(timer);
      done();
    };
    const timer = setTimeout(end, ms);
    ended.addEventListener('abort', end, { signal: over.signal });
    window.addEventListener('online', end, { signal: over.signal });
  });
}
