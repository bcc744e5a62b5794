import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ENTRY } from '../../../src/detection/profile-layout.ts';
import { RecencyTable, type Sighting } from '../../../src/detection/recency-table.ts';

const CAPACITY = 256;
/** Keys that fall evenly into the buckets, so that there is room for all of them. */
const KEYS = Array.from({ length: CAPACITY }, (_, i) => 0xffffff00 + i);
const START = 29_000_000;
const DAY = 24 * 60;

const newTable = () => new RecencyTable(new Uint32Array(CAPACITY * ENTRY), 0, CAPACITY);
const unknown: Sighting = { firstMinute: 0, lastMinute: 0, times: 0 };

/** Sightings of all that was ever seen, without a bound. */
class Model {
  readonly #known = new Map<number, Sighting>();

  see(key: number, minute: number): Sighting {
    const known = this.#known.get(key);
    const { lastMinute, times } = known ?? { lastMinute: minute, times: 0 };
    // By a clock that was set back, it was never first seen in the future.
    const firstMinute = Math.min(known?.firstMinute ?? minute, minute);
    const last = known === undefined ? minute : Math.max(lastMinute, minute);
    this.#known.set(key, { firstMinute, lastMinute: last, times: times + 1 });
    return { firstMinute, lastMinute, times };
  }

  look(key: number): Sighting {
    return this.#known.get(key) ?? unknown;
  }
}

const sighting = fc.record({
  key: fc.constantFrom(...KEYS),
  minute: fc.integer({ min: START - DAY, max: START + DAY }),
  see: fc.boolean(),
});

it('tells what was seen, like a list of everything, while there is room', () => {
  fc.assert(
    fc.property(fc.array(sighting, { maxLength: 400, size: 'max' }), (sightings) => {
      const [table, model] = [newTable(), new Model()];
      for (const { key, minute, see } of sightings) {
        if (see) expect({ ...table.see(key, minute) }).toEqual(model.see(key, minute));
        else expect({ ...table.look(key) }).toEqual(model.look(key));
      }
      for (const key of KEYS) expect({ ...table.look(key) }).toEqual(model.look(key));
    }),
  );
});

it('never knows more than it has places for, and always what it saw last', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 500, maxLength: 800, size: 'max' }),
      (keys) => {
        const table = newTable();
        for (const [i, key] of keys.entries()) {
          table.see(key, START + i);
          expect(table.look(key).times).toBeGreaterThan(0);
        }
        const known = new Set(keys.filter((key) => table.look(key).times > 0));
        expect(known.size).toBeLessThanOrEqual(CAPACITY);
        expect(known.size).toBeGreaterThan(0);
      },
    ),
    { numRuns: 30 },
  );
});

it('keeps an old friend while crowds come and go, for most of a day after it was seen', () => {
  const crowd = fc.array(fc.integer({ min: 1, max: 0xffffffff }), {
    minLength: 1_000,
    maxLength: 3_000,
    size: 'max',
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 0xffffffff }),
      crowd,
      fc.integer({ min: 24, max: 60 }),
      (friend, keys, visits) => {
        const table = newTable();
        for (let i = 0; i < visits; i++) table.see(friend, START + i);
        const strangers = keys.filter((key) => key !== friend);
        for (const [i, key] of new Set(strangers).entries())
          table.see(key, START + visits + (key % (DAY - 120)) + (i & 1));
        expect(table.look(friend)).toMatchObject({ firstMinute: START, times: visits });
      },
    ),
    { numRuns: 30 },
  );
});

it('lets a friend go that has not come for days', () => {
  const table = newTable();
  for (let i = 0; i < 100; i++) table.see(1, START + i);
  for (let key = 2; key < 10_000; key++) table.see(key, START + 5 * DAY);
  expect(table.look(1).times).toBe(0);
});

it('does not take a free place for a key', () => {
  const table = newTable();
  expect(table.look(0)).toEqual(unknown);
  expect(table.look(7)).toEqual(unknown);
});
