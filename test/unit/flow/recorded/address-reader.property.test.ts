import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mutableAddress, parseAddress } from '../../../../src/address/address.ts';
import { AddressError } from '../../../../src/address/errors.ts';
import { AddressReader } from '../../../../src/flow/recorded/address-reader.ts';

const octet = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.constantFrom('', '00', '01', '-1', '+1', ' 1', '1 ', '0x1', '1e1', '99999999999', 'a', '\u0661'),
);
const nearlyDotted = fc.array(octet, { minLength: 1, maxLength: 5 }).map((octets) => octets.join('.'));
const text = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  nearlyDotted,
  fc.string({ unit: fc.constantFrom(...'0123456789.:af%'), maxLength: 20 }),
);

it('reads exactly what parseAddress takes, to the same address, and refuses what it refuses', () => {
  const reader = new AddressReader();
  const address = mutableAddress();
  fc.assert(
    fc.property(text, (candidate) => {
      // Twice: the second time it may be remembered.
      for (let i = 0; i < 2; i++) {
        const read = outcomeOf(() => {
          reader.read(candidate, address);
          return { ...address };
        });
        expect(read).toEqual(outcomeOf(() => parseAddress(candidate)));
      }
    }),
    { numRuns: 2000 },
  );
});

it('remembers a bounded number of addresses and reads on', () => {
  const reader = new AddressReader();
  const address = mutableAddress();
  for (let i = 0; i < 10_000; i++) {
    reader.read(`2001:db8::${i.toString(16)}`, address);
    expect(address.d).toBe(i);
  }
});

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof AddressError) return error.problem;
    throw error;
  }
}
