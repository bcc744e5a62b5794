/** Things of the API in a few words. */
import type { Schema } from 'penstock-client';
import { formatService, formatWords } from './part/format.ts';

export type Decision = Schema<'Decision'>;
export type Incident = Schema<'Incident'>;
export type LedgerEntry = Schema<'LedgerEntry'>;
export type Suppression = Schema<'CountedSuppression'>;

/** `10.1.0.10 → 198.51.100.66 tcp/443`; a host of IPv6 is as long as it is. */
export function targetWords(target: Decision['target']): string {
  switch (target.kind) {
    case 'flow':
      return `${target.host} → ${target.destination} ${formatService(target.service)}`;
    case 'destination':
      return `anybody ↔ ${target.prefix}`;
    case 'host':
      return `${target.host} ↔ anybody`;
  }
}

/** What a person approves, as a sentence. */
export function effectWords({ action, target }: Decision): string {
  if (target.kind === 'flow') {
    return `${target.host} may not talk to ${target.destination} by ${formatService(target.service)}; all else of it goes on.`;
  }
  if (target.kind === 'destination') return `Nobody may talk to ${target.prefix}, in either direction.`;
  const verb = action === 'quarantine' ? 'Quarantined, ' : '';
  const exception = target.allowTo.length === 0 ? 'nobody' : `nobody but ${target.allowTo.join(', ')}`;
  return `${verb}${target.host} may talk to ${exception}.`;
}

export function originWords({ origin }: Decision): string {
  return origin.kind === 'manual' ? `asked for by ${origin.actor}` : `by ${formatWords(origin.detector)}`;
}

export function titleWords({ action, target }: Decision): string {
  return `${action === 'block' ? 'Block' : 'Quarantine'} ${targetWords(target)}`;
}

/** The host that a decision is about; null: it is about a destination, whoever asks for it. */
export function hostOf({ target }: Decision): string | null {
  return target.kind === 'destination' ? null : target.host;
}

/** Whether another person's yes is needed after this one. */
export function needsAnother({ persons, answers }: Decision): boolean {
  return persons === 2 && answers.every(({ verb }) => verb !== 'approve');
}

/** `policy violation of 10.1.0.10 to 198.51.100.66` */
export function incidentTitle({ cause, source, host, destination }: Incident): string {
  const what = source === null ? formatWords(cause) : `${formatWords(cause)} (${source})`;
  return `${what}: ${host} → ${destination ?? 'many'}`;
}

export function scopeWords({ host, destination, service }: Omit<Suppression, 'hits'>): string {
  const where = destination === null ? `${host} as a whole` : `${host} → ${destination}`;
  return service === null ? where : `${where} ${formatService(service)}`;
}

export function isPolicyCause(cause: Incident['cause']): boolean {
  return cause === 'policyViolation' || cause === 'denyList' || cause === 'limit';
}
