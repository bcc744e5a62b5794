import fc from 'fast-check';
import type { SetElement } from 'node-nftables';
import { describe, expect, it } from 'vitest';
import { elementId, type KernelElement } from '../../../src/enforcement/element.ts';
import { SetComparison } from '../../../src/enforcement/set-comparison.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

/** Few, so that they meet; the last is the first again, as a part of a larger buffer. */
const anyKey = fc.constantFrom(
  ...Array.from({ length: 40 }, (_, i) => Uint8Array.of(10, i & 3, 0, i >> 2)),
  Buffer.from([7, 10, 0, 0, 0]).subarray(1),
);
const wantedOf = (key: Uint8Array, timeoutMs = HOUR): KernelElement => ({
  set: 'destination4',
  id: elementId('destination4', key),
  key,
  timeoutMs,
  expiresAtMs: NOW + timeoutMs,
});
const foundOf = (key: Uint8Array, timeoutMs = HOUR): SetElement => ({
  key,
  timeoutMs,
  expiresInMs: timeoutMs,
});
const hex = (key: Uint8Array) => Buffer.from(key).toString('hex');
const idsOf = (elements: readonly KernelElement[]) => elements.map(({ id }) => id).toSorted();

function compared(wanted: readonly KernelElement[], found: readonly SetElement[]) {
  const comparison = new SetComparison('destination4', wanted);
  for (const element of found) comparison.take(element, NOW);
  return comparison.finish();
}

describe('a set beside what should be in it', () => {
  it('lacks what was not found, and has too much what nobody wants, each once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyKey, { selector: hex }), fc.array(anyKey), (wanted, found) => {
        const { add, remove, refresh } = compared(
          wanted.map((key) => wantedOf(key)),
          found.map((key) => foundOf(key)),
        );
        const [should, is] = [wanted, found].map(
          (keys) => new Set(keys.map((key) => elementId('destination4', key))),
        );
        expect(idsOf(add)).toEqual([...should.difference(is)].toSorted());
        expect(idsOf(remove)).toEqual([...is.difference(should)].toSorted());
        expect(refresh).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('has the life of the last who asked for an element, and loses another', () => {
    const key = Uint8Array.of(10, 0, 0, 1);
    const [long, short] = [wantedOf(key, 5 * HOUR), wantedOf(key)];
    expect(compared([long, short], [foundOf(key)])).toEqual({ add: [], refresh: [], remove: [] });
    expect(compared([short, long], [foundOf(key)]).refresh).toEqual([long]);
  });

  it('tells ranges that begin together by their ends', () => {
    const range = (last: number) => ({
      ...wantedOf(Uint8Array.of(10, 0, 0, 0)),
      keyEnd: Uint8Array.of(10, 0, 0, last),
    });
    const found = { ...foundOf(Uint8Array.of(10, 0, 0, 0)), keyEnd: Uint8Array.of(10, 0, 0, 7) };
    expect(compared([range(255), range(7)], [found]).add).toEqual([range(255)]);
    expect(compared([range(0)], [foundOf(Uint8Array.of(10, 0, 0, 0))]).add).toEqual([]);
  });

  it('is compared anew when everything comes once more', () => {
    const key = Uint8Array.of(10, 0, 0, 1);
    const comparison = new SetComparison('destination4', [wantedOf(key)]);
    comparison.take(foundOf(key), NOW);
    comparison.take(foundOf(Uint8Array.of(10, 0, 0, 2)), NOW);
    comparison.restart();
    expect(comparison.finish()).toEqual({ add: [wantedOf(key)], refresh: [], remove: [] });
  });
});
