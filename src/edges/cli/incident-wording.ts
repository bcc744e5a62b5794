/** An incident for a person: what is known of it, its story, and the evidence. */
import type { Evidence, Incident } from '../../incident/incident.ts';
import { facts, table } from './table.ts';
import { localTime } from './time.ts';
import { describeService } from './wording.ts';

/** `0.93`. */
export function formatScore(score: number): string {
  return score.toFixed(2);
}

export function describeIncident(incident: Incident, width: number | undefined): string {
  const { evidence } = incident;
  const parts = [facts([...incidentFacts(incident), ...story(incident)])];
  if (evidence.length > 0) parts.push(describeEvidence(evidence, width), facts(evidence.flatMap(sayings)));
  return parts.join('\n\n');
}

function incidentFacts(incident: Incident): [string, string][] {
  return [
    ['incident', incident.id],
    ['state', incident.state],
    ['severity', incident.severity],
    ['score', formatScore(incident.score)],
    ['cause', incident.source === null ? incident.cause : `${incident.cause} ${incident.source}`],
    ['host', `${incident.host} (${incident.groups.join(', ') || 'in no group'})`],
    ['destination', incident.destination ?? 'many'],
    ['went to', incident.translated ?? '-'],
    ['services', incident.services.map(describeService).join(', ') || '-'],
    ['count', String(incident.count)],
    ['first seen', localTime(incident.firstSeenMs)],
    ['last seen', localTime(incident.lastSeenMs)],
    ['raised', localTime(incident.raisedAtMs)],
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

function describeEvidence(evidence: readonly Evidence[], width: number | undefined): string {
  const rows = evidence.map((one, index) => [
    String(index + 1),
    one.detector,
    formatScore(one.confidence),
    one.destination ?? 'many',
    one.service === null ? '-' : describeService(one.service),
    String(one.count),
    localTime(one.firstSeenMs),
    localTime(one.lastSeenMs),
  ]);
  const heads = ['', 'evidence', 'sure', 'destination', 'service', 'count', 'first seen', 'last seen'];
  return table(heads, rows, width);
}

function sayings({ happened, normal }: Evidence, index: number): [string, string][] {
  return [
    [`${index + 1} happened`, happened],
    [`${index + 1} normal`, normal],
  ];
}
