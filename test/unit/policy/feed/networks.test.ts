import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, compareAddresses, ipv4, ipv6, type Prefix } from '../../../../src/address/address.ts';
import { formatPrefix, lastAddress } from '../../../../src/address/prefix.ts';
import { parseNetworks, rangePrefixes } from '../../../../src/policy/feed/networks.ts';
import { address } from '../../address/arbitrary.ts';

describe('a range', () => {
  test.each([
    ['192.0.2.3-192.0.2.10', ['192.0.2.3/32', '192.0.2.4/30', '192.0.2.8/31', '192.0.2.10/32']],
    ['192.0.2.0 - 192.0.2.255', ['192.0.2.0/24']],
    ['192.0.2.7-192.0.2.7', ['192.0.2.7/32']],
    ['0.0.0.0-255.255.255.255', ['0.0.0.0/0']],
    ['255.255.255.254-255.255.255.255', ['255.255.255.254/31']],
    ['2001:db8::1-2001:db8::2', ['2001:db8::1/128', '2001:db8::2/128']],
    ['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['::/0']],
  ])('%s', (text, networks) => {
    expect(parseNetworks(text).map(formatPrefix)).toEqual(networks);
  });

  test('is covered without gap or overlap, with the fewest networks', () => {
    const pair = fc
      .tuple(address, address)
      .filter(([x, y]) => x.family === y.family && compareAddresses(x, y) <= 0);
    fc.assert(
      fc.property(pair, ([first, last]) => {
        const prefixes = rangePrefixes(first, last);
        expect(prefixes[0].address).toEqual(first);
        expect(lastAddress(prefixes[prefixes.length - 1])).toEqual(last);
        prefixes.slice(1).forEach((prefix, i) => {
          const before = prefixes[i];
          expect(prefix.address).toEqual(after(lastAddress(before)));
          // Two halves of one network would have been that network.
          const half = ({ address: of, length }: Prefix) => `${length} ${bits(of).slice(0, length - 1)}`;
          expect(half(prefix)).not.toBe(half(before));
        });
      }),
    );
  });
});

function after(of: Address): Address {
  const size = of.family === 4 ? 32 : 128;
  const next = (BigInt(`0b${bits(of)}`) + 1n).toString(2).padStart(size, '0');
  const [a, b, c, d] = (next.match(/.{32}/g) ?? []).map((word) => Number.parseInt(word, 2));
  return of.family === 4 ? ipv4(a) : ipv6(a, b, c, d);
}

function bits({ family, a, b, c, d }: Address): string {
  return (family === 4 ? [d] : [a, b, c, d]).map((word) => word.toString(2).padStart(32, '0')).join('');
}
