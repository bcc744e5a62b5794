import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, ipv4, ipv6, toBytes } from '../../../src/address/address.ts';
import { NeighbourDecodeError } from '../../../src/neighbour/errors.ts';
import { formatMac, isStation, macBytes } from '../../../src/neighbour/mac.ts';
import * as rt from '../../../src/neighbour/rtnetlink.ts';
import { bytesOf, decodeBytes, hex, linkLayer, neighbourBytes, written } from './frames.ts';

/** From a dump of kernel 6.18. */
const STALE_IPV4 = hex(`4c0000001c000200020000002c310000 020000000200000004000001 080001000a01000a
  0a00020002000000000a0000 0800040000000000 140003007b1700000b0000000b00000000000000`);
const REACHABLE_LINK_LOCAL = hex(`580000001c000200020000002c310000 0a0000000200000002000001
  14000100fe800000000000000000000000000010 0a00020002000000000a0000 0800040000000000
  1400030003000000030000000300000001000000`);
const MULTICAST = hex(`4c0000001c000200020000002c310000 020000000200000040000005 08000100e0000016
  0a00020001005e0000160000 0800040000000000 1400030083170000130000001300000000000000`);

function shown(bytes: Uint8Array) {
  const message = decodeBytes(bytes);
  if (message?.kind !== 'neighbour') return message;
  const { address, ...rest } = message.neighbour;
  return { address: formatAddress(address), ...rest };
}

describe('neighbours', () => {
  it.each([
    ['a stale one', STALE_IPV4, { address: '10.1.0.10', mac: '02:00:00:00:00:0a' }],
    ['a reachable one', REACHABLE_LINK_LOCAL, { address: 'fe80::10', mac: '02:00:00:00:00:0a' }],
    ['multicast, of which nothing was resolved', MULTICAST, { address: '224.0.0.22', mac: undefined }],
  ])('are decoded: %s', (_, frame, neighbour) => {
    expect(shown(frame)).toEqual({ ...neighbour, interfaceIndex: 2 });
  });

  const destination = bytesOf('10.1.0.10');
  const mac = linkLayer('02:00:00:00:00:0a');
  const RESOLVED = { reachable: 0x02, stale: 0x04, delay: 0x08, probe: 0x10, permanent: 0x80 };
  const NOT_RESOLVED = { none: 0x00, incomplete: 0x01, failed: 0x20, noarp: 0x40 };

  it.each(Object.entries(RESOLVED))('have a station in state %s', (_, state) => {
    expect(shown(neighbourBytes({ state, destination, linkLayer: mac }))).toMatchObject({
      mac: formatMac(mac),
    });
  });

  it.each(Object.entries(NOT_RESOLVED))('have no station in state %s', (_, state) => {
    expect(shown(neighbourBytes({ state, destination, linkLayer: mac }))).toMatchObject({ mac: undefined });
  });

  it('have no station once gone', () => {
    const bytes = neighbourBytes({ type: rt.RTM_DELNEIGH, destination, linkLayer: mac });
    expect(shown(bytes)).toMatchObject({ address: '10.1.0.10', mac: undefined });
  });

  it.each([0, 1, 4, 8, 20])('have no station where the link-layer address has %i bytes', (length) => {
    const bytes = neighbourBytes({ destination, linkLayer: Array<number>(length).fill(2) });
    expect(shown(bytes)).toMatchObject({ mac: undefined });
  });

  it('of a bridge, which are stations and not addresses, are passed over', () => {
    const AF_BRIDGE = 7;
    expect(shown(neighbourBytes({ family: AF_BRIDGE, linkLayer: mac }))).toBeUndefined();
  });

  it.each([
    ['without an address', neighbourBytes({ linkLayer: mac })],
    ['with an address of the other family', neighbourBytes({ family: rt.AF_INET6, destination })],
    ['shorter than its header', hex('140000001c000000010000000000000002000000')],
    ['with an attribute longer than the message', STALE_IPV4.with(28, 0xff)],
  ])('%s are refused', (_, bytes) => {
    expect(() => decodeBytes(bytes)).toThrow(NeighbourDecodeError);
  });

  it('survive the way through bytes', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const address = fc.oneof(
      word.map(ipv4),
      fc.tuple(word, word, word, word).map((words) => ipv6(...words)),
    );
    const station = fc.uint8Array({ minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(address, station, fc.nat(0x7fffffff), (wanted, bytes, index) => {
        const family = wanted.family === 4 ? rt.AF_INET : rt.AF_INET6;
        const frame = neighbourBytes({ family, index, destination: toBytes(wanted), linkLayer: [...bytes] });
        expect(decodeBytes(frame)).toEqual({
          kind: 'neighbour',
          neighbour: { address: wanted, interfaceIndex: index, mac: formatMac(bytes) },
        });
      }),
    );
  });
});

