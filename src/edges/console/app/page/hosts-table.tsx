import { Badge } from '../part/badge.tsx';
import { Bytes } from '../part/bytes.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { formatShare } from '../part/format.ts';
import { HostLink } from '../part/link.tsx';
import { useLines } from '../part/narrow.ts';
import { Time } from '../part/time.tsx';
import { type VirtualColumn, VirtualTable } from '../part/virtual-table.tsx';
import type { HostRow } from './hosts-rows.ts';

interface Props {
  readonly hosts: readonly HostRow[];
  readonly isLoading: boolean;
  readonly isSearch: boolean;
}

const WIDE_PX = 40;
const NARROW_PX = 60;

export function HostTable({ hosts, isLoading, isSearch }: Props) {
  const isNarrow = useLines();
  if (isLoading) return <Loading lines={8} />;
  return (
    <VirtualTable
      label="Hosts"
      columns={isNarrow ? NARROW : WIDE}
      rows={hosts}
      keyOf={({ host }) => host}
      rowHeight={isNarrow ? NARROW_PX : WIDE_PX}
      empty={
        <Empty icon="hosts">
          {isSearch
            ? 'No host fits.'
            : 'No host is known yet. One counts once something has answered it a few times.'}
        </Empty>
      }
    />
  );
}

const WIDE: readonly VirtualColumn<HostRow>[] = [
  { title: 'Host', width: 'minmax(9rem, 1.5fr)', cell: ({ host }) => <HostLink host={host} /> },
  { title: 'Groups', width: 'minmax(6rem, 2fr)', cell: ({ groups }) => groups.join(', ') || '–' },
  { title: 'Suspicion', width: '6rem', cell: (host) => <Suspicion host={host} /> },
  { title: 'Sent, last day', width: '8.5rem', isNumber: true, cell: (host) => <Sent host={host} /> },
  { title: 'Seen', width: '7rem', cell: ({ lastSeenMs }) => <Time ms={lastSeenMs} /> },
  {
    title: 'Known since',
    width: '7rem',
    isMinor: true,
    cell: ({ firstSeenMs }) => <Time ms={firstSeenMs} />,
  },
  { title: 'Detectors', width: 'minmax(8rem, 1fr)', isMinor: true, cell: (host) => <Warming host={host} /> },
];

/** Two lines each, where columns have no room. */
const NARROW: readonly VirtualColumn<HostRow>[] = [
  {
    title: 'Host',
    width: 'minmax(0, 1fr)',
    cell: (host) => (
      <>
        <HostLink host={host.host} />
        <br />
        <span class="field-hint">
          {host.groups.join(', ') || 'in no group'}, <Time ms={host.lastSeenMs} />
        </span>
      </>
    ),
  },
  {
    title: 'Sent, last day',
    width: '7rem',
    isNumber: true,
    cell: (host) => (
      <>
        <Sent host={host} />
        <br />
        <Suspicion host={host} />
      </>
    ),
  },
];

function Suspicion({ host: { suspicion } }: { host: HostRow }) {
  if (suspicion === 0) return <span class="field-hint">none</span>;
  const tone = suspicion >= 0.9 ? 'critical' : suspicion >= 0.5 ? 'high' : 'medium';
  return (
    <Badge tone={tone} title="The score of its open incident">
      {formatShare(suspicion)}
    </Badge>
  );
}

function Sent({ host: { bytesOut } }: { host: HostRow }) {
  if (bytesOut === null) return <span class="field-hint">not among the most</span>;
  return <Bytes bytes={bytesOut} />;
}

function Warming({ host: { warming } }: { host: HostRow }) {
  if (warming.length === 0) return <span class="field-hint">ready</span>;
  return (
    <span class="field-hint" title={`Warming up: ${warming.join(', ')}`}>
      {warming.length} warming up
    </span>
  );
}
