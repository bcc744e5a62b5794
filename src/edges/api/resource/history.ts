import type { z } from 'zod';
import type { Outcome } from '../../../engine/commands.ts';
import { RequestError } from '../errors.ts';
import { refusalError } from '../problem-document.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import {
  type HistoryFilter,
  type HistoryTopFilter,
  historyQuery,
  historySeries,
  historyTop,
  historyTopQuery,
  withTimes,
} from '../schema/history.ts';

/** Who keeps the history. */
export interface HistorySource {
  series(filter: HistoryFilter): Promise<Outcome<z.input<typeof historySeries>>>;
  top(filter: HistoryTopFilter): Promise<Outcome<z.input<typeof historyTop>>>;
}

interface Parts {
  readonly history?: HistorySource | undefined;
  readonly now: () => number;
}

/** @throws RequestError */
function answered<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw refusalError(outcome.refusal);
  return outcome.result;
}

export function historyRoutes({ history, now }: Parts): Route[] {
  const source = () => {
    if (history === undefined) throw new RequestError('failed', 'no history of flows is kept');
    return history;
  };
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/history',
      role: 'viewer',
      summary: 'What was sent and received over time',
      request: { ...NOTHING, query: historyQuery },
      answer: historySeries,
      handle: async ({ query }) => answered(await source().series(withTimes(query, now()))),
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/history/top',
      role: 'viewer',
      summary: 'Who sent most, to whom, by which rule or service',
      request: { ...NOTHING, query: historyTopQuery },
      answer: historyTop,
      handle: async ({ query }) => answered(await source().top(withTimes(query, now()))),
    }),
  ];
}
