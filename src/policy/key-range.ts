/** Services and ICMP types as ranges of keys; see {@link KeyRange}. */
import type { KeyRange } from './policy.ts';
import { type IcmpMatch, icmpTypeName } from './schema/icmp.ts';
import { hasPorts, ICMPV4, ICMPV6, isIcmp, protocolName } from './schema/protocol.ts';
import { ANY_PROTOCOL, type ServiceEntry } from './schema/service.ts';

export const LAST_KEY = 0xffffff;

/** Key of one flow. ICMP takes type and code, other protocols the destination port. */
export function flowKey(protocol: number, port: number, icmpType: number, icmpCode: number): number {
  if (isIcmp(protocol)) return (protocol << 16) | ((icmpType & 255) << 8) | (icmpCode & 255);
  return (protocol << 16) | port;
}

export function serviceKeys(entries: readonly ServiceEntry[]): KeyRange[] {
  return entries.flatMap(({ protocol, ports }) => {
    if (protocol === ANY_PROTOCOL) return [{ first: 0, last: LAST_KEY }];
    const base = protocol << 16;
    const ranges = ports ?? [{ first: 0, last: 0xffff }];
    return ranges.map(({ first, last }) => ({ first: base | first, last: base | last }));
  });
}

/** Every code of each type. */
export function icmpKeys(matches: readonly IcmpMatch[]): KeyRange[] {
  return matches.flatMap(({ family, types }) => {
    const base = (family === 'ipv4' ? ICMPV4 : ICMPV6) << 16;
    return types.map((type) => ({ first: base | (type << 8), last: base | (type << 8) | 255 }));
  });
}

/** Sorted, without overlap, neighbours joined. */
export function mergeKeys(ranges: readonly KeyRange[]): KeyRange[] {
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of ranges.toSorted((x, y) => x.first - y.first)) {
    const end = merged.at(-1);
    if (end && first <= end.last + 1) end.last = Math.max(end.last, last);
    else merged.push({ first, last });
  }
  return merged;
}

export function keysInclude(ranges: readonly KeyRange[], key: number): boolean {
  return ranges.some(({ first, last }) => first <= key && key <= last);
}

/** Whether `covering` (merged) holds every key of `covered` (merged). */
export function keysCover(covering: readonly KeyRange[], covered: readonly KeyRange[]): boolean {
  return covered.every((range) =>
    covering.some(({ first, last }) => first <= range.first && range.last <= last),
  );
}

/** For a person: `port 443/tcp`, `ports 8730-8739/tcp`, `icmp echo-request`, `any protocol`. */
export function describeKeys({ first, last }: KeyRange): string {
  if (first === 0 && last === LAST_KEY) return 'any protocol';
  const protocol = first >>> 16;
  if (isIcmp(protocol)) {
    const type = icmpTypeName(protocol === ICMPV4 ? 'ipv4' : 'ipv6', (first >>> 8) & 255);
    return `${protocolName(protocol)} ${type}`;
  }
  if (!hasPorts(protocol)) return protocolName(protocol);
  const [low, high] = [first & 0xffff, last & 0xffff];
  return low === high
    ? `port ${low}/${protocolName(protocol)}`
    : `ports ${low}-${high}/${protocolName(protocol)}`;
}
