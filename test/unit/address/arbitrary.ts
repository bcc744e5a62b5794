import * as fc from 'fast-check';
import { type Address, ipv4, ipv6 } from '../../../src/address/address.ts';

/** Zero and full words often, so that runs of them and borders come up. */
const word = fc.oneof(
  fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffff0000, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);

const v4 = word.map(ipv4);
const v6 = fc.tuple(word, word, word, word).map(([a, b, c, d]) => ipv6(a, b, c, d));

export const address: fc.Arbitrary<Address> = fc.oneof(v4, v6);

export const isMapped = ({ family, a, b, c }: Address): boolean =>
  family === 6 && a === 0 && b === 0 && c === 0xffff;
