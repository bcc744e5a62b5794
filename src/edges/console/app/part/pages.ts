/**
 * Lists that the API gives a page at a time. The first page is kept fresh; the ones behind it are fetched as somebody
 * scrolls, and dropped when a fresh first page comes. Who reads further down holds the list, so that nothing moves
 * under the eyes.
 */
import type { Client } from 'penstock-client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api, useQuery } from '../api.ts';
import { type Failure, failureOf } from '../failure.ts';

export interface ListPage<T> {
  readonly rows: readonly T[];
  /** What the page behind it is asked for with; null: there is none. */
  readonly next: string | null;
}

type Answer<P> = Promise<{ data?: P; error?: unknown; response: Response }>;
type LoadPage<P> = (client: Client, after: string | undefined, signal: AbortSignal) => Answer<P>;

interface Options<T, P> {
  /** Asked again while not held; see `useQuery`. */
  readonly on?: readonly string[];
  readonly everyMs?: number;
  readonly isHeld?: boolean;
  readonly pageOf: (answer: P) => ListPage<T>;
  /** A row may be on two pages when it has moved in between: the first is shown. */
  readonly keyOf: (row: T) => string | number;
  /** No more than so many rows are kept. */
  readonly most?: number;
}

export interface Pages<T, P> {
  readonly rows: readonly T[];
  /** The answer with the first page. */
  readonly first: P | undefined;
  readonly failure: Failure | undefined;
  readonly isLoading: boolean;
  /** There are more rows than are kept here so far. */
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly refresh: () => void;
}

interface Further<T> {
  /** The first page that they follow. */
  readonly of: unknown;
  /** With those of the first page. */
  readonly rows: readonly T[];
  readonly next: string | null;
  /** Keys of the rows; grows with each page. */
  readonly known: Set<string | number>;
}

const MOST_ROWS = 100_000;

export function usePages<T, P>(key: string, load: LoadPage<P>, options: Options<T, P>): Pages<T, P> {
  const { on, everyMs, isHeld = false, pageOf, keyOf, most = MOST_ROWS } = options;
  const kept = isHeld ? {} : { ...(on && { on }), ...(everyMs && { everyMs }) };
  const query = useQuery(key, (client, signal) => load(client, undefined, signal), kept);
  const [further, setFurther] = useState<Further<T>>();
  const [failure, setFailure] = useState<Failure>();
  const first = query.data;
  const shown = useMemo(() => {
    const page = first === undefined ? { rows: [], next: null } : pageOf(first);
    if (further === undefined || further.of !== first) return page;
    return { rows: further.rows, next: further.next };
  }, [first, further]);

  const asking = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => asking.current?.abort(), [first]);
  const loadMore = useCallback(async () => {
    if (shown.next === null || shown.rows.length >= most) return;
    if (asking.current && !asking.current.signal.aborted) return;
    const controller = new AbortController();
    asking.current = controller;
    const answer = await settled(() => load(api(), shown.next as string, controller.signal));
    if (controller.signal.aborted) return;
    asking.current = undefined;
    setFailure('failure' in answer ? answer.failure : undefined);
    if ('failure' in answer) return;
    const { rows, next } = pageOf(answer.data);
    const known = further?.of === first && further ? further.known : new Set(shown.rows.map(keyOf));
    const more = rows.filter((row) => !known.has(keyOf(row)));
    for (const row of more) known.add(keyOf(row));
    setFurther({ of: first, rows: [...shown.rows, ...more], next, known });
  }, [shown, first, further, most]);

  return {
    rows: shown.rows,
    first,
    failure: query.failure ?? failure,
    isLoading: query.isLoading,
    hasMore: shown.next !== null,
    loadMore: () => void loadMore(),
    refresh: query.refresh,
  };
}

async function settled<P>(ask: () => Answer<P>): Promise<{ data: P } | { failure: Failure }> {
  try {
    const { data, error, response } = await ask();
    return data === undefined ? { failure: failureOf(error, response.status) } : { data };
  } catch (thrown) {
    return { failure: failureOf(thrown) };
  }
}
