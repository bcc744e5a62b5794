import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeInLanes } from '../../../../../../src/edges/console/app/chart/lanes.ts';

const DAY = { fromMs: 0, toMs: 1_000 };

test('spans that overlap get lanes of their own, others share one', () => {
  const { placed, lanes } = placeInLanes(
    [
      { fromMs: 0, toMs: 500 },
      { fromMs: 100, toMs: 200 },
      { fromMs: 600, toMs: 700 },
    ],
    DAY,
  );
  expect(placed.map(({ lane }) => lane)).toEqual([0, 1, 0]);
  expect(lanes).toBe(2);
});

test('a moment is wide enough to be hit, at the very end too', () => {
  const { placed } = placeInLanes([{ fromMs: 1_000, toMs: 1_000 }], DAY, { leastWidth: 2 });
  expect(placed).toMatchObject([{ left: 98, width: 2 }]);
});

test('what is outside of the window is not there, what reaches into it is cut', () => {
  const spans = [
    { fromMs: -50, toMs: -10 },
    { fromMs: -500, toMs: 500 },
    { fromMs: 1_100, toMs: 1_200 },
  ];
  expect(placeInLanes(spans, DAY).placed).toMatchObject([{ left: 0, width: 50 }]);
});

test('however many there are, none overlap in a lane and none are lost from the count', () => {
  const span = fc.tuple(fc.nat(1_000), fc.nat(400)).map(([fromMs, ms]) => ({ fromMs, toMs: fromMs + ms }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 60 }), (spans) => {
      const { placed, left, lanes } = placeInLanes(spans, DAY, { lanes: 3 });
      expect(placed.length + left).toBe(spans.length);
      expect(lanes).toBeLessThanOrEqual(3);
      for (const [i, one] of placed.entries()) {
        expect(one.left + one.width).toBeLessThanOrEqual(100 + 1e-9);
        for (const other of placed.slice(i + 1)) {
          if (other.lane === one.lane) expect(other.left).toBeGreaterThanOrEqual(one.left + one.width - 1e-9);
        }
      }
    }),
  );
});
