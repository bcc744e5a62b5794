import '../style/incidents.css';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../api.ts';
import { BundlePanel } from '../incident/bundle-panel.tsx';
import { CloseDialog } from '../incident/close-dialog.tsx';
import { Evidence, Meter } from '../incident/evidence.tsx';
import { CurrentFlows } from '../incident/flows.tsx';
import { IncidentDecisions } from '../incident/incident-decisions.tsx';
import { Story } from '../incident/story.tsx';
import { TimeLine } from '../incident/time-line.tsx';
import { Badge, SeverityBadge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount, formatService, formatWords } from '../part/format.ts';
import type { PageProps } from '../part/lazy-page.tsx';
import { HostLink } from '../part/link.tsx';
import { Page } from '../part/page.tsx';
import { Panel } from '../part/panel.tsx';
import { Time } from '../part/time.tsx';
import { may } from '../session.ts';
import { type Decision, type Incident, incidentTitle } from '../words.ts';

export default function IncidentPage({ params: { id = '' } }: PageProps) {
  const { data, failure, isLoading, refresh } = useQuery(
    `incident ${id}`,
    (client, signal) => client.GET('/v1/incidents/{id}', { params: { path: { id } }, signal }),
    { on: ['incident'] },
  );
  const decisions = useDecisions(id);
  const [isClosing, setClosing] = useState(false);
  const actions = data?.state === 'open' && may('operator', 'incidents') && (
    <Button tone="primary" onClick={() => setClosing(true)}>
      Close incident
    </Button>
  );
  return (
    <Page title={`Incident ${id}`} lead={data && incidentTitle(data)} actions={actions}>
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading lines={8} />}
      {failure?.status === 404 && <Link href="/incidents">All incidents</Link>}
      {data && <Whole incident={data} decisions={decisions} />}
      {data && isClosing && <CloseDialog incident={data} onClose={() => setClosing(false)} />}
    </Page>
  );
}

function Whole({ incident, decisions }: { incident: Incident; decisions: readonly Decision[] }) {
  return (
    <div class="incident">
      <div class="column">
        <Panel title="What it is about">
          <Facts incident={incident} />
          <Story incident={incident} />
        </Panel>
        {incident.evidence.length > 0 && (
          <Panel title="What detectors say">
            <Evidence incident={incident} />
          </Panel>
        )}
        <Panel title="Flows at this moment" flush>
          <CurrentFlows host={incident.host} destination={incident.destination} />
        </Panel>
      </div>
      <div class="column">
        <Panel title="Decisions">
          <IncidentDecisions decisions={decisions} />
        </Panel>
        <BundlePanel incident={incident.id} />
        <Panel title="Time line">
          <TimeLine incident={incident.id} decisions={decisions.map(({ id }) => id)} />
        </Panel>
      </div>
    </div>
  );
}

function Facts({ incident }: { incident: Incident }) {
  const { severity, state, cause, source, host, groups, destination, translated, services } = incident;
  return (
    <>
      <div class="evidence-head">
        <SeverityBadge severity={severity} />
        <Badge tone={state === 'open' ? 'accent' : 'neutral'}>{state}</Badge>
        <Meter share={incident.score} />
      </div>
      <dl class="facts">
        <div>
          <dt>Host</dt>
          <dd>
            <HostLink host={host} /> <span class="soft">{groups.join(', ')}</span>
          </dd>
        </div>
        <div>
          <dt>Destination</dt>
          <dd>
            <span class="address">{destination ?? 'many'}</span>
            {translated !== null && <span class="soft"> went to {translated}</span>}
          </dd>
        </div>
        <div>
          <dt>Services</dt>
          <dd>{services.map(formatService).join(', ') || '–'}</dd>
        </div>
        <div>
          <dt>Found by</dt>
          <dd>
            {formatWords(cause)}
            {source !== null && <span class="soft"> {source}</span>}
          </dd>
        </div>
        <div>
          <dt>Times</dt>
          <dd class="number">{formatCount(incident.count)}</dd>
        </div>
        <div>
          <dt>First seen</dt>
          <dd>
            <Time ms={incident.firstSeenMs} />
          </dd>
        </div>
        <div>
          <dt>Last seen</dt>
          <dd>
            <Time ms={incident.lastSeenMs} />
          </dd>
        </div>
      </dl>
    </>
  );
}

function useDecisions(incident: string): readonly Decision[] {
  const query = { incident, limit: 50 };
  const { data } = useQuery(
    `decisions of ${incident}`,
    (client, signal) => client.GET('/v1/decisions', { params: { query }, signal }),
    { on: ['decision', 'enforcement', 'rollback'] },
  );
  return data?.items ?? [];
}
