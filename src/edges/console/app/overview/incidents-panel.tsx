import { Link } from 'wouter-preact';
import { useQuery } from '../api.ts';
import { SeverityBadge } from '../part/badge.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Panel } from '../part/panel.tsx';
import { Time } from '../part/time.tsx';
import type { Incident } from '../words.ts';
import { incidentTitle } from '../words.ts';

const SHOWN = 6;
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
/** Counted among the newest so many. */
const LOOKED_AT = 500;

export function IncidentsPanel() {
  const query = { state: 'open', limit: LOOKED_AT } as const;
  const { data, failure, isLoading, refresh } = useQuery(
    'incidents open',
    (client, signal) => client.GET('/v1/incidents', { params: { query }, signal }),
    { on: ['incident'] },
  );
  const incidents = data?.items ?? [];
  return (
    <Panel title="Open incidents" flush aside={<Link href="/incidents">All incidents</Link>}>
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading />}
      {data && (
        <dl class="severities">
          {SEVERITIES.map((severity) => (
            <div key={severity} class={`tone-${severity}`}>
              <dt>{severity}</dt>
              <dd class="number">
                {incidents.filter((one) => one.severity === severity).length}
                {data.next !== null && '+'}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {data && incidents.length === 0 && <Empty icon="check">No incident is open.</Empty>}
      <ul class="rows">
        {incidents
          .toSorted(worstFirst)
          .slice(0, SHOWN)
          .map((incident) => (
            <li key={incident.id}>
              <Link href={`/incidents/${incident.id}`} class="row">
                <span class="row-title">{incidentTitle(incident)}</span>
                <span class="row-badges">
                  <SeverityBadge severity={incident.severity} />
                </span>
                <span class="soft small">
                  {incident.id}, last <Time ms={incident.lastSeenMs} />
                </span>
              </Link>
            </li>
          ))}
      </ul>
    </Panel>
  );
}

function worstFirst(one: Incident, other: Incident): number {
  const rank = ({ severity }: Incident) => SEVERITIES.indexOf(severity);
  return rank(one) - rank(other) || other.lastSeenMs - one.lastSeenMs;
}
