/** What an alert says of an incident. */
import type { Cause, Incident } from '../../incident/incident.ts';
import type { Suppression } from '../../incident/suppression.ts';
import { closed, cut, list, service } from './wording.ts';

/** Leaves room in a message for what to type next. */
const MAX_ACCOUNT = 850;

/** The first words, by which a person on call knows what kind of thing it is. */
const TITLES: Readonly<Record<Cause, (source: string | null) => string>> = {
  policyViolation: () => 'No rule allows this',
  denyList: (list) => `On deny list ${list}`,
  limit: (rule) => `Over the limit of rule ${rule}`,
  scan: () => 'Looks like a scan',
  failedConnections: () => 'Keeps trying what does not answer',
  beacon: () => 'Calls at regular times, like malware its controller',
  volume: () => 'Sends out more than it ever does',
  oddHours: () => 'Busy in hours when it is always silent',
  newDestination: () => 'Talks to somebody new',
  longConnection: () => 'Holds a connection for unusually long',
  dnsTunnel: () => 'Carries data out in DNS queries',
  icmpTunnel: () => 'Carries data out in ICMP',
  fanOut: () => 'Talks to far more destinations than it ever does',
  outlier: () => 'Behaves unlike itself',
};

export function title({ cause, source }: Incident): string {
  return TITLES[cause](source);
}

/** Who did what to whom, and why that is an incident: of an anomaly its story, else the reasons. */
export function account(incident: Incident): string {
  const { reasons, story } = incident;
  const told = story ? [story.happened, story.normal, story.meaning, story.advice] : reasons;
  return cut([encounter(incident), ...told].map(closed).join(' '), MAX_ACCOUNT);
}

/** `10.1.0.10 (web) to 198.51.100.66 tcp/443, icmp`. */
function encounter({ host, groups, destination, services }: Incident): string {
  const who = groups.length > 0 ? `${host} (${list(groups)})` : host;
  const what = list(services.map(service));
  return `${who} to ${destination ?? 'many destinations'}${what && ` ${what}`}`;
}

/** `beacon of 10.1.0.10 to 198.51.100.66 tcp/443`. */
export function silenced({ detector, host, destination, service: asked }: Suppression): string {
  const where = destination === null ? ' as a whole' : ` to ${destination}`;
  return `${detector} of ${host}${where}${asked ? ` ${service(asked)}` : ''}`;
}
