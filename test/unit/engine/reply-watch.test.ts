import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { PATIENCE_MS, ReplyWatch } from '../../../src/engine/reply-watch.ts';
import type { FlowTable, TableChange } from '../../../src/flow/flow-table.ts';
import { flowOf } from '../incident/flow.ts';

const FLOW = flowOf();
/** The flow in each slot says by its port which one it is. */
const table: Pick<FlowTable, 'flowAt'> = { flowAt: (slot) => ({ ...FLOW, hostPort: slot }) };

function change(slot: number, kind: TableChange['kind'], replied = false): TableChange {
  const counters = { bytesOut: 0, bytesIn: 0, packetsOut: 0, packetsIn: 0 };
  return { slot, kind, flow: { ...FLOW, replied }, ...counters };
}

type Step =
  | readonly ['begins' | 'is answered' | 'goes on' | 'ends', number]
  /** Milliseconds, and the slots that are reported then. */
  | readonly ['passes', number, number[]];

describe('ReplyWatch', () => {
  let watch: ReplyWatch;
  let clockMs: number;

  beforeEach(() => {
    watch = new ReplyWatch(table);
    clockMs = 1_000_000;
  });

  const sweep = (): number[] => {
    const reported: number[] = [];
    watch.sweep(clockMs, ({ hostPort }) => reported.push(hostPort));
    return reported;
  };
  const act = (step: Step): void => {
    switch (step[0]) {
      case 'begins':
        watch.note(change(step[1], 'started'));
        watch.add(step[1], clockMs);
        break;
      case 'is answered':
        watch.note(change(step[1], 'progressed', true));
        break;
      case 'goes on':
        watch.note(change(step[1], 'progressed'));
        break;
      case 'ends':
        watch.note(change(step[1], 'ended'));
        break;
      case 'passes':
        clockMs += step[1];
        expect(sweep()).toEqual(step[2]);
    }
  };

  it.each<[string, Step[]]>([
    [
      'a flow that nobody answers, when its time is over',
      [
        ['begins', 1],
        ['passes', PATIENCE_MS - 1, []],
        ['passes', 1, [1]],
      ],
    ],
    [
      'it once',
      [
        ['begins', 1],
        ['passes', PATIENCE_MS, [1]],
        ['goes on', 1],
        ['passes', 10 * PATIENCE_MS, []],
      ],
    ],
    [
      'several in the order in which they came, each at its time',
      [
        ['begins', 3],
        ['passes', 1_000, []],
        ['begins', 1],
        ['begins', 2],
        ['passes', PATIENCE_MS - 1_000, [3]],
        ['passes', 1_000, [1, 2]],
      ],
    ],
    [
      'none that was answered',
      [
        ['begins', 1],
        ['begins', 2],
        ['is answered', 1],
        ['passes', PATIENCE_MS, [2]],
      ],
    ],
    [
      'none that has ended, whose end speaks for itself',
      [
        ['begins', 1],
        ['ends', 1],
        ['passes', PATIENCE_MS, []],
      ],
    ],
    [
      'one of which more was seen meanwhile, but no answer',
      [
        ['begins', 1],
        ['goes on', 1],
        ['passes', PATIENCE_MS, [1]],
      ],
    ],
    [
      'the next flow in a slot at its own time',
      [
        ['begins', 1],
        ['passes', PATIENCE_MS - 1, []],
        ['ends', 1],
        ['begins', 1],
        ['passes', 1, []],
        ['passes', PATIENCE_MS - 1, [1]],
      ],
    ],
    [
      'a second one in the slot of a first that was reported',
      [
        ['begins', 1],
        ['passes', PATIENCE_MS, [1]],
        ['ends', 1],
        ['begins', 1],
        ['passes', PATIENCE_MS, [1]],
      ],
    ],
  ])('reports %s', (_, steps) => {
    for (const step of steps) act(step);
  });

  it.each<[string, Step[], boolean]>([
    [
      'was reported',
      [
        ['begins', 1],
        ['passes', PATIENCE_MS, [1]],
      ],
      true,
    ],
    [
      'was reported and answered all the same, too late',
      [
        ['begins', 1],
        ['passes', PATIENCE_MS, [1]],
        ['is answered', 1],
      ],
      true,
    ],
    ['was not reported', [['begins', 1]], false],
    [
      'follows one that was',
      [
        ['begins', 1],
        ['passes', PATIENCE_MS, [1]],
        ['ends', 1],
        ['begins', 1],
      ],
      false,
    ],
  ])('knows at the end of a flow that it %s', (_, steps, reported) => {
    for (const step of steps) act(step);
    expect(watch.note(change(1, 'ended'))).toBe(reported);
    expect(watch.note(change(1, 'ended'))).toBe(false);
  });

  it('leaves what is too much to conntrack, and has room again afterwards', () => {
    watch = new ReplyWatch(table, 100);
    for (let slot = 1; slot <= 110; slot += 1) watch.add(slot, clockMs);
    clockMs += PATIENCE_MS;
    expect(sweep()).toHaveLength(100);
    watch.add(1, clockMs);
    clockMs += PATIENCE_MS;
    expect(sweep()).toEqual([1]);
  });

  it('does not wait for what the flow table could not keep', () => {
    watch.add(0, clockMs);
    clockMs += PATIENCE_MS;
    expect(sweep()).toEqual([]);
  });

  it('reports each flow that nobody answered in time exactly once, whatever happens', () => {
    const slot = fc.integer({ min: 1, max: 6 });
    const step = fc.oneof(
      fc.record({ what: fc.constantFrom('begins', 'is answered', 'ends'), slot }),
      fc.record({ what: fc.constant('passes'), slot: fc.integer({ min: 1, max: PATIENCE_MS }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        watch = new ReplyWatch(table);
        clockMs = 0;
        /** By slot: when the flow that stands there began; undefined once it was answered or reported. */
        const standing = new Map<number, number | undefined>();
        for (const { what, slot } of steps) {
          if (what === 'passes') {
            clockMs += slot;
            const due = [...standing].filter(([, at]) => at !== undefined && at + PATIENCE_MS <= clockMs);
            expect(sweep().toSorted()).toEqual(due.map(([key]) => key).toSorted());
            for (const [key] of due) standing.set(key, undefined);
          } else if (what === 'begins') {
            if (standing.has(slot)) continue;
            act(['begins', slot]);
            standing.set(slot, clockMs);
          } else if (standing.has(slot)) {
            act([what as 'ends' | 'is answered', slot]);
            if (what === 'ends') standing.delete(slot);
            else standing.set(slot, undefined);
          }
        }
      }),
    );
  });
});
