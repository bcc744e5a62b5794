/** How the daemon fares, asked for by the header once for all pages. */
import { signal } from '@preact/signals';
import type { Schema } from 'penstock-client';
import { useEffect } from 'preact/hooks';
import { useQuery } from './api.ts';
import { announce } from './part/live-region.tsx';
import { session } from './session.ts';
import { waitingCount } from './title.ts';

/** The newest answer; undefined before the first. */
export const status = signal<Schema<'Status'> | undefined>(undefined);

const EVERY_MS = 5_000;
const HIDDEN_EVERY_MS = 30_000;
const ON = ['decision', 'incident', 'policy', 'breaker', 'trial', 'drift', 'enforcement', 'conntrack'];

session.subscribe(() => {
  status.value = undefined;
  waitingCount.value = 0;
});

/** In the shell, once. */
export function useStatus(): void {
  const { data, refresh } = useQuery('status', (client, signal) => client.GET('/v1/status', { signal }), {
    on: ON,
    everyMs: EVERY_MS,
  });
  useEffect(() => {
    // A page that nobody sees has no stream; its title still tells how many wait.
    const timer = setInterval(() => document.hidden && refresh(), HIDDEN_EVERY_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  useEffect(() => {
    if (data === undefined) return;
    status.value = data;
    const waiting = data.decisions.pending + data.decisions.provisional;
    if (waiting > waitingCount.value) announce(sentence(waiting));
    waitingCount.value = waiting;
  }, [data]);
}

function sentence(waiting: number): string {
  return waiting === 1 ? 'One decision waits for an answer' : `${waiting} decisions wait for an answer`;
}
