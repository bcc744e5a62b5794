/**
 * IBM Log Event Extended Format 2.0 (QRadar: LEEF event components):
 *
 *   LEEF:2.0|vendor|product|version|event|x09|key=value<TAB>key=value ...
 *
 * There is no escaping: what would end a field or the line becomes a space.
 */
import type { Severity } from '../../../incident/incident.ts';
import type { Dispatch } from '../dispatch.ts';
import { oneLine, PROTOCOLS } from '../wording.ts';
import { alertName } from './alert-name.ts';

const SEVERITIES: Readonly<Record<Severity, number>> = { low: 3, medium: 5, high: 8, critical: 10 };
const TIME_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

export function leef(dispatch: Dispatch): string {
  const { action, observer } = dispatch;
  const header = ['LEEF:2.0', 'Penstock', 'Penstock', observer.version, action, 'x09'];
  const attributes = Object.entries(attributesOf(dispatch)).flatMap(([key, value]) =>
    value === null ? [] : [`${key}=${oneLine(String(value))}`],
  );
  return `${header.map((part) => oneLine(part).replaceAll('|', ' ')).join('|')}|${attributes.join('\t')}`;
}

/** Predefined names first; the others are ours. */
function attributesOf(dispatch: Dispatch): Record<string, string | number | null> {
  const { id, sequence, atMs, actor, severity, facts, message, observer } = dispatch;
  const { service } = facts;
  return {
    devTime: new Date(atMs).toISOString(),
    devTimeFormat: TIME_FORMAT,
    sev: SEVERITIES[severity],
    cat: facts.detector,
    src: facts.host,
    dst: facts.destination,
    dstPort: service?.port ?? null,
    proto: service && (PROTOCOLS[service.protocol] ?? service.protocol),
    usrName: actor === 'penstock' ? null : actor,
    policy: facts.rule,
    alertId: id,
    sequence,
    name: alertName(dispatch),
    severity,
    sensor: observer.hostname,
    incident: facts.incident,
    decision: facts.decision,
    decisionState: facts.decisionState,
    score: facts.score,
    reason: facts.reasons.join(' ') || null,
    msg: message,
  };
}
