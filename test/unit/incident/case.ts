/** Cases of one host, told of as text. */
import { CaseBook, type CaseBookOptions, type CaseObserved } from '../../../src/incident/case-book.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { IncidentNumbers } from '../../../src/incident/incident-numbers.ts';
import { type FindingText, findingOf } from './finding.ts';

export const HOST = '10.1.0.10';
export const HOUR = 3_600_000;
export const QUIET = 24 * HOUR;
export const NOW = Date.UTC(2026, 2, 2);

export function newBook(options: Partial<CaseBookOptions> = {}) {
  const book = new CaseBook({ numbers: new IncidentNumbers(1), groupsOf: () => ['web'], ...options });
  return {
    book,
    observe: (text: FindingText, atMs = NOW): CaseObserved => book.observe(findingOf(text), atMs),
  };
}

export function incidentOf(observed: CaseObserved): Incident {
  if (observed.kind === 'noted') throw new Error('only noted');
  return observed.incident;
}

export function leadOf(observed: CaseObserved): string | undefined {
  if (observed.kind === 'noted' || observed.lead === undefined) return undefined;
  const { evidence, flow } = observed.lead;
  return `${evidence.detector} ${evidence.destination} to port ${flow.destinationPort}`;
}
