import type { Schema } from 'penstock-client';
import { useMemo } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../api.ts';
import { now } from '../clock.ts';
import { Badge } from '../part/badge.tsx';
import { Bytes } from '../part/bytes.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount, formatShare } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { type Column, Table } from '../part/table.tsx';
import { Time } from '../part/time.tsx';
import { type DestinationRow, destinationRows } from './host-facts.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SHOWN = 20;
/** The most that the API tells at once. */
const KNOWN = 500;

interface Props {
  readonly host: string;
  /** undefined: not known yet. */
  readonly watchedFromMs: number | undefined;
}

/** Where its bytes went in the last seven days, and which of these destinations it did not know a day ago. */
export function HostDestinations({ host, watchedFromMs }: Props) {
  const toMs = Math.ceil(now.value / HOUR_MS) * HOUR_MS;
  const week = useTop(host, { days: 7, toMs, limit: SHOWN });
  const month = useTop(host, { days: 30, toMs, limit: KNOWN });
  const rows = useMemo(() => {
    if (!week.data) return undefined;
    const shown = week.data.items;
    const totalOut = shown.reduce((sum, { bytesOut }) => sum + bytesOut, week.data.other.bytesOut);
    const watched = watchedFromMs ?? Number.POSITIVE_INFINITY;
    return destinationRows(shown, month.data?.items ?? [], { nowMs: toMs, watchedFromMs: watched, totalOut });
  }, [week.data, month.data, watchedFromMs, toMs]);
  return (
    <Panel title="Destinations" aside="last 7 days, most bytes sent first" flush>
      <ErrorNote failure={week.failure} retry={week.refresh} />
      {week.isLoading && <Loading />}
      {rows?.length === 0 && <Empty icon="flows">It has sent nothing in this time.</Empty>}
      {rows !== undefined && rows.length > 0 && (
        <Table
          caption={`Destinations of ${host}`}
          columns={columnsOf(host)}
          rows={rows}
          keyOf={({ key }) => key}
        />
      )}
      {week.data && week.data.other.connections > 0 && (
        <p class="host-rest">
          Others: <Bytes bytes={week.data.other.bytesOut} /> in {formatCount(week.data.other.connections)}{' '}
          connections.
        </p>
      )}
    </Panel>
  );
}

function useTop(host: string, { days, toMs, limit }: { days: number; toMs: number; limit: number }) {
  return useQuery(
    `destinations ${host} ${days}`,
    (client, signal) => {
      const query = { by: 'destination', host, from: toMs - days * DAY_MS, to: toMs - 1, limit } as const;
      return client.GET('/v1/history/top', { params: { query }, signal });
    },
    { everyMs: 15_000 },
  );
}

function columnsOf(host: string): Column<DestinationRow>[] {
  return [
    { title: 'Destination', cell: (row) => <Destination host={host} row={row} /> },
    { title: 'Sent', isNumber: true, cell: ({ bytesOut }) => <Bytes bytes={bytesOut} /> },
    { title: 'Share', cell: ({ share }) => <Share share={share} />, isMinor: true },
    { title: 'Received', isNumber: true, isMinor: true, cell: ({ bytesIn }) => <Bytes bytes={bytesIn} /> },
    {
      title: 'Connections',
      isNumber: true,
      isMinor: true,
      cell: ({ connections }) => formatCount(connections),
    },
    { title: 'Seen', isMinor: true, cell: ({ lastSeenMs }) => <Time ms={lastSeenMs} /> },
  ];
}

function Destination({
  host,
  row: { key, name, isNew, denied },
}: {
  host: string;
  row: Schema<'HistoryItem'> & { isNew: boolean };
}) {
  const search = new URLSearchParams({ host, destination: key });
  return (
    <>
      {key.startsWith('(') ? (
        key
      ) : (
        <Link class="address" href={`/flows?${search}`}>
          {key}
        </Link>
      )}{' '}
      {isNew && (
        <Badge tone="accent" title="Seen for the first time in the last day">
          new
        </Badge>
      )}
      {denied > 0 && (
        <Badge tone="critical" title="Attempts that the policy or a block said no to">
          {formatCount(denied)} denied
        </Badge>
      )}
      {name !== undefined && <span class="host-name">{name}</span>}
    </>
  );
}

function Share({ share }: { share: number }) {
  return (
    <span class="host-share">
      <span class="host-share-bar" style={{ width: `${Math.max(1, share * 100)}%` }} />
      <span class="visually-hidden">{formatShare(share)}</span>
    </span>
  );
}
