/** Words for revisions and for what differs between two of them. */
import type { Schema } from 'penstock-client';

export type Revision = Schema<'TriedRevision'>;

/** What made it: `rollback to 3`. */
export function kindWords({ kind, restoredFrom }: Pick<Revision, 'kind' | 'restoredFrom'>): string {
  return kind === 'rollback' && restoredFrom !== null ? `rollback to ${restoredFrom}` : kind;
}

export interface TrialWords {
  readonly tone: 'medium' | 'ok' | 'critical';
  readonly words: string;
}

/** What became of its trial; null: it had none. */
export function trialWords({ trial }: Pick<Revision, 'trial'>): TrialWords | null {
  if (trial === null) return null;
  if (trial.state === 'waiting') return { tone: 'medium', words: 'waits to be confirmed' };
  if (trial.state === 'confirmed')
    return { tone: 'ok', words: `confirmed by ${trial.end?.actor ?? 'nobody'}` };
  return { tone: 'critical', words: `taken back: ${trial.end?.cause ?? 'deadline'}` };
}

type Target = Schema<'Decision'>['target'];

export function targetWords(target: Target): string {
  if (target.kind === 'destination') return target.prefix;
  return target.kind === 'host' ? target.host : `${target.host} → ${target.destination}`;
}

/** Two numbers in the address: `?from=3&to=5`. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

export function pairOf(search: string): Pair {
  const given = new URLSearchParams(search);
  const number = (name: string) => /^[1-9][0-9]{0,14}$/.exec(given.get(name) ?? '')?.[0] ?? '';
  return { from: number('from'), to: number('to') };
}

export function searchOfPair({ from, to }: Pair): string {
  return new URLSearchParams({ ...(from && { from }), ...(to && { to }) }).toString();
}
