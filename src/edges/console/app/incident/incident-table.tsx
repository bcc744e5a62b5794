import { Badge, SeverityBadge } from '../part/badge.tsx';
import { Empty } from '../part/empty.tsx';
import { formatCount, formatShare, formatWords } from '../part/format.ts';
import { HostLink, IncidentLink } from '../part/link.tsx';
import { useLines } from '../part/narrow.ts';
import { Time } from '../part/time.tsx';
import { type VirtualColumn, VirtualTable } from '../part/virtual-table.tsx';
import type { Incident } from '../words.ts';

interface Props {
  readonly incidents: readonly Incident[];
  /** The first and last row that can be seen. */
  readonly onRange: (first: number, last: number) => void;
}

const WIDE_PX = 40;
const NARROW_PX = 92;

export function IncidentTable({ incidents, onRange }: Props) {
  const isNarrow = useLines();
  return (
    <VirtualTable
      label="Incidents"
      columns={isNarrow ? NARROW : WIDE}
      rows={incidents}
      keyOf={({ id }) => id}
      rowHeight={isNarrow ? NARROW_PX : WIDE_PX}
      onRange={onRange}
      empty={<Empty icon="check">No incident fits.</Empty>}
    />
  );
}

const WIDE: VirtualColumn<Incident>[] = [
  { title: 'Incident', width: '4.5rem', cell: ({ id }) => <IncidentLink id={id} /> },
  { title: 'Severity', width: '5.5rem', cell: ({ severity }) => <SeverityBadge severity={severity} /> },
  { title: 'State', width: '4.5rem', isMinor: true, cell: ({ state }) => <StateBadge state={state} /> },
  { title: 'What', width: 'minmax(7.5rem, 1fr)', cell: (incident) => <Cause incident={incident} /> },
  { title: 'Host', width: 'minmax(8rem, 1fr)', cell: ({ host }) => <HostLink host={host} /> },
  {
    title: 'Destination',
    width: 'minmax(8rem, 1.2fr)',
    cell: ({ destination }) => (
      <span class="address" title={destination ?? undefined}>
        {destination ?? 'many'}
      </span>
    ),
  },
  { title: 'Sure', width: '4rem', isNumber: true, isMinor: true, cell: ({ score }) => formatShare(score) },
  { title: 'Times', width: '4.5rem', isNumber: true, isMinor: true, cell: ({ count }) => formatCount(count) },
  { title: 'Last seen', width: '7.5rem', cell: ({ lastSeenMs }) => <Time ms={lastSeenMs} /> },
];

/** Three lines each, where columns have no room. */
const NARROW: VirtualColumn<Incident>[] = [
  {
    title: 'Incident',
    width: 'minmax(0, 1fr)',
    cell: (incident) => (
      <span class="incident-lines">
        <span>
          <SeverityBadge severity={incident.severity} /> <IncidentLink id={incident.id} />{' '}
          <span class="faint small">
            {incident.state}, <Time ms={incident.lastSeenMs} />
          </span>
        </span>
        <Cause incident={incident} />
        <span class="address soft ellipsis">
          {incident.host} → {incident.destination ?? 'many'}
        </span>
      </span>
    ),
  },
];

function Cause({ incident: { cause, source } }: { incident: Incident }) {
  return (
    <span>
      {formatWords(cause)}
      {source !== null && <span class="soft"> {source}</span>}
    </span>
  );
}

function StateBadge({ state }: { state: Incident['state'] }) {
  return <Badge tone={state === 'open' ? 'accent' : 'neutral'}>{state}</Badge>;
}
