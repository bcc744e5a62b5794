/** A ledger entry in one line. */

import type { Schema } from 'penstock-client';
import type { Decision } from '../../decision/decision.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Suppression } from '../../incident/suppression.ts';
import type { Revision } from '../../ledger/revision.ts';
import type { Trial } from '../../ledger/trial.ts';
import { plain } from './plain-text.ts';
import { localTime } from './time.ts';
import { describeScope, describeTarget } from './wording.ts';

type EntryView = Omit<Schema<'LedgerEntry'>, 'previousHash' | 'hash'>;

/** `4711  2026-10-05 14:00:00 +02:00  decision.proposed  D42  by penstock  block 10.1.0.10 -> ...`. */
export function entryLine(entry: EntryView): string {
  const { seq, atMs, type, actor } = entry;
  const parts = [String(seq), localTime(atMs), type, entrySubject(entry), `by ${actor}`, entrySummary(entry)];
  return plain(parts.filter((part) => part !== '').join('  '));
}

/** What the entry is about; of a digest as much as one needs to tell it from others. */
export function entrySubject({ subject }: EntryView): string {
  if (subject === null) return '-';
  return /^[0-9a-f]{64}$/.test(subject) ? subject.slice(0, 12) : subject;
}

/** Fields of bodies that say something in one word or sentence. */
const TELLING = ['name', 'reason', 'error', 'role', 'mode', 'restoredFrom', 'lost', 'version'];

/** What happened in a few words; the whole body is in `--json`. */
export function entrySummary({ body, subject }: EntryView): string {
  if ('incident' in body) return incidentWords(body.incident as Incident);
  if ('decision' in body) return decisionWords(body.decision as Decision, body);
  if ('suppression' in body) return suppressionWords(body.suppression as Suppression, body);
  if ('trial' in body) return trialWords(body.trial as Trial);
  if (Array.isArray(body.differences)) return body.differences.join('; ');
  if (Array.isArray(body.problems)) return body.problems.join('; ');
  if (Array.isArray(body.sinks)) return `nobody has answered: told ${body.sinks.join(', ')}`;
  if (typeof body.revision === 'object') return revisionWords(body.revision as Revision);
  return TELLING.filter((name) => ![undefined, null, '', subject].includes(body[name] as string))
    .map((name) => `${name} ${String(body[name])}`)
    .join(', ');
}

function revisionWords({ kind, restoredFrom, reason }: Revision): string {
  const words = restoredFrom === null ? kind : `${kind} to ${restoredFrom}`;
  return reason === '' ? words : `${words}: ${reason}`;
}

function trialWords({ policyName, restoreTo, deadlineMs, end }: Trial): string {
  if (end === null)
    return `${policyName} until ${localTime(deadlineMs)}, else revision ${restoreTo} stands again`;
  return end.cause === 'confirmed' ? `${policyName} stays` : `${policyName} taken back: ${end.reason}`;
}

function incidentWords({ host, destination, cause, severity, count }: Incident): string {
  return `${host} -> ${destination ?? 'many'} ${cause}, ${severity}, ${count} times`;
}

function suppressionWords(suppression: Suppression, { reason }: EntryView['body']): string {
  const words = `${suppression.detector} ${describeScope(suppression)}, until ${localTime(suppression.untilMs)}`;
  return reason === undefined ? words : `${words}: ${String(reason)}`;
}

function decisionWords({ action, target }: Decision, { error, guardrail }: EntryView['body']): string {
  const words = `${action} ${describeTarget(target)}`;
  if (error !== undefined) return `${words}: ${String(error)}`;
  return guardrail === undefined ? words : `${words}: ${String(guardrail)} says no`;
}
