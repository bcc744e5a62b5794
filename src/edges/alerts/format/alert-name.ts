/** What kind of alert it is, in a few words that are the same for all of the kind. */
import { incidentOf } from '../../../ledger/entry.ts';
import type { Dispatch } from '../dispatch.ts';
import { title } from '../incident-wording.ts';
import { oneLine } from '../wording.ts';

/** `On deny list known-c2`, `Decision proposed`. */
export function alertName({ action, entry }: Dispatch): string {
  const incident = entry === null ? undefined : incidentOf(entry);
  if (incident !== undefined && entry?.type === 'incident.opened') return oneLine(title(incident));
  const [thing = '', what = ''] = action.split('.');
  const words = `${thing.replace(/([A-Z])/g, ' $1').toLowerCase()} ${what}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
