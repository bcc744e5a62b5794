import type { Schema } from 'penstock-client';
import { useQuery } from '../api.ts';
import { Badge } from '../part/badge.tsx';
import { Bytes } from '../part/bytes.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatService } from '../part/format.ts';
import { type Column, Table } from '../part/table.tsx';
import { Time } from '../part/time.tsx';

interface Props {
  readonly host: string;
  /** null: to anywhere. */
  readonly destination: string | null;
}

type Flow = Schema<'Flow'>;

const SHOWN = 20;
const TONES = { allow: 'ok', deny: 'critical', exempt: 'neutral' } as const;

const COLUMNS: readonly Column<Flow>[] = [
  { title: 'Destination', cell: ({ destination }) => <span class="address wraps">{destination}</span> },
  {
    title: 'Service',
    cell: ({ protocol, destinationPort }) => formatService({ protocol, port: destinationPort || null }),
  },
  { title: 'Out', isNumber: true, cell: ({ bytesOut }) => <Bytes bytes={bytesOut} /> },
  { title: 'In', isNumber: true, isMinor: true, cell: ({ bytesIn }) => <Bytes bytes={bytesIn} /> },
  { title: 'Started', isMinor: true, cell: ({ startedAtMs }) => <Time ms={startedAtMs} /> },
  {
    title: 'Policy',
    cell: ({ verdict, because }) => (
      <Badge tone={TONES[verdict]} title={because}>
        {verdict}
      </Badge>
    ),
  },
];

/** What the host is doing there at this moment. */
export function CurrentFlows({ host, destination }: Props) {
  const query = { host, limit: SHOWN, ...(destination !== null && { destination }) };
  const { data, failure, isLoading, refresh } = useQuery(
    `flows ${host} ${destination ?? ''}`,
    (client, signal) => client.GET('/v1/flows', { params: { query }, signal }),
    { everyMs: 5_000 },
  );
  if (isLoading) return <Loading lines={2} />;
  if (data === undefined) return <ErrorNote failure={failure} retry={refresh} />;
  if (data.flows.length === 0) return <Empty>None stands at this moment.</Empty>;
  return (
    <Table
      caption={`Flows of ${host}`}
      columns={COLUMNS}
      rows={data.flows}
      keyOf={({ protocol, hostPort, destination: to, destinationPort, startedAtMs }) =>
        `${protocol} ${hostPort} ${to} ${destinationPort} ${startedAtMs}`
      }
    />
  );
}
