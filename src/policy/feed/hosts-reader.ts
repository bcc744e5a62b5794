/**
 * Format `hosts`, as in hosts(5): an address and the names it stands for.
 *
 *   0.0.0.0       bad.example          a sinkhole: only the name is meant, and names cannot be blocked by address
 *   127.0.0.1     worse.example        the same
 *   198.51.100.7  worst.example        a real address: this is what the list is taken for
 *
 * The lines that every hosts file has (localhost, broadcasthost, ip6-allnodes) are no more than a name either.
 */
import { AddressError } from '../../address/errors.ts';
import { parsePrefix } from '../../address/prefix.ts';
import { atLine, damage, excerpt, type FeedEntry, UNUSABLE } from './entry.ts';
import { isNobody } from './reserved.ts';
import { linesOf } from './text-reader.ts';

/** A host name with underscores, which real lists have; the last dot may be there. */
const NAME = /^(?=.{1,254}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

export function* readHosts(text: string): Generator<FeedEntry> {
  for (const { line, number } of linesOf(text)) {
    const [first, ...names] = line.replace(/#.*/s, '').trim().split(/\s+/);
    if (first === '') continue;
    yield entryOf(first, names, number, line.indexOf(first) + 1);
  }
}

function entryOf(first: string, names: readonly string[], line: number, column: number): FeedEntry {
  const spot = atLine(line, column);
  // A zone id is only ever of a link-local address (RFC 4007 section 11).
  const address = first.replace(/%[a-z0-9._-]+$/i, '');
  if (isAddress(address)) return isNobody(address) ? UNUSABLE : { kind: 'network', text: address, spot };
  if (!/^[0-9.:]+$/.test(first) && [first, ...names].every((name) => NAME.test(name))) return UNUSABLE;
  return damage(spot, `'${excerpt(first)}' is no address`, 'an address and names, as in /etc/hosts');
}

function isAddress(text: string): boolean {
  if (text.includes('/')) return false;
  try {
    parsePrefix(text);
    return true;
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}
