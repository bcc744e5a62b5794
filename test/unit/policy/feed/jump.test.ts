import { expect, test } from 'vitest';
import { ipv4, ipv6 } from '../../../../src/address/address.ts';
import { parsePrefix } from '../../../../src/address/prefix.ts';
import { jumpBetween } from '../../../../src/policy/feed/jump.ts';
import { packPrefixes } from '../../../../src/policy/prefix-packing.ts';
import { LIMITS } from './orders.ts';

const hosts = (count: number) =>
  packPrefixes(Array.from({ length: count }, (_, i) => ({ address: ipv4(0xc6000000 + 2 * i), length: 32 })));
const networks = (...texts: string[]) => packPrefixes(texts.map(parsePrefix));

test.each([
  ['loses half', 1_000, 500, undefined],
  ['loses more than half', 1_000, 499, 'shrank from 1000 to 499 networks at once, by more than 50 %'],
  ['loses all but one', 12, 1, 'shrank from 12 to 1'],
  ['loses ten', 11, 1, undefined],
  ['grows to five times its size', 1_000, 5_000, undefined],
  ['grows by more', 1_000, 5_001, 'grew from 1000 to 5001 networks at once, by more than 400 %'],
  ['grows by a hundred', 1, 101, undefined],
  ['grows by a hundred and one', 1, 102, 'grew from 1 to 102'],
  ['stays', 1_000, 1_000, undefined],
])('a list that %s', (_, from, to, expected) => {
  const jump = jumpBetween(hosts(from), hosts(to), LIMITS);
  if (expected === undefined) expect(jump).toBeUndefined();
  else expect(jump).toContain(expected);
});

test('limits are those of the policy', () => {
  expect(jumpBetween(hosts(1_000), hosts(899), { ...LIMITS, maxShrinkPercent: 10 })).toContain('10 %');
  expect(jumpBetween(hosts(1_000), hosts(1), { ...LIMITS, maxShrinkPercent: 100 })).toBeUndefined();
  expect(jumpBetween(hosts(1_000), hosts(1_101), { ...LIMITS, maxGrowthPercent: 10 })).toContain('10 %');
});

test('few networks that hold much of the Internet are a jump too', () => {
  const before = hosts(100);
  expect(
    jumpBetween(before, networks('198.0.0.0/8', '203.0.0.0/8'), { ...LIMITS, maxShrinkPercent: 100 }),
  ).toContain('more of all addresses');
  expect(
    jumpBetween(before, networks('198.0.0.0/9', '203.0.0.0/10'), { ...LIMITS, maxShrinkPercent: 100 }),
  ).toBeUndefined();
  const six = packPrefixes([{ address: ipv6(0x20010db8, 0, 0, 1), length: 128 }]);
  expect(jumpBetween(six, networks('2a00::/16', '2a01::/16'), LIMITS)).toContain('more of all addresses');
  expect(jumpBetween(networks('2a00::/16'), networks('2a00::/16', '2a01::/16'), LIMITS)).toBeUndefined();
});
