/**
 * DNS tunnel: data leaves in the names that are asked for. Counters show it as many bytes in long queries.
 *
 * Source: Farnham, "Detecting DNS Tunneling" (SANS 2013): volume and length of queries; field notes of tools like
 * iodine and dnscat2, whose queries fill most of the 255 bytes that a name may have (RFC 1035 section 2.3.4).
 * Formula: in ten minutes, to one name server, at least `floor` bytes with a mean of `queryBytes` a packet, IP header
 * and all. An ordinary query has 60 to 90 bytes; a resolver's own queries too, so that one may be watched.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import { either, type Judgement } from './judgement.ts';
import { round, size } from './wording.ts';

export interface TunnelFacts {
  readonly service: string;
  readonly destination: string;
  /** In the running ten minutes. */
  readonly bytesOut: number;
  readonly packetsOut: number;
}

export function dnsTunnel(
  { service, destination, bytesOut, packetsOut }: TunnelFacts,
  { floor, queryBytes }: Settings<'dnsTunnel'>,
): Judgement | undefined {
  const mean = bytesOut / Math.max(1, packetsOut);
  if (bytesOut < floor || mean < queryBytes) return undefined;
  const above = Math.min(0.6, 0.25 * Math.log2(bytesOut / floor));
  return {
    confidence: Math.min(0.95, either(0.75, above)),
    happened:
      `It sent ${size(bytesOut)} to ${destination} ${service} within ten minutes, ` +
      `${round(packetsOut)} packets of ${round(mean)} bytes.`,
    normal: 'A host asks for some kilobytes of names in ten minutes, in packets of 60 to 90 bytes.',
  };
}