interface LinkParts {
  type?: number;
  family?: number;
  kind?: string;
  below?: number;
  elsewhere?: boolean;
}

function linkBytes({ type = rt.RTM_NEWLINK, family = 0, kind = 'vlan', below = 0, elsewhere }: LinkParts) {
  return written((writer) => {
    writer.begin(type, 0);
    const at = writer.reserve(rt.IFINFOMSG_BYTES);
    writer.view.setUint8(at, family);
    writer.view.setUint16(at + 2, rt.ARPHRD_ETHER, true);
    writer.view.setInt32(at + 4, 9, true);
    writer.string(rt.IFLA_IFNAME, 'lan.7');
    writer.data(rt.IFLA_ADDRESS, linkLayer('02:00:00:00:00:01'));
    writer.u32(rt.IFLA_MASTER, 4);
    if (below) writer.u32(rt.IFLA_LINK, below);
    if (elsewhere) writer.u32(rt.IFLA_LINK_NETNSID, 1);
    writer.beginNested(rt.IFLA_LINKINFO);
    writer.string(rt.IFLA_INFO_KIND, kind);
    writer.endNested();
  });
}

describe('links', () => {
  it('are decoded', () => {
    const link = { index: 9, name: 'lan.7', kind: 'vlan', isEthernet: true, master: 4, below: 3 };
    expect(decodeBytes(linkBytes({ below: 3 }))).toEqual({
      kind: 'link',
      link: { ...link, mac: '02:00:00:00:00:01' },
    });
  });

  it.each<[string, LinkParts]>([
    ['of a veth pair', { kind: 'veth', below: 3 }],
    ['whose carrier is in another namespace', { below: 3, elsewhere: true }],
  ])('%s have no carrier here', (_, parts) => {
    expect(decodeBytes(linkBytes(parts))).toMatchObject({ link: { below: 0 } });
  });

  it('that are gone are told', () => {
    expect(decodeBytes(linkBytes({ type: rt.RTM_DELLINK }))).toEqual({ kind: 'link-gone', index: 9 });
  });

  it.each([rt.RTM_NEWLINK, rt.RTM_DELLINK])('as ports of a bridge (message %i) are passed over', (type) => {
    expect(decodeBytes(linkBytes({ type, family: 7 }))).toBeUndefined();
  });
});

it('any bytes are decoded, passed over or refused, and nothing else', () => {
  const types = fc.constantFrom(rt.RTM_NEWLINK, rt.RTM_DELLINK, rt.RTM_NEWNEIGH, rt.RTM_DELNEIGH, 24);
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 200, size: 'max' }), (type, payload) => {
      const bytes = new Uint8Array(16 + payload.length);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, bytes.length, true);
      view.setUint16(4, type, true);
      bytes.set(payload, 16);
      try {
        decodeBytes(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(NeighbourDecodeError);
      }
    }),
    { numRuns: 2_000 },
  );
});

describe('link-layer addresses', () => {
  it('survive the way through text', () => {
    const bytes = fc.uint8Array({ minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(bytes, (mac) => {
        expect(macBytes(formatMac(mac))).toEqual([...mac]);
      }),
    );
  });

  it.each([
    '',
    '02:00:00:00:00',
    '02:00:00:00:00:0A',
    '02-00-00-00-00-0a',
    '02:00:00:00:00:0a:01',
    '2:0:0:0:0:a',
  ])("'%s' is none in canonical form", (text) => expect(macBytes(text)).toBeUndefined());

  it.each([
    ['02:00:00:00:00:0a', true],
    ['ff:ff:ff:ff:ff:ff', false],
    ['01:00:5e:00:00:01', false],
    ['33:33:00:00:00:01', false],
    ['00:00:00:00:00:00', false],
    ['not one', false],
  ])('%s is of one station: %s', (mac, expected) => expect(isStation(mac)).toBe(expected));
});
