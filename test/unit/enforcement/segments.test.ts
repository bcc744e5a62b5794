import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../../src/address/prefix.ts';
import {
  longest,
  numberBytes,
  type PrefixBlock,
  rangeOf,
  segments,
} from '../../../src/enforcement/segments.ts';

const HOUR = 3_600_000;

function block(prefix: string, hours: number): PrefixBlock {
  return { prefix: parsePrefix(prefix), timeoutMs: hours * HOUR, expiresAtMs: hours * HOUR };
}

function drawn(blocks: PrefixBlock[]): string[] {
  const text = (value: bigint) => numberBytes(value, 4).join('.');
  return segments(blocks).map(
    ({ first, last, expiresAtMs }) => `${text(first)}-${text(last)} ${expiresAtMs / HOUR}h`,
  );
}

describe('segments', () => {
  it.each([
    ['nothing', [], []],
    ['one prefix', [block('203.0.113.0/24', 1)], ['203.0.113.0-203.0.113.255 1h']],
    [
      'a longer block inside a shorter one cuts it',
      [block('203.0.113.0/24', 1), block('203.0.113.128/25', 5)],
      ['203.0.113.0-203.0.113.127 1h', '203.0.113.128-203.0.113.255 5h'],
    ],
    [
      'a shorter block inside a longer one changes nothing',
      [block('203.0.113.0/24', 5), block('203.0.113.128/25', 1)],
      ['203.0.113.0-203.0.113.255 5h'],
    ],
    [
      'neighbours that end at different times stay two',
      [block('203.0.112.0/24', 1), block('203.0.113.0/24', 5)],
      ['203.0.112.0-203.0.112.255 1h', '203.0.113.0-203.0.113.255 5h'],
    ],
    [
      'neighbours that end together are joined',
      [block('203.0.112.0/24', 5), block('203.0.113.0/24', 5)],
      ['203.0.112.0-203.0.113.255 5h'],
    ],
    ['the whole of IPv4', [block('0.0.0.0/0', 1)], ['0.0.0.0-255.255.255.255 1h']],
  ])('%s', (_, blocks, expected) => expect(drawn(blocks)).toEqual(expected));

  it('covers just the addresses blocked, each as long as its longest block', () => {
    const small = fc.record({
      base: fc.integer({ min: 0, max: 63 }),
      length: fc.integer({ min: 26, max: 32 }),
      hours: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(small, { maxLength: 8 }), (drafts) => {
        const blocks = drafts.map(({ base, length, hours }) => {
          const network = base - (base % 2 ** (32 - length));
          return block(`10.0.0.${network}/${length}`, hours);
        });
        const cut = segments(blocks);
        for (let at = rangeOf(parsePrefix('10.0.0.0/26')).first, i = 0; i < 64; i += 1, at += 1n) {
          const over = blocks.filter(
            ({ prefix }) => rangeOf(prefix).first <= at && at <= rangeOf(prefix).last,
          );
          const holding = cut.filter(({ first, last }) => first <= at && at <= last);
          expect(holding.map((s) => s.expiresAtMs)).toEqual(over.length ? [longest(over).expiresAtMs] : []);
        }
      }),
    );
  });
});
