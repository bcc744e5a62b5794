import { useQuery } from '../api.ts';
import { IncidentLine } from '../chart/incident-line.tsx';
import { now } from '../clock.ts';
import { SeverityBadge } from '../part/badge.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount, formatWords } from '../part/format.ts';
import { IncidentLink } from '../part/link.tsx';
import { Panel } from '../part/panel.tsx';
import { Table } from '../part/table.tsx';
import { Time } from '../part/time.tsx';

const DAY_MS = 86_400_000;
const DAYS = 30;
const MINUTE_MS = 60_000;
/** Of the list below the line. */
const LISTED = 12;

export function HostIncidents({ host }: { host: string }) {
  const toMs = Math.ceil(now.value / MINUTE_MS) * MINUTE_MS;
  const fromMs = toMs - DAYS * DAY_MS;
  const { data, failure, refresh } = useQuery(
    `incidents of ${host}`,
    (client, signal) => client.GET('/v1/incidents', { params: { query: { host, limit: 200 } }, signal }),
    { on: ['incident'] },
  );
  const incidents = data?.items ?? [];
  return (
    <Panel
      title="Incidents"
      aside={`${formatCount(incidents.length)}${data?.next ? '+' : ''}, last ${DAYS} days drawn`}
      flush
    >
      <ErrorNote failure={failure} retry={refresh} />
      <div class="host-line">
        <IncidentLine incidents={incidents} fromMs={fromMs} toMs={toMs} />
      </div>
      {incidents.length > 0 && (
        <Table
          caption={`Newest incidents of ${host}`}
          rows={incidents.slice(0, LISTED)}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Incident', cell: ({ id }) => <IncidentLink id={id} /> },
            {
              title: 'What',
              cell: ({ cause, destination }) =>
                `${formatWords(cause)}${destination ? `, to ${destination}` : ''}`,
            },
            { title: 'Severity', cell: ({ severity }) => <SeverityBadge severity={severity} /> },
            { title: 'State', cell: ({ state }) => state, isMinor: true },
            { title: 'Seen', isMinor: true, cell: ({ lastSeenMs }) => <Time ms={lastSeenMs} /> },
          ]}
        />
      )}
    </Panel>
  );
}
