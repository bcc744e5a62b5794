/** An incident for a person: what is known of it, its story, and the evidence. */
import type { Evidence, Incident } from '../../incident/incident.ts';
import { type Cell, type Look, painted } from './look.ts';
import { facts, table } from './table.ts';
import { age, moment } from './time.ts';
import { describeService } from './wording.ts';

/** `0.93`. */
export function formatScore(score: number): string {
  return score.toFixed(2);
}

export function describeIncident(incident: Incident, look: Look): string {
  const { evidence } = incident;
  const parts = [facts([...incidentFacts(incident, look), ...story(incident)], look)];
  if (evidence.length > 0)
    parts.push(describeEvidence(evidence, look), facts(evidence.flatMap(sayings), look));
  return parts.join('\n\n');
}

function incidentFacts(incident: Incident, look: Look): [string, Cell][] {
  return [
    ['incident', incident.id],
    ['state', painted(incident.state)],
    ['severity', painted(incident.severity)],
    ['score', formatScore(incident.score)],
    ['cause', incident.source === null ? incident.cause : `${incident.cause} ${incident.source}`],
    ['host', `${incident.host} (${incident.groups.join(', ') || 'in no group'})`],
    ['destination', incident.destination ?? 'many'],
    ['went to', incident.translated ?? '-'],
    ['services', incident.services.map(describeService).join(', ') || '-'],
    ['count', String(incident.count)],
    ['first seen', moment(incident.firstSeenMs, look)],
    ['last seen', moment(incident.lastSeenMs, look)],
    ['raised', moment(incident.raisedAtMs, look)],
  ];
}

/** An anomaly's reasons are told by its story and evidence. */
function story({ story, reasons }: Incident): [string, string][] {
  if (story === null) return reasons.map((reason) => ['reason', reason]);
  return [
    ['happened', story.happened],
    ['normal', story.normal],
    ['meaning', story.meaning],
    ['to do', story.advice],
  ];
}

function describeEvidence(evidence: readonly Evidence[], look: Look): string {
  const rows = evidence.map((one, index) => [
    String(index + 1),
    one.detector,
    formatScore(one.confidence),
    one.destination ?? 'many',
    one.service === null ? '-' : describeService(one.service),
    String(one.count),
    age(one.firstSeenMs, look),
    age(one.lastSeenMs, look),
  ]);
  const heads = [
    ...['', 'evidence', 'sure', 'destination', 'service'],
    { head: 'count', drop: 2 },
    { head: 'first seen', drop: 1 },
    'last seen',
  ];
  return table(heads, rows, look);
}

function sayings({ happened, normal }: Evidence, index: number): [string, string][] {
  return [
    [`${index + 1} happened`, happened],
    [`${index + 1} normal`, normal],
  ];
}
