/** A ledger entry in one sentence. Bodies are of any shape: an older daemon wrote some of them. */
import { formatDateTime, formatWords } from './part/format.ts';
import {
  type Decision,
  type Incident,
  incidentTitle,
  type LedgerEntry,
  type Suppression,
  scopeWords,
  targetWords,
} from './words.ts';

/** Fields of bodies that say something in one word or sentence. */
const TELLING = ['name', 'reason', 'error', 'role', 'mode', 'restoredFrom', 'lost', 'version'];

/** `policy.applied` becomes `Policy applied`. */
export function typeWords(type: string): string {
  const words = formatWords(type.replaceAll('.', ' '));
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the entry says besides its type. */
export function entryWords({ body, subject }: LedgerEntry): string {
  if (isThing<Incident>(body.incident)) return incidentTitle(body.incident);
  if (isThing<Decision>(body.decision)) return decisionWords(body.decision, body);
  if (isThing<Suppression>(body.suppression)) return scopeWords(body.suppression);
  if (isThing<Trial>(body.trial)) return trialWords(body.trial);
  if (isThing<Proposal>(body.proposal)) return `${body.proposal.id}: ${body.proposal.policyName}`;
  if (isThing<Revision>(body.revision)) return revisionWords(body.revision);
  for (const list of [body.differences, body.problems]) if (Array.isArray(list)) return list.join('; ');
  const told = TELLING.filter((name) => ![undefined, null, '', subject].includes(body[name] as string));
  return told.map((name) => `${formatWords(name)} ${String(body[name])}`).join(', ');
}

interface Trial {
  readonly policyName: string;
  readonly deadlineMs: number;
  readonly restoreTo: number;
  readonly end: { readonly cause: string; readonly reason: string } | null;
}
interface Proposal {
  readonly id: string;
  readonly policyName: string;
}
type Revision = { readonly number: number; readonly kind: string; readonly reason: string };

function isThing<T extends object>(value: unknown): value is T {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decisionWords({ action, target }: Decision, { error, guardrail }: LedgerEntry['body']): string {
  const words = `${action} ${targetWords(target)}`;
  if (error !== undefined) return `${words}: ${String(error)}`;
  return guardrail === undefined ? words : `${words}: guardrail ${String(guardrail)} says no`;
}

function trialWords({ policyName, deadlineMs, restoreTo, end }: Trial): string {
  if (end === null) return `${policyName} until ${formatDateTime(deadlineMs)}, else back to ${restoreTo}`;
  return end.cause === 'confirmed' ? `${policyName} stays` : `${policyName} taken back: ${end.reason}`;
}

function revisionWords({ number, kind, reason }: Revision): string {
  return `${number}, ${kind}${reason === '' ? '' : `: ${reason}`}`;
}
