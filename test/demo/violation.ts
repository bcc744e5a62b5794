import type { Decision } from '../../src/decision/decision.ts';
import type { Stage } from './stage.ts';

/**
 * Wait until the daemon has recorded the incident, told the webhook, and blocked.
 * @returns the block
 */
export async function violationSeen(
  { report, feed, alerts }: Stage,
  what: string,
  host: string,
  destination: string,
): Promise<Decision> {
  const { incident, atMs } = await feed.incident(host, destination);
  const { decision } = await feed.enforced(incident.id);
  const alert = await alerts.incidentOpened(incident.id);
  report.say(`  alert ${alert.message}`);
  report.step(`${what}: incident recorded to alert at the webhook`, alert.atMs - atMs);
  report.claim(`${incident.id} led to ${decision.id}: ${decision.state}`, decision.state === 'provisional');
  return decision;
}
