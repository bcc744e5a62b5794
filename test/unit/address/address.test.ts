import { isIP } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressBits,
  compareAddresses,
  copyAddress,
  formatAddress,
  fromBytes,
  ipv4,
  ipv6,
  mutableAddress,
  parseAddress,
  sameAddress,
  toBytes,
} from '../../../src/address/address.ts';
import { AddressError } from '../../../src/address/errors.ts';
import { address, isMapped } from './arbitrary.ts';

describe('text to address', () => {
  it.each([
    ['0.0.0.0', ipv4(0)],
    ['255.255.255.255', ipv4(0xffffffff)],
    ['203.0.113.9', ipv4(0xcb007109)],
    ['::', ipv6(0, 0, 0, 0)],
    ['::1', ipv6(0, 0, 0, 1)],
    ['2001:DB8::8:800:200c:417A', ipv6(0x20010db8, 0, 0x00080800, 0x200c417a)],
    ['64:ff9b::192.0.2.33', ipv6(0x64ff9b, 0, 0, 0xc0000221)],
  ])('%s', (text, expected) => {
    expect(parseAddress(text)).toEqual(expected);
  });

  it.each([
    '',
    ' 192.0.2.1',
    '192.0.2.1 ',
    '192.0.2.1\n',
    '192.0.2',
    '192.0.2.1.1',
    '192.0.2.256',
    '192.0.2.01',
    '010.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '2130706433',
    '192.0.2.-1',
    '1e1.0.0.1',
    '192.0.2.1/32',
    'localhost',
    ':',
    ':::',
    '::1::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '2001:db8::12345',
    '2001:db8:::1',
    '[::1]',
    'fe80::1%eth0',
    '::ffff:192.0.2.1',
    '::ffff:c000:201',
    '64:ff9b::010.0.0.1',
    '64:ff9b::0x7f.0.0.1',
    '64:ff9b::192.0.2.256',
    `::${'0'.repeat(60)}1`,
    '１９２.0.2.1',
  ])('refuses %j', (text) => {
    expect(() => parseAddress(text)).toThrow(AddressError);
  });

  it.each([
    ['fe80::1%eth0', 'leave out the part from %'],
    ['::ffff:192.0.2.1', 'write 192.0.2.1'],
    ['010.0.0.1', 'without leading zeros'],
    ['example.org', 'for example 192.0.2.1'],
  ])('says what would be right for %s', (text, words) => {
    expect(() => parseAddress(text)).toThrow(words);
  });

  it('throws only its own error, whatever the text, and takes nothing that Node would not', () => {
    const part = fc.constantFrom(
      '0',
      '1',
      '00',
      '255',
      '256',
      'ffff',
      'g',
      ':',
      '::',
      '.',
      '%',
      '/',
      ' ',
      'x',
      '-',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 24 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        try {
          expect(parseAddress(candidate).family).toBe(isIP(candidate));
        } catch (error) {
          if (!(error instanceof AddressError)) throw error;
          expect(error.code).toBe('PENSTOCK_ADDRESS_INVALID');
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('address to text', () => {
  // RFC 5952 section 4.
  it.each([
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:DB8::A', '2001:db8::a'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:0:0:0:0:0', '1::'],
  ])('%s is %s', (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  it('is the text that URLs have, and reads back as the same address', () => {
    fc.assert(
      fc.property(
        address.filter((each) => !isMapped(each)),
        (each) => {
          const text = formatAddress(each);
          const host = each.family === 4 ? text : `[${text}]`;
          expect(new URL(`http://${host}/`).hostname).toBe(host);
          expect(parseAddress(text)).toEqual(each);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('bytes', () => {
  it('go there and back', () => {
    fc.assert(
      fc.property(address, (each) => {
        const bytes = toBytes(each);
        expect(bytes).toHaveLength(addressBits(each.family) / 8);
        expect(fromBytes(bytes)).toEqual(each);
      }),
    );
  });

  it('are in network order', () => {
    expect(toBytes(parseAddress('203.0.113.9'))).toEqual([203, 0, 113, 9]);
    expect(toBytes(parseAddress('2001:db8::1'))).toEqual([
      0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });
});

describe('comparing', () => {
  it('is a total order that agrees with equality', () => {
    fc.assert(
      fc.property(address, address, address, (x, y, z) => {
        expect(compareAddresses(x, y) === 0).toBe(sameAddress(x, y));
        expect(Math.sign(compareAddresses(x, y)) + Math.sign(compareAddresses(y, x))).toBe(0);
        const [low, middle, high] = [x, y, z].toSorted(compareAddresses);
        expect(compareAddresses(low, middle)).toBeLessThanOrEqual(0);
        expect(compareAddresses(low, high)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('tells families with the same words apart', () => {
    expect(sameAddress(ipv4(1), ipv6(0, 0, 0, 1))).toBe(false);
    expect(compareAddresses(ipv4(0xffffffff), ipv6(0, 0, 0, 0))).toBeLessThan(0);
  });
});

describe('copies', () => {
  it('do not change with the original', () => {
    const original = mutableAddress();
    Object.assign(original, parseAddress('192.0.2.1'));
    const copy = copyAddress(original);
    Object.assign(original, parseAddress('2001:db8::1'));
    expect(copy).toEqual(parseAddress('192.0.2.1'));
  });

  it('hold unsigned words', () => {
    expect(ipv4(-1)).toEqual(parseAddress('255.255.255.255'));
    expect(ipv6(-1, 0, 0, -2)).toEqual(parseAddress('ffff:ffff::ffff:fffe'));
  });
});
