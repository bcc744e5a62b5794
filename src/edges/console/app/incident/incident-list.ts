/**
 * Incidents by filter, newest first, a page at a time as somebody scrolls. What the ledger tells of later goes into
 * the list as it comes: one that changes, changes in its place; one that is new waits until it is asked for while
 * somebody reads further down, so that nothing moves under the eyes.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api, useQuery } from '../api.ts';
import { type Failure, failureOf } from '../failure.ts';
import { onEvent } from '../live.ts';
import type { Incident } from '../words.ts';
import { fits, type IncidentFilter } from './incident-filter.ts';

export interface IncidentList {
  readonly incidents: readonly Incident[];
  /** New ones that are held back. */
  readonly heldCount: number;
  readonly showHeld: () => void;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly isLoading: boolean;
  readonly failure: Failure | undefined;
}

type Known = ReadonlyMap<string, Incident>;

/** Soon there, and then in large steps. */
const FIRST_PAGE = 100;
const FURTHER_PAGE = 500;
/** In a flood the list is drawn so often and not at each event. */
const DRAW_EVERY_MS = 200;

/** @param isHeld whether somebody reads further down */
export function useIncidents(filter: IncidentFilter, isHeld: boolean): IncidentList {
  const [known, setKnown] = useState<Known>(new Map());
  const [held, setHeld] = useState<Known>(new Map());
  const [next, setNext] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure>();
  const isAsking = useRef(false);
  const key = JSON.stringify(filter);

  const first = useQuery(`incidents ${key}`, (client, signal) =>
    client.GET('/v1/incidents', { params: { query: { ...filter, limit: FIRST_PAGE } }, signal }),
  );
  useEffect(() => {
    setKnown(byId(first.data?.items ?? []));
    setHeld(new Map());
    setNext(first.data?.next ?? null);
  }, [first.data]);

  const news = useRef<(incidents: Known) => void>(() => {});
  news.current = (incidents) => {
    const [old, fresh] = partition([...incidents.values()], ({ id }) => known.has(id));
    const wanted = fresh.filter((incident) => fits(incident, filter));
    const shown = isHeld ? old : [...old, ...wanted];
    if (shown.length > 0) setKnown((before) => new Map([...before, ...byId(shown)]));
    if (isHeld && wanted.length > 0) setHeld((before) => new Map([...before, ...byId(wanted)]));
  };
  useNews(news, first.refresh, key);

  const loadMore = async () => {
    if (next === null || isAsking.current) return;
    isAsking.current = true;
    const more = await askMore(filter, Number(next));
    isAsking.current = false;
    setFailure('failure' in more ? more.failure : undefined);
    if ('failure' in more) return;
    setKnown((before) => new Map([...byId(more.items), ...before]));
    setNext(more.next);
  };
  const showHeld = () => {
    setKnown((before) => new Map([...before, ...held]));
    setHeld(new Map());
  };
  const incidents = useMemo(() => [...known.values()].toSorted(newestFirst), [known]);
  return {
    incidents,
    heldCount: held.size,
    showHeld,
    hasMore: next !== null,
    loadMore: () => void loadMore(),
    isLoading: first.isLoading,
    failure: first.failure ?? failure,
  };
}

/** Incidents that the ledger tells of, some at a time. */
function useNews(tell: { current: (incidents: Known) => void }, again: () => void, key: string): void {
  useEffect(() => {
    const gathered = new Map<string, Incident>();
    let timer: number | undefined;
    const flush = () => {
      timer = undefined;
      tell.current(new Map(gathered));
      gathered.clear();
    };
    const unlisten = onEvent(({ type, entry }) => {
      if (type === 'reconnected') again();
      const incident = entry?.body.incident as Incident | undefined;
      if (typeof incident?.id !== 'string') return;
      gathered.set(incident.id, incident);
      timer ??= window.setTimeout(flush, DRAW_EVERY_MS);
    });
    return () => {
      unlisten();
      clearTimeout(timer);
    };
  }, [key]);
}

type Page = { readonly items: readonly Incident[]; readonly next: string | null };

async function askMore(filter: IncidentFilter, before: number): Promise<Page | { failure: Failure }> {
  try {
    const query = { ...filter, limit: FURTHER_PAGE, before };
    const { data, error, response } = await api().GET('/v1/incidents', { params: { query } });
    return data ?? { failure: failureOf(error, response.status) };
  } catch (thrown) {
    return { failure: failureOf(thrown) };
  }
}

function byId(incidents: readonly Incident[]): Map<string, Incident> {
  return new Map(incidents.map((incident) => [incident.id, incident]));
}

function partition<T>(all: readonly T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}

function newestFirst(one: Incident, other: Incident): number {
  return Number(other.id.slice(1)) - Number(one.id.slice(1));
}
