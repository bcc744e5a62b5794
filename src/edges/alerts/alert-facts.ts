/** What an alert is about, in the few words that every format of a SIEM has a field for. */
import type { DecisionState, Target } from '../../decision/decision.ts';
import type { Service } from '../../incident/incident.ts';
import { decisionOf, type Entry, incidentOf, suppressionOf } from '../../ledger/entry.ts';

export interface AlertFacts {
  /** The inside host; canonical text. */
  readonly host: string | null;
  /** An address, or a prefix for a block of one. */
  readonly destination: string | null;
  /** The first that was asked for. */
  readonly service: Service | null;
  /** What found it: a detector, or a part of the policy. */
  readonly detector: string | null;
  /** The deny list or rule by its id. */
  readonly rule: string | null;
  /** 0 to 1. */
  readonly score: number | null;
  readonly reasons: readonly string[];
  /** Ids. */
  readonly incident: string | null;
  readonly decision: string | null;
  /** `vetoed` and `withheld`: there is no such decision. */
  readonly decisionState: DecisionState | 'vetoed' | 'withheld' | null;
}

export const NO_FACTS: AlertFacts = {
  host: null,
  destination: null,
  service: null,
  detector: null,
  rule: null,
  score: null,
  reasons: [],
  incident: null,
  decision: null,
  decisionState: null,
};

export function factsOf(entry: Entry): AlertFacts {
  const incident = incidentOf(entry);
  if (incident !== undefined) {
    const { id, host, destination, services, cause, source, score, reasons } = incident;
    const about = { host, destination, service: services[0] ?? null, detector: cause, rule: source };
    return { ...NO_FACTS, ...about, score, reasons, incident: id };
  }
  const suppression = suppressionOf(entry);
  if (suppression !== undefined) {
    const { host, destination, service, detector, reason } = suppression;
    const reasons = [reason];
    return { ...NO_FACTS, host, destination, service, detector, reasons, incident: suppression.incident };
  }
  if (entry.type === 'alert.escalated') {
    const { id, host, incident, what } = entry.body.waiting;
    return { ...NO_FACTS, host, incident, decision: id.startsWith('D') ? id : null, reasons: [what] };
  }
  if (entry.type === 'evidence.failed')
    return { ...NO_FACTS, incident: entry.body.incidentId, reasons: [entry.body.reason] };
  return decisionFacts(entry) ?? { ...NO_FACTS, reasons: reasonIn(entry) };
}

function decisionFacts(entry: Entry): AlertFacts | undefined {
  if (entry.type === 'decision.vetoed' || entry.type === 'decision.withheld') {
    const { decision, reason } = entry.body;
    const decisionState = entry.type === 'decision.vetoed' ? 'vetoed' : 'withheld';
    return {
      ...NO_FACTS,
      ...targetFacts(decision),
      reasons: [reason],
      incident: decision.incident,
      decisionState,
    };
  }
  const decision = decisionOf(entry);
  if (decision === undefined) return undefined;
  const { id, incident, state, reason, origin } = decision;
  const detector = origin.kind === 'automatic' ? origin.detector : null;
  const about = { detector, reasons: [reason], incident, decision: id, decisionState: state };
  return { ...NO_FACTS, ...targetFacts(decision), ...about };
}

function targetFacts({ target }: { target: Target }) {
  switch (target.kind) {
    case 'flow':
      return { host: target.host, destination: target.destination, service: target.service };
    case 'destination':
      return { host: null, destination: target.prefix, service: null };
    case 'host':
      return { host: target.host, destination: null, service: null };
  }
}

function reasonIn({ body }: Entry): string[] {
  if ('reason' in body && body.reason !== '') return [body.reason];
  if ('problems' in body) return [...body.problems];
  if ('differences' in body) return [...body.differences];
  return 'error' in body && body.error !== null ? [body.error] : [];
}
