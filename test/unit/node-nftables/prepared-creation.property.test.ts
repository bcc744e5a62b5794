import fc from 'fast-check';
import { MessageWriter } from 'node-netlink';
import type { ElementSet, SetElement } from 'node-nftables';
import { expect, it } from 'vitest';
import { SETS as OURS, TABLE } from '../../../src/enforcement/sets.ts';
import { writeBatch } from '../../../src/node-nftables/src/elements/batch.ts';
import type { ElementChange } from '../../../src/node-nftables/src/elements/change.ts';
import { layoutOf } from '../../../src/node-nftables/src/elements/element.ts';
import { fieldPlaces } from '../../../src/node-nftables/src/elements/key.ts';
import { PreparedCreations } from '../../../src/node-nftables/src/elements/prepared-creation.ts';

const SETS: readonly ElementSet[] = OURS.map(({ name, type, flags }) => ({
  ...{ family: TABLE.family, table: TABLE.name },
  ...{ name, type, flags },
}));

const anyMs = fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 2 ** 31 }), fc.maxSafeNat());
const anyValue = fc.constantFrom<SetElement['value'][]>(
  undefined,
  undefined,
  { accept: null },
  Uint8Array.of(1),
);
const anyComment = fc.constantFrom(undefined, undefined, undefined, 'incident 7');

function anyElement({ type }: ElementSet): fc.Arbitrary<SetElement> {
  const { start, bytes } = fieldPlaces(type).at(-1) as { start: number; bytes: number };
  const length = typeof type === 'string' ? bytes : start + ((bytes + 3) & ~3);
  const key = fc.uint8Array({ minLength: length, maxLength: length });
  return fc.record(
    { key, timeoutMs: anyMs, expiresInMs: anyMs, value: anyValue, comment: anyComment, keyEnd: key },
    { requiredKeys: ['key'] },
  ) as fc.Arbitrary<SetElement>;
}

const anyChange = fc.constantFrom(...SETS).chain((set) =>
  fc.record({
    action: fc.constantFrom('create' as const, 'create' as const, 'create' as const, 'refresh' as const),
    set: fc.constant(set),
    elements: fc.oneof(
      { weight: 9, arbitrary: fc.tuple(anyElement(set)) },
      fc.array(anyElement(set), { maxLength: 3 }),
    ),
  }),
);

/** More than one element, or one with more than a key and times, is not prepared. */
function isForPreparation([change, ...more]: readonly ElementChange[]): boolean {
  if (change === undefined || more.length > 0) return false;
  const { action, set, elements } = change;
  const [{ value, comment } = {}] = elements;
  const isPlain = elements.length === 1 && value === undefined && comment === undefined;
  return isPlain && action === 'create' && layoutOf(set) === 'single';
}

it('a prepared creation is, to the byte, what is written for the same element', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof({ weight: 9, arbitrary: fc.tuple(anyChange) }, fc.array(anyChange, { maxLength: 2 })),
        {
          maxLength: 30,
        },
      ),
      fc.constantFrom(undefined, 4_711),
      fc.constantFrom(0, 7, 0xffff_fffd, 0xffff_ffff),
      (transactions, generation, sequence) => {
        const prepared = new PreparedCreations(generation);
        for (const changes of transactions) {
          const made = prepared.of(changes);
          expect(made !== undefined).toBe(isForPreparation(changes));
          if (made === undefined) continue;
          made.renumber(sequence);
          const written = new MessageWriter(4096, sequence);
          writeBatch(written, changes, false, generation);
          expect(made.bytes.subarray(0, made.length)).toEqual(written.bytes.subarray(0, written.length));
          const { firstSequence, acknowledgedSequence, sequence: last } = written;
          expect(made).toMatchObject({ firstSequence, acknowledgedSequence, sequence: last });
        }
      },
    ),
    { numRuns: 200 },
  );
});
