/** One host: what it sends, when it is active, to whom, what was found, and what stands against it. */
import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../api.ts';
import { HeatMap } from '../chart/heat-map.tsx';
import { Badge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Bytes } from '../part/bytes.tsx';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount, formatMany, formatShare, formatSpan } from '../part/format.ts';
import type { PageProps } from '../part/lazy-page.tsx';
import { Page } from '../part/page.tsx';
import { Panel } from '../part/panel.tsx';
import { Time } from '../part/time.tsx';
import { may } from '../session.ts';
import { HostDecisions } from './host-decisions.tsx';
import { HostDestinations } from './host-destinations.tsx';
import { HostIncidents } from './host-incidents.tsx';
import { DoneNote, ManualDecisionDialog } from './host-manual-decision.tsx';
import { HostOutbound } from './host-outbound.tsx';
import { HostReadiness } from './host-readiness.tsx';
import '../style/host.css';

type Host = Schema<'Host'>;
type Decision = Schema<'Decision'>;

const HOUR_MS = 3_600_000;

export default function HostPage({ params: { host: asked = '' } }: PageProps) {
  const host = decodeURIComponent(asked);
  const { data, failure, isLoading, refresh } = useQuery(
    `host ${host}`,
    (client, signal) => client.GET('/v1/hosts/{host}', { params: { path: { host } }, signal }),
    { on: ['incident', 'decision'], everyMs: 10_000 },
  );
  const [isAsking, setAsking] = useState(false);
  const [done, setDone] = useState<Decision>();
  const actions = (
    <>
      <Link class="button" href={`/flows?host=${encodeURIComponent(host)}`}>
        Live flows
      </Link>
      {may('operator', 'decisions') && (
        <Button tone="danger" icon="block" onClick={() => setAsking(true)}>
          Quarantine…
        </Button>
      )}
    </>
  );
  return (
    <Page title={host} lead={data && <Lead host={data} />} actions={actions}>
      {failure?.status === 404 ? <NotKnown /> : <ErrorNote failure={failure} retry={refresh} />}
      <DoneNote decision={done} />
      {isLoading && <Loading lines={8} />}
      {data && <Facts host={data} />}
      <HostDecisions host={host} />
      {data && <HostOutbound host={data} />}
      <HostIncidents host={host} />
      <HostDestinations host={host} watchedFromMs={data?.firstSeenMs} />
      {data && (
        <div class="host-columns">
          <Panel title="Active hours of the week">
            <HeatMap activity={data.activity} />
          </Panel>
          <HostReadiness detectors={data.detectors} />
        </div>
      )}
      {isAsking && <QuarantineDialog host={host} onDone={setDone} onClose={() => setAsking(false)} />}
    </Page>
  );
}

/** No fault: what it does at first, incidents too, is there before anything is usual for it. */
function NotKnown() {
  return (
    <p class="note tone-neutral">
      What is usual for it is not known yet: it counts as known once something has answered it a few times.
    </p>
  );
}

function Lead({ host: { groups, lastSeenMs, learning } }: { host: Host }) {
  return (
    <>
      {groups.length === 0 ? 'In no host group' : groups.map((group) => <Badge key={group}>{group}</Badge>)}{' '}
      Seen <Time ms={lastSeenMs} />.
      {learning === 'slowed' && ' While it is suspicious, what it does more than before teaches nothing.'}
    </>
  );
}

function Facts({ host }: { host: Host }) {
  const { suspicion, runningHour, mostUploaded, knownDestinations, tracks, answered, hoursWatched } = host;
  return (
    <dl class="facts host-facts">
      <div>
        <dt>Suspicion</dt>
        <dd>
          {suspicion === 0 ? (
            'none'
          ) : (
            <Badge tone={suspicion >= 0.9 ? 'critical' : 'high'}>{formatShare(suspicion)}</Badge>
          )}
        </dd>
      </div>
      <div>
        <dt>Sent this hour</dt>
        <dd>
          <Bytes bytes={runningHour.bytesOut} />
        </dd>
      </div>
      <div>
        <dt>Connections this hour</dt>
        <dd>
          {formatCount(runningHour.connections)}, {formatCount(runningHour.newDestinations)} to new
          destinations
        </dd>
      </div>
      <div>
        <dt>Most uploaded in an hour, last week</dt>
        <dd>
          <Bytes bytes={mostUploaded.hour} />
        </dd>
      </div>
      <div>
        <dt>Known destinations</dt>
        <dd>
          {formatCount(knownDestinations)}, {formatCount(tracks)} followed over time
        </dd>
      </div>
      <div>
        <dt>Watched for</dt>
        <dd>
          {hoursWatched < 1 ? 'less than an hour' : formatSpan(hoursWatched * HOUR_MS)},{' '}
          {formatMany(answered, 'connection')} answered
        </dd>
      </div>
    </dl>
  );
}

interface QuarantineProps {
  readonly host: string;
  readonly onDone: (decision: Decision) => void;
  readonly onClose: () => void;
}

function QuarantineDialog({ host, onDone, onClose }: QuarantineProps) {
  return (
    <ManualDecisionDialog
      title={`Quarantine ${host}?`}
      verb="Quarantine"
      target={{ kind: 'host', host }}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        All that it sends out is dropped, by whichever of its addresses, and its standing connections are cut
        at once. It can be lifted before its time is over.
      </p>
    </ManualDecisionDialog>
  );
}
