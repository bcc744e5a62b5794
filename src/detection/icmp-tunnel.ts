/**
 * ICMP tunnel: data leaves in the payload of echo requests.
 *
 * Source: RFC 792 and RFC 4443 (the payload of an echo is free); tools like ptunnel and icmpsh.
 * Formula: in ten minutes, to one address, at least `floor` bytes with a mean of `packetBytes` a packet, IP header
 * and all. A ping has 84 bytes.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import type { TunnelFacts } from './dns-tunnel.ts';
import { either, type Judgement } from './judgement.ts';
import { round, size } from './wording.ts';

export function icmpTunnel(
  { service, destination, bytesOut, packetsOut }: TunnelFacts,
  { floor, packetBytes }: Settings<'icmpTunnel'>,
): Judgement | undefined {
  const mean = bytesOut / Math.max(1, packetsOut);
  if (bytesOut < floor || mean < packetBytes) return undefined;
  const above = Math.min(0.6, 0.25 * Math.log2(bytesOut / floor));
  return {
    confidence: Math.min(0.95, either(0.75, above)),
    happened:
      `It sent ${size(bytesOut)} of ${service} to ${destination} within ten minutes, ` +
      `${round(packetsOut)} packets of ${round(mean)} bytes.`,
    normal: 'A ping sends 84 bytes a second: 50 kB in ten minutes.',
  };
}
