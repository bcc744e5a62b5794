import { describe, expect, it } from 'vitest';
import { dnsTunnel, type TunnelFacts } from '../../../src/detection/dns-tunnel.ts';
import { icmpTunnel } from '../../../src/detection/icmp-tunnel.ts';
import type { Judgement } from '../../../src/detection/judgement.ts';
import { expectSurer, expectWords } from './confidences.ts';
import { defaultsOf } from './settings.ts';

const DNS = defaultsOf('dnsTunnel');
const ICMP = defaultsOf('icmpTunnel');

interface Tunnel {
  readonly judge: (facts: TunnelFacts) => Judgement | undefined;
  readonly floor: number;
  /** Mean bytes of a packet that make it one. */
  readonly least: number;
}

describe.each<[string, Tunnel]>([
  ['DNS', { judge: (facts) => dnsTunnel(facts, DNS), floor: DNS.floor, least: DNS.queryBytes }],
  ['ICMP', { judge: (facts) => icmpTunnel(facts, ICMP), floor: ICMP.floor, least: ICMP.packetBytes }],
])('a tunnel through %s', (_, { judge, floor, least }) => {
  const sent = (bytesOut: number, packetBytes: number): TunnelFacts => ({
    service: 'udp/53',
    destination: '203.0.113.53',
    bytesOut,
    packetsOut: Math.floor(bytesOut / packetBytes),
  });

  it('is found from the floor and the mean size on', () => {
    expect(judge(sent(floor, least))).toBeDefined();
    expect(judge(sent(floor - 1, least))).toBeUndefined();
    expect(judge(sent(floor, least * 0.98))).toBeUndefined();
  });

  it('is not what many ordinary packets are', () => {
    expect(judge(sent(1_000 * floor, 84))).toBeUndefined();
  });

  it('is surer the more it carries', () => {
    expectSurer([1, 2, 6, 100, 1e6].map((times) => judge(sent(times * floor, 2 * least))));
  });

  it('does no harm without packets', () => {
    expectWords(judge({ ...sent(10 * floor, least), packetsOut: 0 }), ['0 packets']);
  });

  it('says destination, bytes, packets and their size', () => {
    expectWords(judge(sent(6 * 2 ** 20, 256)), [
      '203.0.113.53',
      'udp/53',
      '6 MiB',
      '24576 packets',
      '256 bytes',
      'ten minutes',
    ]);
  });
});
