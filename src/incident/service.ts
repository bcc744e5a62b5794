/** What a host asked its destination for. */
import type { Flow } from '../flow/flow.ts';
import { hasPorts, protocolName } from '../policy/schema/protocol.ts';
import type { Service } from './incident.ts';

/** By the destination port that the host named. */
export function serviceOf({
  protocol,
  destinationPort,
}: Pick<Flow, 'protocol' | 'destinationPort'>): Service {
  return { protocol, port: portOf(protocol, destinationPort) };
}

/** Null for a protocol without ports, whatever the tuple says (conntrack keeps GRE keys as ports). */
export function portOf(protocol: number, port: number): number | null {
  return hasPorts(protocol) ? port : null;
}

/** `tcp/443`, `icmp`, `99`. */
export function formatService({ protocol, port }: Service): string {
  return port === null ? protocolName(protocol) : `${protocolName(protocol)}/${port}`;
}
