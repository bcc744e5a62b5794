import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, fromBytes, parseAddress, toBytes } from '../../../src/address/address.ts';
import {
  AddressRangesBuilder,
  findRange,
  firstOf,
  lastOf,
  noRanges,
  withoutAddresses,
} from '../../../src/address/ranges.ts';

function bytes(text: string): Uint8Array {
  return Uint8Array.from(toBytes(parseAddress(text)));
}

describe('ranges of addresses', () => {
  it.each<[4 | 6, string[]]>([
    [4, ['0.0.0.0', '0.0.0.0', '10.0.0.0', '10.0.0.255', '255.255.255.255', '255.255.255.255']],
    [6, ['::', '::1', '2001:db8::', '2001:db8::ffff', 'ffff::', 'ffff::1']],
  ])('of IPv%i are kept as given, and found by any address in them', (family, ends) => {
    const builder = new AddressRangesBuilder(family);
    for (let i = 0; i < ends.length; i += 2) builder.add(bytes(ends[i]), bytes(ends[i + 1]));
    const ranges = builder.finish();
    expect(ranges.count).toBe(3);
    for (let i = 0; i < 3; i++) {
      const [first, last] = [firstOf(ranges, i), lastOf(ranges, i)];
      expect([first, last].map((each) => formatAddress(fromBytes(each)))).toEqual(
        ends.slice(2 * i, 2 * i + 2),
      );
      expect([findRange(ranges, first), findRange(ranges, last)]).toEqual([i, i]);
    }
    expect(findRange(ranges, bytes(family === 4 ? '10.0.1.0' : '2001:db8::1:0'))).toBe(-1);
    expect(findRange(ranges, bytes(family === 4 ? '9.255.255.255' : '::2'))).toBe(-1);
  });

  it('may be many', () => {
    const builder = new AddressRangesBuilder(4);
    for (let i = 0; i < 5_000; i++) {
      const address = Uint8Array.of(10, i >> 8, i & 255, 1);
      builder.add(address, address);
    }
    const ranges = builder.finish();
    expect(findRange(ranges, bytes('10.16.4.1'))).toBe(16 * 256 + 4);
    expect(ranges.bytes).toHaveLength(40_000);
  });

  it('may be none', () => {
    expect(findRange(noRanges(4), bytes('192.0.2.1'))).toBe(-1);
  });

  it('without some addresses they hold all others', () => {
    // In a space of one byte every address can be asked for.
    const byte = fc.integer({ min: 0, max: 255 });
    const address = (last: number) => Uint8Array.of(10, 0, 0, last);
    fc.assert(
      fc.property(
        fc.uniqueArray(byte, { maxLength: 12, size: 'max' }),
        fc.uniqueArray(byte, { maxLength: 12, size: 'max' }),
        (ends, taken) => {
          const builder = new AddressRangesBuilder(4);
          const sorted = ends.toSorted((x, y) => x - y);
          for (let i = 0; i + 1 < sorted.length; i += 2)
            builder.add(address(sorted[i]), address(sorted[i + 1]));
          const ranges = builder.finish();
          const left = withoutAddresses(ranges, [
            ...taken.map((last) => fromBytes([...address(last)])),
            parseAddress('2001:db8::1'),
          ]);
          for (let last = 0; last < 256; last++) {
            const held = findRange(ranges, address(last)) >= 0 && !taken.includes(last);
            expect([last, findRange(left, address(last)) >= 0]).toEqual([last, held]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
