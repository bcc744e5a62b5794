/**
 * An alert as an event of the Elastic Common Schema (https://www.elastic.co/guide/en/ecs/8.17/), which most log stores
 * and SIEMs can read. What ECS has no name for is under `penstock`. Pure: the same entry always gives the same event,
 * so a receiver that gets one twice can tell by `event.id`, the entry's hash.
 */
import type { Decision, Target } from '../../decision/decision.ts';
import type { Incident, Service, Severity } from '../../incident/incident.ts';
import type { Suppression } from '../../incident/suppression.ts';
import { decisionOf, type Entry, incidentOf, suppressionOf } from '../../ledger/entry.ts';
import type { Dispatch } from './dispatch.ts';
import { PROTOCOLS } from './wording.ts';

const ECS_VERSION = '8.17.0';

/** The numbers that Elastic's own rules give the same words. */
const SEVERITIES: Readonly<Record<Severity, number>> = { low: 21, medium: 47, high: 73, critical: 99 };
const LEVELS: Readonly<Record<Severity, string>> = {
  low: 'info',
  medium: 'warn',
  high: 'error',
  critical: 'fatal',
};

/**
 * event.kind, event.category and event.type by the first part of an entry's type. The schema says which types go with
 * which category; `error` goes with none of these: that something failed is event.outcome.
 */
const CLASSES: Readonly<
  Record<string, { kind: string; category: readonly string[]; type: readonly string[] }>
> = {
  incident: { kind: 'alert', category: ['network', 'intrusion_detection'], type: ['info'] },
  suppression: { kind: 'event', category: ['configuration'], type: ['change'] },
  decision: { kind: 'alert', category: ['network', 'intrusion_detection'], type: ['info'] },
  enforcement: { kind: 'alert', category: ['network', 'configuration'], type: ['info'] },
  drift: { kind: 'alert', category: ['configuration'], type: ['change'] },
  conntrack: { kind: 'alert', category: ['network'], type: ['info'] },
  denyLists: { kind: 'alert', category: ['configuration'], type: ['info'] },
  evidence: { kind: 'alert', category: ['file'], type: ['info'] },
  policy: { kind: 'event', category: ['configuration'], type: ['change'] },
  alert: { kind: 'alert', category: ['network', 'intrusion_detection'], type: ['info'] },
  trial: { kind: 'event', category: ['configuration'], type: ['change'] },
  proposal: { kind: 'event', category: ['configuration'], type: ['change'] },
  breaker: { kind: 'alert', category: ['network', 'configuration'], type: ['change'] },
  guardrail: { kind: 'event', category: ['configuration'], type: ['change'] },
  rollback: { kind: 'event', category: ['configuration'], type: ['change'] },
};
const OTHER = { kind: 'event', category: ['host'], type: ['info'] };

export interface EcsEvent {
  readonly '@timestamp': string;
  readonly ecs: { readonly version: string };
  readonly event: {
    readonly id: string;
    readonly sequence: number;
    readonly action: string;
    readonly severity: number;
    readonly [field: string]: unknown;
  };
  readonly message: string;
  readonly [field: string]: unknown;
}

export function ecsEvent(dispatch: Dispatch): EcsEvent {
  const { entry, atMs, message, severity, actor, observer } = dispatch;
  return {
    '@timestamp': new Date(atMs).toISOString(),
    ecs: { version: ECS_VERSION },
    message,
    log: { level: LEVELS[severity] },
    event: eventFields(dispatch),
    observer: { ...observer, type: 'firewall', vendor: 'Penstock', product: 'Penstock' },
    ...(actor !== 'penstock' && { user: { name: actor } }),
    ...(entry && networkFields(entry)),
    labels: entry === null ? {} : labels(entry),
    penstock: { severity, ...entry?.body },
  };
}

function eventFields({ id, sequence, action, severity, facts: { score }, entry }: Dispatch) {
  const { kind, category, type } = CLASSES[action.split('.')[0]] ?? OTHER;
  const failed = action.endsWith('.failed');
  return {
    id,
    sequence,
    action,
    severity: SEVERITIES[severity],
    ...(score !== null && { risk_score: score, risk_score_norm: Math.round(score * 100) }),
    kind,
    category,
    type: [...type, ...(entry === null ? [] : effect(entry))],
    ...(failed && { outcome: 'failure' }),
    provider: 'penstock',
    dataset: 'penstock.alert',
  };
}

/** Whether traffic is stopped or let through from here on. */
function effect(entry: Entry): string[] {
  const decision = decisionOf(entry);
  if (decision === undefined || entry.type === 'enforcement.failed') return [];
  if (decision.state === 'pending') return [];
  return decision.state === 'provisional' || decision.state === 'active' ? ['denied'] : ['allowed'];
}

/** source, destination, network and rule. */
function networkFields(entry: Entry): Record<string, unknown> {
  const incident = incidentOf(entry);
  if (incident !== undefined) return incidentFields(incident);
  const suppression = suppressionOf(entry);
  if (suppression !== undefined) return suppressionFields(suppression);
  if (entry.type === 'decision.vetoed' || entry.type === 'decision.withheld')
    return targetFields(entry.body.decision.target);
  const decision = decisionOf(entry);
  return decision === undefined ? {} : targetFields(decision.target);
}

function incidentFields({ host, destination, services, source, cause }: Incident) {
  return {
    ...endpoints(host, destination, services[0]),
    rule: { name: source ?? cause, category: cause },
  };
}

function suppressionFields({ host, destination, service, detector }: Suppression) {
  return {
    ...endpoints(host, destination, service ?? undefined),
    rule: { name: detector, category: detector },
  };
}

function targetFields(target: Target) {
  switch (target.kind) {
    case 'flow':
      return endpoints(target.host, target.destination, target.service);
    case 'destination':
      return { destination: { address: target.prefix, ...single(target.prefix) } };
    case 'host':
      return endpoints(target.host, null, undefined);
  }
}

function endpoints(host: string, destination: string | null, service: Service | undefined) {
  const port = service?.port ?? null;
  return {
    source: { address: host, ip: host },
    ...(destination !== null && {
      destination: { address: destination, ip: destination, ...(port !== null && { port }) },
    }),
    ...(service && { network: network(service) }),
  };
}

function network({ protocol }: Service) {
  const transport = PROTOCOLS[protocol];
  return { iana_number: String(protocol), ...(transport !== undefined && { transport }) };
}

/** `ip` takes an address only: a prefix that is one address has one. */
function single(prefix: string): { ip?: string } {
  const [address, length] = prefix.split('/');
  return length === (address.includes(':') ? '128' : '32') ? { ip: address } : {};
}

function labels(entry: Entry): Record<string, string> {
  const decision: Pick<Decision, 'incident'> | undefined =
    entry.type === 'decision.vetoed' || entry.type === 'decision.withheld'
      ? entry.body.decision
      : decisionOf(entry);
  const suppression = suppressionOf(entry);
  const incident = incidentOf(entry)?.id ?? decision?.incident ?? suppression?.incident;
  const id = decisionOf(entry)?.id;
  return {
    ...(incident && { incident }),
    ...(id && { decision: id }),
    ...(suppression && { suppression: suppression.id }),
  };
}
