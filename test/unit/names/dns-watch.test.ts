import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { DnsWatch } from '../../../src/names/dns-watch.ts';
import { NF_INET_FORWARD, NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT } from '../../../src/names/queue/message.ts';
import { answer, query, record, tcpPacket, udpPacket } from './dns-bytes.ts';

const NAME = 'mirror.example.org';
const ASKED = { name: NAME, type: 'A' };
const LAN = 2;
const WAN = 3;
const CLIENT = '10.1.0.10';
const RESOLVER = '10.0.0.53';
const OUT = { source: CLIENT, sourcePort: 4_000, destination: RESOLVER, destinationPort: 53 };
const BACK = { source: RESOLVER, sourcePort: 53, destination: CLIENT, destinationPort: 4_000 };
const GOOD = answer(7, ASKED, [record(NAME, 'A', '192.0.2.1')]);

const at = (hook: number, inDevice: number, outDevice: number) => (payload: Uint8Array) => ({
  ...{ id: 1, hook, inDevice, outDevice, payload, cut: false },
});
const leaving = at(NF_INET_FORWARD, LAN, WAN);
const coming = at(NF_INET_FORWARD, WAN, LAN);

function watching() {
  const watch = new DnsWatch((name) => name === NAME);
  watch.resolvers = [parsePrefix('10.0.0.53/32')];
  const addresses = (packet: ReturnType<typeof coming>, nowMs = 0) =>
    watch
      .take(packet, nowMs)
      .flatMap((found) => found.addresses.map(({ address }) => formatAddress(address)));
  return { watch, addresses };
}

describe('an answer teaches', () => {
  it.each([
    ['a host behind this machine', leaving, coming],
    ['this machine', at(NF_INET_LOCAL_OUT, 0, WAN), at(NF_INET_LOCAL_IN, WAN, 0)],
    ['a host that asks this machine', at(NF_INET_LOCAL_IN, LAN, 0), at(NF_INET_LOCAL_OUT, 0, LAN)],
  ])('when %s has asked', (_, out, back) => {
    const { addresses } = watching();
    addresses(out(udpPacket(OUT, query(7, ASKED))));
    expect(addresses(back(udpPacket(BACK, GOOD)))).toEqual(['192.0.2.1']);
  });

  it('once', () => {
    const { addresses } = watching();
    addresses(leaving(udpPacket(OUT, query(7, ASKED))));
    expect(addresses(coming(udpPacket(BACK, GOOD)))).toHaveLength(1);
    expect(addresses(coming(udpPacket(BACK, GOOD)))).toEqual([]);
  });

  it('over TCP, with the segment that completes it', () => {
    const { addresses } = watching();
    const framed = (bytes: Uint8Array) => Uint8Array.from([bytes.length >> 8, bytes.length & 255, ...bytes]);
    const nothing = new Uint8Array(0);
    addresses(leaving(tcpPacket(OUT, 100, 2, nothing)));
    addresses(coming(tcpPacket(BACK, 900, 2, nothing)));
    addresses(leaving(tcpPacket(OUT, 101, 0, framed(query(7, ASKED)))));
    const bytes = framed(GOOD);
    expect(addresses(coming(tcpPacket(BACK, 901, 0, bytes.subarray(0, 30))))).toEqual([]);
    expect(addresses(coming(tcpPacket(BACK, 931, 0, bytes.subarray(30))))).toEqual(['192.0.2.1']);
  });
});

describe('nothing is learnt', () => {
  const other = answer(7, { name: 'other.example', type: 'A' }, [record('other.example', 'A', '192.0.2.1')]);
  const cases: [string, ReturnType<typeof coming>, number?][] = [
    ['with another id', coming(udpPacket(BACK, answer(8, ASKED, [record(NAME, 'A', '192.0.2.1')])))],
    ['of another type', coming(udpPacket(BACK, answer(7, { name: NAME, type: 'AAAA' }, [])))],
    ['of another name', coming(udpPacket(BACK, other))],
    ['to another port', coming(udpPacket({ ...BACK, destinationPort: 4_001 }, GOOD))],
    ['to another host', coming(udpPacket({ ...BACK, destination: '10.1.0.11' }, GOOD))],
    ['from another server', coming(udpPacket({ ...BACK, source: '10.0.0.54' }, GOOD))],
    ['from another port', coming(udpPacket({ ...BACK, sourcePort: 54 }, GOOD))],
    ['by the interface that the question came in by', at(NF_INET_FORWARD, LAN, WAN)(udpPacket(BACK, GOOD))],
    ['after half a minute', coming(udpPacket(BACK, GOOD)), 30_000],
    ['that is cut', { ...coming(udpPacket(BACK, GOOD)), cut: true }],
    ['that is a question', coming(udpPacket(BACK, query(7, ASKED)))],
  ];
  it.each(cases)('of an answer %s', (_, packet, nowMs = 0) => {
    const { addresses } = watching();
    addresses(leaving(udpPacket(OUT, query(7, ASKED))));
    expect(addresses(packet, nowMs)).toEqual([]);
  });

  it('of what nobody asked for', () => {
    const { watch, addresses } = watching();
    expect(addresses(coming(udpPacket(BACK, GOOD)))).toEqual([]);
    expect(watch.counters.unasked).toBe(1);
  });

  it('of an answer with an error, or truncated', () => {
    for (const [byte, value] of [
      [3, 0x03],
      [2, 0x83],
    ]) {
      const { addresses } = watching();
      addresses(leaving(udpPacket(OUT, query(7, ASKED))));
      const bad = Uint8Array.from(GOOD);
      bad[byte] |= value;
      expect(addresses(coming(udpPacket(BACK, bad)))).toEqual([]);
    }
  });

  it('for a host whose questions another host’s flood pushes out: only its own go', () => {
    const { addresses } = watching();
    addresses(leaving(udpPacket(OUT, query(7, ASKED))));
    for (let id = 0; id < 2_000; id++)
      addresses(leaving(udpPacket({ ...OUT, source: '10.1.0.66' }, query(id, ASKED))));
    expect(addresses(coming(udpPacket(BACK, GOOD)))).toEqual(['192.0.2.1']);
    const first = answer(0, ASKED, [record(NAME, 'A', '192.0.2.1')]);
    expect(addresses(coming(udpPacket({ ...BACK, destination: '10.1.0.66' }, first)))).toEqual([]);
  });
});
