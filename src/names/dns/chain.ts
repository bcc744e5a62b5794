/**
 * What an answer says of the name that was asked for, and of no other: aliases are followed from it, in whatever
 * order the records stand.
 *
 *   asked  CNAME a   CNAME b   b A 192.0.2.1, A 192.0.2.2       -> both, as long as the shortest ttl on the way
 *   asked  HTTPS 1 . ipv4hint=192.0.2.1                         -> the hint
 *   asked  HTTPS 1 svc.example   (or 0: an alias)               -> svc.example stands for what was asked
 */
import type { Address } from '../../address/address.ts';
import type { Answer, DnsRecord } from './message.ts';

const MAX_ALIASES = 16;

export interface FoundAddress {
  readonly address: Address;
  /** Seconds. */
  readonly ttl: number;
}

export interface Found {
  readonly name: string;
  readonly addresses: readonly FoundAddress[];
  /** Names that clients ask for next, in the place of `name`. */
  readonly targets: readonly { readonly name: string; readonly ttl: number }[];
}

/** Undefined when the aliases lead round in a circle, too far, or from one name to two. */
export function follow({ name, records }: Pick<Answer, 'name' | 'records'>): Found | undefined {
  const aliases = aliasesOf(records);
  if (aliases === undefined) return undefined;
  let owner = name;
  let least = Number.POSITIVE_INFINITY;
  for (let steps = 0; ; steps++) {
    const alias = aliases.get(owner);
    if (alias === undefined) break;
    if (steps === MAX_ALIASES) return undefined;
    least = Math.min(least, alias.ttl);
    owner = alias.target;
  }
  return collect(
    name,
    records.filter((record) => record.kind !== 'alias' && record.name === owner),
    least,
  );
}

type Alias = Extract<DnsRecord, { kind: 'alias' }>;

function aliasesOf(records: readonly DnsRecord[]): Map<string, Alias> | undefined {
  const found = new Map<string, Alias>();
  for (const record of records) {
    if (record.kind !== 'alias') continue;
    const other = found.get(record.name);
    if (other !== undefined && other.target !== record.target) return undefined;
    found.set(record.name, record);
  }
  return found;
}

function collect(name: string, records: readonly DnsRecord[], least: number): Found {
  const addresses: FoundAddress[] = [];
  const targets: { name: string; ttl: number }[] = [];
  for (const record of records) {
    const ttl = Math.min(record.ttl, least);
    if (record.kind === 'address') addresses.push({ address: record.address, ttl });
    if (record.kind !== 'service') continue;
    for (const address of record.binding.hints) addresses.push({ address, ttl });
    if (record.binding.target !== undefined) targets.push({ name: record.binding.target, ttl });
  }
  return { name, addresses, targets };
}

/** `_8443._https.example.org` (RFC 9460, section 2.3) asks on behalf of `example.org`. */
export function withoutPrefixes(name: string): string {
  return name.replace(/^(?:_[^.]+\.)+/, '');
}
