/**
 * What holds now, as alerts of Prometheus: each open incident, and each decision that waits for an answer. Labels say
 * what it is and route it; they are the same as long as it holds, unless its severity changes. Annotations are words.
 * https://prometheus.io/docs/alerting/latest/clients/
 */
import type { Decision } from '../../../decision/decision.ts';
import type { Incident } from '../../../incident/incident.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import type { Sender } from '../grouping/report.ts';
import { account, title } from '../incident-wording.ts';
import { SEVERITIES_RISING, type Severity } from '../severity.ts';
import { closed, cut, sentence, service, time, traffic } from '../wording.ts';

export interface Condition {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsMs: number;
  /** Where to look; null: there is no public address. */
  readonly url: string | null;
}

/** More at once are not told one by one: the newest are. */
export const MOST_INCIDENTS = 1_000;
const MOST_DECISIONS = 200;
const MAX_LABEL = 200;

export type LedgerView = Pick<LedgerQueries, 'incidents' | 'decisions'>;

export function conditionsNow(ledger: LedgerView, minSeverity: Severity, sender: Sender): Condition[] {
  const lowest = SEVERITIES_RISING.indexOf(minSeverity);
  const incidents = ledger
    .incidents({ state: 'open', limit: MOST_INCIDENTS })
    .filter(({ severity }) => SEVERITIES_RISING.indexOf(severity) >= lowest);
  const waiting = (['pending', 'provisional'] as const).flatMap((state) =>
    ledger.decisions({ state, limit: MOST_DECISIONS }),
  );
  return [
    ...incidents.map((incident) => ofIncident(incident, sender)),
    // What waits for an answer is as important as the alert that asks (alert.ts).
    ...(lowest <= SEVERITIES_RISING.indexOf('high') ? waiting.map((one) => ofDecision(one, sender)) : []),
  ];
}

function ofIncident(incident: Incident, sender: Sender): Condition {
  const { id, severity, cause, source, host, destination, services, firstSeenMs } = incident;
  return {
    labels: labels({
      alertname: 'PenstockIncident',
      severity,
      host,
      detector: cause,
      incident: id,
      gateway: sender.hostname,
      destination: destination ?? 'many',
      service: services.length > 0 ? service(services[0]) : '',
      rule: source ?? '',
    }),
    annotations: {
      summary: sentence(`${id}: ${title(incident)} (${host})`),
      description: sentence(`${account(incident)} Look: penstock incidents ${id}`),
    },
    startsMs: firstSeenMs,
    url: at(sender, `/incidents/${id}`),
  };
}

function ofDecision(decision: Decision, sender: Sender): Condition {
  const { id, state, target, incident, origin, reason, createdAtMs, answerByMs } = decision;
  const what = traffic(target);
  const holds = state === 'pending' ? 'not blocked yet' : 'blocked until then';
  const before = answerByMs === null ? '' : ` before ${time(answerByMs)}`;
  return {
    labels: labels({
      alertname: 'PenstockApprovalWaiting',
      severity: 'high',
      host: target.kind === 'destination' ? '' : target.host,
      detector: origin.kind === 'automatic' ? origin.detector : '',
      decision: id,
      incident: incident ?? '',
      gateway: sender.hostname,
      state,
    }),
    annotations: {
      summary: sentence(`${id} waits for an answer${before}: ${what} is ${holds}`),
      description: sentence(`${closed(reason)} Answer: penstock approve ${id}, or penstock reject ${id}`),
    },
    startsMs: createdAtMs,
    url: at(sender, `/approvals#${id}`),
  };
}

/** Empty ones are none: https://prometheus.io/docs/concepts/data_model/ */
function labels(given: Record<string, string>): Record<string, string> {
  const told = Object.entries(given).filter(([, value]) => value !== '');
  return Object.fromEntries(told.map(([name, value]) => [name, cut(sentence(value), MAX_LABEL)]));
}

function at({ publicUrl }: Sender, path: string): string | null {
  return publicUrl === null ? null : `${publicUrl}${path}`;
}
