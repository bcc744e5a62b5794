/**
 * ICMP in recordings that know only ports.
 *
 * Zeek (https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html, and ICMP.cc there):
 *
 *   originator's port   type of the first message
 *   responder's port    type of its answer where there is one (echo 8 -> 0), else the code
 *
 * NetFlow v5 and v9 exporters: destination port = type * 256 + code.
 */
import { IPPROTO_ICMP } from './protocol.ts';
import type { MutableRecordedFlow } from './recorded-flow.ts';

/** RFC 792, 950, 1256: request and reply. */
const ICMP_PAIRS: readonly (readonly [number, number])[] = [
  [8, 0],
  [10, 9],
  [13, 14],
  [15, 16],
  [17, 18],
];
/** RFC 4443, 2710, 4861, 4620, 6275. */
const ICMPV6_PAIRS: readonly (readonly [number, number])[] = [
  [128, 129],
  [130, 131],
  [133, 134],
  [135, 136],
  [139, 140],
  [144, 145],
];

const ICMP_REQUESTS = new Map(ICMP_PAIRS.map(([request, reply]) => [reply, request]));
const ICMPV6_REQUESTS = new Map(ICMPV6_PAIRS.map(([request, reply]) => [reply, request]));
const ICMP_COUNTERPARTS = counterparts(ICMP_PAIRS);
const ICMPV6_COUNTERPARTS = counterparts(ICMPV6_PAIRS);

/** The type that a message of this type answers; undefined when it is no answer. */
export function icmpRequestType(protocol: number, type: number): number | undefined {
  return (protocol === IPPROTO_ICMP ? ICMP_REQUESTS : ICMPV6_REQUESTS).get(type);
}

/** Both from 0 to 255. Messages that come in pairs have code 0; Zeek does not tell node information queries apart. */
export function setZeekIcmp(flow: MutableRecordedFlow, type: number, counterpartOrCode: number): void {
  const counterpart = (flow.protocol === IPPROTO_ICMP ? ICMP_COUNTERPARTS : ICMPV6_COUNTERPARTS).get(type);
  flow.icmpType = type;
  flow.icmpCode = counterpart === counterpartOrCode ? 0 : counterpartOrCode;
}

function counterparts(pairs: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(pairs.flatMap(([request, reply]) => [[request, reply] as const, [reply, request] as const]));
}
