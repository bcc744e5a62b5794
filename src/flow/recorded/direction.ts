/** Who began, where a source does not tell: NetFlow records are of one direction, and both may have the same start. */
import { isIcmp } from './protocol.ts';
import type { MutableRecordedFlow, RecordedFlow } from './recorded-flow.ts';

/** Below these ports are services, then what RFC 6335 calls user ports, then what Linux and others choose from. */
const PORT_BOUNDS = [1024, 32_768, 49_152];

/** From the port of a service to one that a client may have chosen: the guess that `nfdump -B` makes. */
export function looksLikeAnswer({ protocol, sourcePort, destinationPort }: RecordedFlow): boolean {
  if (isIcmp(protocol)) return false;
  return PORT_BOUNDS.some((bound) => sourcePort < bound && destinationPort >= bound && sourcePort > 0);
}

/** Make the responder the originator. */
export function turnRound(flow: MutableRecordedFlow): void {
  const { source, destination, sourcePort, bytesOut, packetsOut } = flow;
  for (const word of ['a', 'b', 'c', 'd'] as const) {
    const held = source[word];
    source[word] = destination[word];
    destination[word] = held;
  }
  flow.sourcePort = flow.destinationPort;
  flow.destinationPort = sourcePort;
  flow.bytesOut = flow.bytesIn;
  flow.bytesIn = bytesOut;
  flow.packetsOut = flow.packetsIn;
  flow.packetsIn = packetsOut;
}
