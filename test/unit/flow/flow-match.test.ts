import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { parsePrefix } from '../../../src/address/prefix.ts';
import type { FlowMatch } from '../../../src/flow/flow-match.ts';
import { type EntryText, recordedTable } from './entry.ts';

/** By name, so that a case says which of them it finds. */
const FLOWS: Record<string, EntryText> = {
  web: { from: '10.1.0.10 1', to: '192.0.2.1 443' },
  otherPort: { from: '10.1.0.10 2', to: '192.0.2.1 80' },
  otherHost: { from: '10.1.0.11 1', to: '192.0.2.1 443' },
  udp: { from: '10.1.0.10 1', to: '192.0.2.1 443', protocol: 17 },
  natted: { from: '10.1.0.10 3', to: '203.0.113.7 80', translated: '192.0.2.1 443' },
  proxied: { from: '10.1.0.10 4', to: '192.0.2.1 443', translated: '10.9.0.1 3128' },
  inbound: { from: '192.0.2.1 9', to: '10.1.0.10 25' },
  ping: { from: '10.1.0.10', to: '192.0.2.1', protocol: 1, icmp: { type: 8, code: 0, id: 5 } },
  unrelated: { from: '10.1.0.12 1', to: '198.51.100.1 443' },
  six: { from: 'fd00::10 1', to: '2001:db8::1 443' },
  sameWords: { from: 'fd00::10 2', to: '::c000:201 443' },
};

function found(match: FlowMatch): string[] {
  const { table, observe } = recordedTable();
  const names = new Map<number, string>();
  for (const [name, text] of Object.entries(FLOWS)) names.set(observe(text)[0].slot, name);
  return table
    .matching(match)
    .map((slot) => names.get(slot) ?? 'none')
    .toSorted();
}

const flow = (host: string, destination: string, protocol: number, port: number | null): FlowMatch => ({
  kind: 'flow',
  host: parseAddress(host),
  destination: parseAddress(destination),
  protocol,
  port,
});
const destination = (prefix: string): FlowMatch => ({ kind: 'destination', prefix: parsePrefix(prefix) });
const host = (address: string, ...except: string[]): FlowMatch => ({
  kind: 'host',
  host: parseAddress(address),
  except: except.map(parsePrefix),
});

const OF_PEER = ['inbound', 'natted', 'otherHost', 'otherPort', 'ping', 'proxied', 'udp', 'web'];

describe('flows that a block concerns', () => {
  it.each<[string, FlowMatch, string[]]>([
    ['a flow, where NAT sent it', flow('10.1.0.10', '192.0.2.1', 6, 443), ['natted', 'web']],
    ['a flow to a proxy that it did not ask for', flow('10.1.0.10', '10.9.0.1', 6, 3128), ['proxied']],
    ['a flow that the destination opened', flow('10.1.0.10', '192.0.2.1', 6, 9), ['inbound']],
    ['a whole protocol', flow('10.1.0.10', '192.0.2.1', 6, null), ['inbound', 'natted', 'otherPort', 'web']],
    ['ICMP', flow('10.1.0.10', '192.0.2.1', 1, null), ['ping']],
    ['nobody’s flow', flow('10.1.0.99', '192.0.2.1', 6, 443), []],
    ['an address at either end', destination('192.0.2.1/32'), OF_PEER],
    ['a prefix', destination('192.0.2.0/24'), OF_PEER],
    ['a prefix that ends before it', destination('192.0.2.0/32'), []],
    ['everything of one family', destination('::/0'), ['sameWords', 'six']],
    ['an IPv6 prefix', destination('2001:db8::/33'), ['six']],
    [
      'a host as originator and as destination',
      host('10.1.0.10'),
      ['inbound', 'natted', 'otherPort', 'ping', 'proxied', 'udp', 'web'],
    ],
    ['a host but for what it may reach after NAT', host('10.1.0.10', '192.0.2.0/24'), ['proxied']],
    ['a host that others reach after NAT', host('10.9.0.1'), ['proxied']],
    ['a host with another that may reach it', host('10.9.0.1', '10.1.0.10/32'), []],
  ])('%s', (_, match, expected) => {
    expect(found(match)).toEqual(expected);
  });
});
