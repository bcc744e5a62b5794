import { fetchPage, pings } from '../client.ts';
import { type Stage, WEB } from '../stage.ts';

/** What a rule allows passes, and nothing comes of it. */
export async function honestTraffic(stage: Stage): Promise<void> {
  const { report, network } = stage;
  report.scene('1. Honest traffic passes');
  const milliseconds = await fetchPage(stage, 'desk', WEB);
  report.claim(`desk reads a page of ${WEB} with curl`, milliseconds !== undefined);
  report.step('an honest page through the gateway', milliseconds ?? 0);
  report.claim(`camera pings ${WEB}`, await pings(stage, 'camera', WEB));
  const { decisions, openIncidents, conntrack } = await stage.call('GET', '/v1/status');
  report.claim(
    `the daemon saw it (${conntrack.events} conntrack events) and did nothing`,
    conntrack.events > 0 &&
      openIncidents === 0 &&
      decisions.active + decisions.provisional + decisions.pending === 0,
  );
  const others = network.run('gateway', 'nft', ['list', 'tables']).stdout.trim();
  report.claim(`the only table is Penstock's own: ${others}`, others === 'table inet penstock');
}
