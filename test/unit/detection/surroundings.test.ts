import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  formatAddress,
  ipv4,
  ipv6,
  parseAddress,
  toBytes,
} from '../../../src/address/address.ts';
import {
  isDns,
  isEchoRequest,
  isInside,
  isNowhere,
  isPeriodicByDesign,
  isWeb,
  serviceKey,
} from '../../../src/detection/surroundings.ts';

/** The library’s name of the range that an address lies in. */
const rangeOf = (address: Address) => ipaddr.fromByteArray(toBytes(address)).range();

const INSIDE = ['private', 'carrierGradeNat', 'uniqueLocal', 'linkLocal'];
const NOWHERE = ['unspecified', 'broadcast', 'multicast', 'linkLocal', 'loopback'];

/** Numbers often near where ranges begin and end. */
function near(borders: readonly number[]): fc.Arbitrary<number> {
  const border = fc.tuple(fc.constantFrom(...borders), fc.integer({ min: -2, max: 2 }));
  return fc.oneof(
    border.map(([at, off]) => (at + off) >>> 0),
    fc.integer({ min: 0, max: 0xffffffff }),
  );
}

const BORDERS_4 = [0, 10, 11, 100, 127, 128, 169, 172, 192, 203, 224, 240, 255].map((top) => top * 2 ** 24);
const WITHIN_4 = ['100.64.0.0', '100.128.0.0', '169.254.0.0', '169.255.0.0', '172.16.0.0', '172.32.0.0'];
const MORE_4 = ['192.168.0.0', '192.169.0.0', '255.255.255.255'];
const BORDERS_6 = [
  0, 0x20000000, 0x20010db8, 0x64ff9b, 0xfc000000, 0xfe000000, 0xfe800000, 0xfec00000, 0xff000000,
];
const v4 = near([...BORDERS_4, ...[...WITHIN_4, ...MORE_4].map((text) => parseAddress(text).d)]).map(ipv4);
const v6 = fc
  .tuple(near(BORDERS_6), near([0]), near([0, 0xffff]), near([0, 1]))
  .map(([a, b, c, d]) => ipv6(a, b, c, d));

describe('inside', () => {
  it.each([
    '10.0.0.0',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '169.254.1.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    'fc00::1',
    'fdff:ffff::1',
    'fe80::1',
  ])('is %s', (text) => {
    expect(isInside(parseAddress(text))).toBe(true);
  });

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '203.0.113.9',
    '2001:db8::1',
    '2a00::1',
    'fbff::1',
    'fe00::1',
    'fec0::1',
  ])('is not %s', (text) => {
    expect(isInside(parseAddress(text))).toBe(false);
  });

  it('is what the library calls so, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (address) => {
        const range = rangeOf(address);
        expect(isInside(address), `${formatAddress(address)} ${range}`).toBe(INSIDE.includes(range));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('nowhere', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '169.254.169.254',
    '224.0.0.251',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'febf::1',
    'ff02::fb',
    'ff0e::1',
  ])('is %s', (text) => {
    expect(isNowhere(parseAddress(text))).toBe(true);
  });

  it.each(['1.0.0.1', '10.0.0.1', '126.0.0.1', '128.0.0.1', '169.253.0.1', '223.255.255.255', '203.0.113.9'])(
    'is not %s',
    (text) => {
      expect(isNowhere(parseAddress(text))).toBe(false);
    },
  );

  it.each(['2001:db8::1', '2a00::', 'fd00::1', 'fec0::1', '64:ff9b::102:304', '100::1'])(
    'is not %s',
    (text) => {
      expect(isNowhere(parseAddress(text))).toBe(false);
    },
  );

  it('is what the library calls so', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (address) => {
        const range = rangeOf(address);
        const { a, d, family } = address;
        // Reserved for later, and what has no more than an IPv4 address in it: neither is routed.
        const reserved = family === 4 ? d >>> 28 === 15 : a === 0;
        expect(isNowhere(address), `${formatAddress(address)} ${range}`).toBe(
          NOWHERE.includes(range) || reserved,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

const KINDS = { isWeb, isDns, isEchoRequest, isPeriodicByDesign };
const [ICMP, TCP, UDP, ICMPV6, SCTP] = [1, 6, 17, 58, 132];

describe('services', () => {
  it.each<[keyof typeof KINDS, number, number, boolean]>([
    ['isWeb', TCP, 443, true],
    ['isWeb', TCP, 80, true],
    ['isWeb', UDP, 443, true],
    ['isWeb', TCP, 8443, false],
    ['isWeb', SCTP, 443, false],
    ['isDns', UDP, 53, true],
    ['isDns', TCP, 53, true],
    ['isDns', TCP, 853, false],
    ['isDns', SCTP, 53, false],
    ['isEchoRequest', ICMP, 8, true],
    ['isEchoRequest', ICMPV6, 128, true],
    ['isEchoRequest', ICMP, 0, false],
    ['isEchoRequest', ICMP, 128, false],
    ['isEchoRequest', ICMPV6, 8, false],
    ['isEchoRequest', TCP, 8, false],
    ['isPeriodicByDesign', UDP, 123, true],
    ['isPeriodicByDesign', UDP, 53, true],
    ['isPeriodicByDesign', TCP, 53, true],
    ['isPeriodicByDesign', ICMP, 0, true],
    ['isPeriodicByDesign', ICMPV6, 0, true],
    ['isPeriodicByDesign', TCP, 123, false],
    ['isPeriodicByDesign', TCP, 443, false],
    ['isPeriodicByDesign', UDP, 443, false],
    ['isPeriodicByDesign', SCTP, 53, false],
  ])('%s of protocol %i, port or type %i: %s', (name, protocol, port, expected) => {
    expect(KINDS[name](protocol, port)).toBe(expected);
  });

  it('have one number each', () => {
    const service = fc.tuple(fc.nat(255), fc.nat(65_535));
    fc.assert(
      fc.property(service, service, (x, y) => {
        const same = x[0] === y[0] && x[1] === y[1];
        expect(serviceKey(...x) === serviceKey(...y)).toBe(same);
        expect(serviceKey(...x)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
