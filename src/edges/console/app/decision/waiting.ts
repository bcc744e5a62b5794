import { type Query, useQuery } from '../api.ts';
import type { Decision } from '../words.ts';

/** More would not be answered one by one. */
const MOST = 200;
const ON = ['decision', 'enforcement', 'rollback'];

/** Decisions that wait for an answer, the one that lapses first on top. */
export function useWaiting(): Query<readonly Decision[]> {
  return useQuery(
    'decisions waiting',
    async (client, signal) => {
      const of = (state: 'pending' | 'provisional') =>
        client.GET('/v1/decisions', { params: { query: { state, limit: MOST } }, signal });
      const [pending, provisional] = await Promise.all([of('pending'), of('provisional')]);
      if (!pending.data) return { error: pending.error, response: pending.response };
      if (!provisional.data) return { error: provisional.error, response: provisional.response };
      const all = [...pending.data.items, ...provisional.data.items];
      return { data: all.toSorted(byDeadline), response: provisional.response };
    },
    { on: ON },
  );
}

function byDeadline(one: Decision, other: Decision): number {
  return (one.answerByMs ?? Infinity) - (other.answerByMs ?? Infinity);
}
