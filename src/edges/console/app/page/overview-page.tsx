import '../style/overview.css';
import { Link } from 'wouter-preact';
import { now } from '../clock.ts';
import { ActivityPanel } from '../overview/activity-panel.tsx';
import { BusiestPanel } from '../overview/busiest-panel.tsx';
import { isWell } from '../overview/health.ts';
import { HealthPanel } from '../overview/health-panel.tsx';
import { IncidentsPanel } from '../overview/incidents-panel.tsx';
import { OutboundRate } from '../overview/rate.tsx';
import { Tiles } from '../overview/tiles.tsx';
import { WaitingPanel } from '../overview/waiting-panel.tsx';
import { Badge } from '../part/badge.tsx';
import { Loading } from '../part/empty.tsx';
import { Page } from '../part/page.tsx';
import { Time } from '../part/time.tsx';
import { status } from '../status.ts';

export default function OverviewPage() {
  const { value } = status;
  if (value === undefined) {
    return (
      <Page title="Overview">
        <Loading lines={8} />
      </Page>
    );
  }
  const { policy, startedAtMs } = value;
  const lead = (
    <>
      Policy <Link href="/policy">{policy.name}</Link>, revision{' '}
      <Link href={`/revisions/${policy.revision}`}>{policy.revision}</Link>; started <Time ms={startedAtMs} />
    </>
  );
  const health = isWell(value, now.peek()) ? (
    <Badge tone="ok" dot>
      all is well
    </Badge>
  ) : (
    <Badge tone="critical" dot>
      needs somebody
    </Badge>
  );
  return (
    <Page title="Overview" lead={lead} actions={health}>
      <Tiles status={value} />
      <div class="overview">
        <div class="column">
          <OutboundRate />
          <WaitingPanel />
          <IncidentsPanel />
        </div>
        <div class="column">
          <HealthPanel status={value} />
          <BusiestPanel />
          <ActivityPanel />
        </div>
      </div>
    </Page>
  );
}
