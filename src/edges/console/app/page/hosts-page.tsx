/** Hosts whose usual behaviour is known. */
import type { Client, Schema } from 'penstock-client';
import { useEffect, useMemo } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { now } from '../clock.ts';
import { ErrorNote } from '../part/error-note.tsx';
import { Search, Select } from '../part/field.tsx';
import { formatCount } from '../part/format.ts';
import { Page } from '../part/page.tsx';
import { usePages } from '../part/pages.ts';
import { useSearchState } from '../part/search-state.ts';
import { HOST_SORTS, type HostSort, hostRows, searchHosts, sortHosts } from './hosts-rows.ts';
import { HostTable } from './hosts-table.tsx';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PAGE_ROWS = 500;
const MOST_HOSTS = 20_000;

interface Wish {
  readonly text: string;
  readonly sort: HostSort;
}

export default function HostsPage() {
  const { typed, asked, change } = useSearchState(wishOf, searchOf);
  const hosts = useHosts(asked.sort);
  const sent = useSent();
  const rows = useMemo(() => hostRows(hosts.rows, sent.byHost, sent.isWhole), [hosts.rows, sent]);
  const found = useMemo(
    () => sortHosts(searchHosts(rows, typed.text), asked.sort),
    [rows, typed.text, asked.sort],
  );
  const established = hosts.first?.established ?? 0;
  return (
    <Page title="Hosts" lead={`${formatCount(established)} whose usual behaviour is known`}>
      <search class="toolbar">
        <Search
          label="Search"
          value={typed.text}
          placeholder="Address or group"
          onInput={(text) => change({ ...typed, text })}
        />
        <Select
          label="Sort"
          value={typed.sort}
          options={HOST_SORTS}
          onChange={(sort) => change({ ...typed, sort })}
        />
      </search>
      <ErrorNote failure={hosts.failure} retry={hosts.refresh} />
      {hosts.hasMore && <p class="page-lead">{`${formatCount(rows.length)} so far.`}</p>}
      <HostTable hosts={found} isLoading={hosts.isLoading} isSearch={typed.text !== ''} />
    </Page>
  );
}

/** All of them, for the search: read on until there are no more. */
function useHosts(sort: HostSort) {
  const order = sort === 'suspicion' ? 'suspicion' : 'lastSeen';
  const load = (client: Client, after: string | undefined, signal: AbortSignal) => {
    const query = { sort: order, limit: PAGE_ROWS, ...(after !== undefined && { after }) } as const;
    return client.GET('/v1/hosts', { params: { query }, signal });
  };
  const pages = usePages<Schema<'HostLine'>, HostAnswer>(`hosts ${order}`, load, {
    on: ['incident.opened', 'incident.closed'],
    everyMs: 15_000,
    pageOf: ({ hosts, next }) => ({ rows: hosts, next }),
    keyOf: ({ host }) => host,
    most: MOST_HOSTS,
  });
  useEffect(pages.loadMore, [pages.rows]);
  return pages;
}

interface HostAnswer {
  readonly hosts: readonly Schema<'HostLine'>[];
  readonly established: number;
  readonly next: string | null;
}

/** What the hosts that sent most have sent in the last day. */
function useSent(): { byHost: ReadonlyMap<string, number> | undefined; isWhole: boolean } {
  const toMs = Math.floor(now.peek() / MINUTE_MS) * MINUTE_MS;
  const { data } = useQuery(
    'hosts sent',
    (client, signal) => {
      const query = { by: 'host', from: toMs - DAY_MS, to: toMs, limit: PAGE_ROWS } as const;
      return client.GET('/v1/history/top', { params: { query }, signal });
    },
    { everyMs: 30_000 },
  );
  return useMemo(() => {
    const byHost = data && new Map(data.items.map(({ key, bytesOut }) => [key, bytesOut]));
    return { byHost, isWhole: data !== undefined && data.items.length < PAGE_ROWS };
  }, [data]);
}

function wishOf(search: string): Wish {
  const given = new URLSearchParams(search);
  const sort = HOST_SORTS.find(({ value }) => value === given.get('sort'))?.value ?? 'lastSeen';
  return { text: (given.get('search') ?? '').slice(0, 128), sort };
}

function searchOf({ text, sort }: Wish): string {
  return new URLSearchParams({
    ...(text && { search: text }),
    ...(sort !== 'lastSeen' && { sort }),
  }).toString();
}
