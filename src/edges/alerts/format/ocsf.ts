/**
 * Open Cybersecurity Schema Framework 1.2.0, class Detection Finding (https://schema.ocsf.io/1.2.0/classes/
 * detection_finding), with the profiles Security Control (what was done about it) and Host (the firewall).
 * `metadata.uid` tells a repeated one; `finding_info.uid` is the same for all alerts of one incident or decision.
 */
import { isIP } from 'node:net';
import type { Severity } from '../../../incident/incident.ts';
import { isPolicyCause } from '../../../incident/incident.ts';
import type { AlertFacts } from '../alert-facts.ts';
import type { Dispatch } from '../dispatch.ts';
import { PROTOCOLS } from '../wording.ts';
import { alertName } from './alert-name.ts';

const SCHEMA_VERSION = '1.2.0';
const CLASS_UID = 2004;

const SEVERITIES: Readonly<Record<Severity, readonly [id: number, caption: string]>> = {
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};

type Choice = readonly [id: number, caption: string];

const CREATE: Choice = [1, 'Create'];
const UPDATE: Choice = [2, 'Update'];
const CLOSE: Choice = [3, 'Close'];
/** What is not the first word of something. */
const ACTIVITIES: Readonly<Record<string, Choice>> = {
  'incident.escalated': UPDATE,
  'decision.endorsed': UPDATE,
  'decision.approved': UPDATE,
  'decision.extended': UPDATE,
  'decision.reinstated': UPDATE,
  'decision.rejected': CLOSE,
  'decision.lapsed': CLOSE,
  'decision.expired': CLOSE,
  'decision.revoked': CLOSE,
  'suppression.created': CLOSE,
  'suppression.revoked': UPDATE,
  'enforcement.failed': UPDATE,
  'drift.repaired': CLOSE,
  'drift.settled': CLOSE,
};

const UNKNOWN: Choice = [0, 'Unknown'];
const ALLOWED: Choice = [1, 'Allowed'];
const DENIED: Choice = [2, 'Denied'];
const BLOCKED: Choice = [2, 'Blocked'];
const ALERT: Choice = [19, 'Alert'];
const RULE = 1;
const BEHAVIORAL = 2;
const FIREWALL = 9;
const OUTBOUND: Choice = [2, 'Outbound'];
const IP_ADDRESS: Choice = [2, 'IP Address'];

export type OcsfEvent = Readonly<Record<string, unknown>>;

export function ocsfEvent(dispatch: Dispatch): OcsfEvent {
  const { action, atMs, severity, message, facts, actor, observer } = dispatch;
  const [activity, activityName] = ACTIVITIES[action] ?? CREATE;
  const [severityId, severityName] = SEVERITIES[severity];
  return {
    activity_id: activity,
    activity_name: activityName,
    category_uid: Math.floor(CLASS_UID / 1_000),
    category_name: 'Findings',
    class_uid: CLASS_UID,
    class_name: 'Detection Finding',
    type_uid: CLASS_UID * 100 + activity,
    type_name: `Detection Finding: ${activityName}`,
    time: atMs,
    severity_id: severityId,
    severity: severityName,
    message,
    ...status(activity),
    metadata: metadata(dispatch),
    finding_info: finding(dispatch),
    ...evidence(facts),
    ...outcome(facts),
    ...(facts.score !== null && { confidence_score: Math.round(facts.score * 100) }),
    device: { hostname: observer.hostname, type_id: FIREWALL, type: 'Firewall' },
    ...(actor !== 'penstock' && { actor: { user: { name: actor } } }),
    unmapped: unmapped(facts, action),
  };
}

function status(activity: number) {
  return activity === CLOSE[0] ? { status_id: 4, status: 'Resolved' } : { status_id: 1, status: 'New' };
}

function metadata({ id, sequence, action, facts, observer }: Dispatch) {
  return {
    version: SCHEMA_VERSION,
    uid: id,
    sequence,
    event_code: action,
    ...(facts.incident !== null && { correlation_uid: facts.incident }),
    log_name: 'penstock',
    product: { name: 'Penstock', vendor_name: 'Penstock', version: observer.version },
    profiles: ['security_control', 'host'],
  };
}

/** Ids are unique in one ledger, hence the host's name. */
function finding(dispatch: Dispatch) {
  const { id, atMs, facts, message, observer } = dispatch;
  const thing = facts.incident ?? facts.decision;
  return {
    uid: thing === null ? id : `${observer.hostname}/${thing}`,
    title: alertName(dispatch),
    desc: message,
    created_time: atMs,
    ...(facts.detector !== null && {
      types: [facts.detector],
      analytic: analytic(facts.detector, facts.rule),
    }),
  };
}

function analytic(detector: string, rule: string | null) {
  const isRule = isPolicyCause(detector as Parameters<typeof isPolicyCause>[0]);
  return {
    name: detector,
    type_id: isRule ? RULE : BEHAVIORAL,
    type: isRule ? 'Rule' : 'Behavioral',
    ...(rule !== null && { uid: rule }),
  };
}

function evidence({ host, destination, service }: AlertFacts) {
  if (host === null && destination === null) return {};
  const [directionId, direction] = OUTBOUND;
  const seen = {
    ...(host !== null && { src_endpoint: endpoint(host) }),
    ...(destination !== null && {
      dst_endpoint: { ...endpoint(destination), ...(service?.port != null && { port: service.port }) },
    }),
    connection_info: {
      direction_id: directionId,
      direction,
      ...(service && { protocol_num: service.protocol, protocol_name: PROTOCOLS[service.protocol] }),
    },
  };
  const observables = [
    ...observable('evidences[0].src_endpoint.ip', host),
    ...observable('evidences[0].dst_endpoint.ip', destination),
  ];
  return { evidences: [seen], ...(observables.length > 0 && { observables }) };
}

/** `ip` takes an address only; a prefix is a name. */
function endpoint(text: string) {
  return isIP(text) ? { ip: text } : { name: text };
}

function observable(name: string, value: string | null) {
  const [type_id, type] = IP_ADDRESS;
  return value !== null && isIP(value) ? [{ name, type_id, type, value }] : [];
}

/** What the firewall does with the traffic from here on. */
function outcome({ decisionState }: AlertFacts) {
  const isBlocked = decisionState === 'active' || decisionState === 'provisional';
  const [action, disposition] = isBlocked
    ? [DENIED, BLOCKED]
    : decisionState === null || decisionState === 'pending'
      ? [UNKNOWN, ALERT]
      : [ALLOWED, ALLOWED];
  return {
    action_id: action[0],
    action: action[1],
    disposition_id: disposition[0],
    disposition: disposition[1],
  };
}

function unmapped({ reasons, rule, incident, decision, decisionState }: AlertFacts, event: string) {
  const known = { rule, incident, decision, decision_state: decisionState };
  const given = Object.entries(known).filter(([, value]) => value !== null);
  return { event, ...Object.fromEntries(given), reasons };
}
