import type { Schema } from 'penstock-client';
import { Badge, type Tone } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Bytes } from '../part/bytes.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { protocolName } from '../part/format.ts';
import { HostLink } from '../part/link.tsx';
import { useLines } from '../part/narrow.ts';
import { Time } from '../part/time.tsx';
import { type VirtualColumn, VirtualTable } from '../part/virtual-table.tsx';
import { may } from '../session.ts';
import { endWords, flowKey, reasonWords } from './flows-filter.ts';

type Flow = Schema<'Flow'>;

interface Props {
  readonly flows: readonly Flow[];
  readonly isLoading: boolean;
  /** Whether the time that is shown is that of the beginning. */
  readonly byStart: boolean;
  /** The first and last row that can be seen. */
  readonly onRange: (first: number, last: number) => void;
  readonly onBlock: (flow: Flow) => void;
}

const WIDE_PX = 40;
const NARROW_PX = 84;

export function FlowTable({ flows, isLoading, byStart, onRange, onBlock }: Props) {
  const isNarrow = useLines();
  if (isLoading) return <Loading lines={10} />;
  const columns = isNarrow ? narrowColumns(byStart, onBlock) : wideColumns(byStart, onBlock);
  return (
    <VirtualTable
      label="Flows"
      columns={columns}
      rows={flows}
      keyOf={flowKey}
      rowHeight={isNarrow ? NARROW_PX : WIDE_PX}
      onRange={onRange}
      empty={<Empty icon="flows">No standing flow fits.</Empty>}
    />
  );
}

function wideColumns(byStart: boolean, onBlock: (flow: Flow) => void): VirtualColumn<Flow>[] {
  return [
    { title: 'Host', width: 'minmax(8rem, 1fr)', cell: ({ host }) => <HostLink host={host} /> },
    { title: 'Destination', width: 'minmax(11rem, 2fr)', cell: (flow) => <Destination flow={flow} /> },
    { title: 'Verdict', width: '4.5rem', cell: (flow) => <VerdictBadge flow={flow} /> },
    {
      title: 'Because',
      width: 'minmax(8rem, 1.5fr)',
      isMinor: true,
      cell: (flow) => <span title={reasonWords(flow)}>{reasonWords(flow)}</span>,
    },
    { title: 'Sent', width: '5.5rem', isNumber: true, cell: ({ bytesOut }) => <Bytes bytes={bytesOut} /> },
    {
      title: 'Received',
      width: '5.5rem',
      isNumber: true,
      isMinor: true,
      cell: ({ bytesIn }) => <Bytes bytes={bytesIn} />,
    },
    {
      title: byStart ? 'Started' : 'Seen',
      width: '7rem',
      cell: (flow) => <When flow={flow} byStart={byStart} />,
    },
    ...blockColumn(onBlock),
  ];
}

function When({ flow: { startedAtMs, lastSeenAtMs }, byStart }: { flow: Flow; byStart: boolean }) {
  return <Time ms={byStart ? startedAtMs : lastSeenAtMs} />;
}

/** Three lines each, where columns have no room. */
function narrowColumns(byStart: boolean, onBlock: (flow: Flow) => void): VirtualColumn<Flow>[] {
  return [
    { title: 'Flow', width: 'minmax(0, 1fr)', cell: (flow) => <Lines flow={flow} byStart={byStart} /> },
    ...blockColumn(onBlock),
  ];
}

function Lines({ flow, byStart }: { flow: Flow; byStart: boolean }) {
  return (
    <span class="flow-lines">
      <span>
        <HostLink host={flow.host} />
      </span>
      <Destination flow={flow} />
      <span>
        <VerdictBadge flow={flow} /> <Bytes bytes={flow.bytesOut} /> sent,{' '}
        <When flow={flow} byStart={byStart} />
      </span>
    </span>
  );
}

function Destination({ flow }: { flow: Flow }) {
  const { protocol, translated, direction, replied } = flow;
  const moved = translated === null ? '' : `, by NAT to ${translated}`;
  const from = direction === 'inbound' ? ', begun from outside' : '';
  return (
    <span class="address" title={`${endWords(flow)}${moved}${from}`}>
      {endWords(flow)} <span class="flow-protocol">{protocolName(protocol)}</span>
      {!replied && <span class="flow-protocol"> no reply</span>}
    </span>
  );
}

const TONES: Readonly<Record<Flow['verdict'], Tone>> = { allow: 'ok', deny: 'critical', exempt: 'neutral' };

function VerdictBadge({ flow }: { flow: Flow }) {
  return (
    <Badge tone={TONES[flow.verdict]} title={reasonWords(flow)}>
      {flow.verdict}
    </Badge>
  );
}

function blockColumn(onBlock: (flow: Flow) => void): VirtualColumn<Flow>[] {
  if (!may('operator', 'decisions')) return [];
  return [
    {
      title: 'Act',
      width: '5rem',
      cell: (flow) => (
        <Button tone="quiet" aria-label={`Block ${flow.destination}`} onClick={() => onBlock(flow)}>
          Block…
        </Button>
      ),
    },
  ];
}
