/** Services as ranges of the policy's keys ({@link KeyRange}), and what they are called. */
import type { Address } from '../../address/address.ts';
import type { RecordedFlow } from '../../flow/recorded/recorded-flow.ts';
import { flowKey } from '../../policy/key-range.ts';
import type { KeyRange } from '../../policy/policy.ts';
import { icmpTypeName } from '../../policy/schema/icmp.ts';
import { hasPorts, ICMPV4, ICMPV6, isIcmp, protocolName } from '../../policy/schema/protocol.ts';
import { portName } from './service-names.ts';

type Asked = Pick<RecordedFlow, 'protocol' | 'destination' | 'destinationPort' | 'icmpType'>;

/**
 * First key of the service that a flow asked for; undefined where no rule could name it: port 0, an ICMP type that
 * nobody wrote down, ICMP of the other family.
 */
export function serviceKey({ protocol, destination, destinationPort, icmpType }: Asked): number | undefined {
  if (isIcmp(protocol)) {
    const fits = (protocol === ICMPV4) === (destination.family === 4);
    return fits && icmpType >= 0 ? flowKey(protocol, 0, icmpType, 0) : undefined;
  }
  if (!hasPorts(protocol)) return flowKey(protocol, 0, -1, -1);
  return destinationPort > 0 ? flowKey(protocol, destinationPort, -1, -1) : undefined;
}

export function protocolOf({ first }: KeyRange): number {
  return first >>> 16;
}

export function icmpTypeOf({ first }: KeyRange): number {
  return (first >>> 8) & 255;
}

/** All of the service that begins with a key: every code of an ICMP type, a whole protocol without ports. */
export function serviceRange(first: number): KeyRange {
  const protocol = first >>> 16;
  if (isIcmp(protocol)) return { first, last: first | 255 };
  return { first, last: hasPorts(protocol) ? first : first | 0xffff };
}

/** RFC 792; RFC 4443: types below 128. */
const ICMP_ERRORS = new Set([3, 4, 5, 11, 12]);
const FIRST_ICMPV6_INFORMATION = 128;

/** An error message about another flow: some recordings have it as a flow, conntrack never. */
export function isIcmpError(first: number): boolean {
  const type = (first >>> 8) & 255;
  if (first >>> 16 === ICMPV6) return type < FIRST_ICMPV6_INFORMATION;
  return first >>> 16 === ICMPV4 && ICMP_ERRORS.has(type);
}

export function isNamed(first: number): boolean {
  const protocol = first >>> 16;
  return !hasPorts(protocol) || portName(protocol, first & 0xffff) !== undefined;
}

/** A name as the policy takes it. */
export function serviceName(range: KeyRange): string {
  const protocol = protocolOf(range);
  if (isIcmp(protocol)) return icmpName(protocol, icmpTypeOf(range));
  const name = protocolName(protocol);
  if (!hasPorts(protocol)) return /^[0-9]/.test(name) ? `protocol-${name}` : name;
  const [low, high] = [range.first & 0xffff, range.last & 0xffff];
  if (low !== high) return `${name}-${low}-to-${high}`;
  return portName(protocol, low) ?? `${name}-${low}`;
}

function icmpName(protocol: number, type: number): string {
  const name = icmpTypeName(protocol === ICMPV6 ? 'ipv6' : 'ipv4', type);
  if (name === 'echo-request') return 'ping';
  return `${protocol === ICMPV6 ? 'icmpv6' : 'icmp'}-${name}`;
}

/** As a policy's own tests write a flow; see src/policy/schema/probe.ts. */
export function probeText(address: string, { family }: Address, { first }: KeyRange): string {
  const protocol = first >>> 16;
  if (isIcmp(protocol)) {
    const type = icmpTypeName(protocol === ICMPV6 ? 'ipv6' : 'ipv4', (first >>> 8) & 255);
    return `${address}/${protocol === ICMPV6 ? 'icmpv6' : 'icmp'}/${type}`;
  }
  if (!hasPorts(protocol)) return `${address}/${protocolName(protocol)}`;
  return `${family === 6 ? `[${address}]` : address}:${first & 0xffff}/${protocolName(protocol)}`;
}
