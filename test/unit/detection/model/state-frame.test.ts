import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seal, unseal } from '../../../../src/detection/model/state-frame.ts';

const numbers = fc.array(fc.double(), { maxLength: 30 }).map((list) => Float64Array.from(list));

it('gives back what was sealed, wherever the bytes lie', () => {
  fc.assert(
    fc.property(numbers, fc.nat(9), (list, offset) => {
      const sealed = seal(list);
      const shifted = new Uint8Array(sealed.length + offset);
      shifted.set(sealed, offset);
      expect(unseal(shifted.subarray(offset))).toEqual(list);
    }),
  );
});

it('takes nothing that was damaged in one place', () => {
  fc.assert(
    fc.property(numbers, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, place, flipped) => {
      const sealed = seal(list);
      sealed[place % sealed.length] ^= flipped;
      expect(unseal(sealed)).toBeUndefined();
    }),
  );
});

it('takes nothing that was cut off, and no other bytes', () => {
  fc.assert(
    fc.property(numbers, fc.nat(), (list, length) => {
      const sealed = seal(list);
      expect(unseal(sealed.subarray(0, length % sealed.length))).toBeUndefined();
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => unseal(bytes) === undefined));
});
