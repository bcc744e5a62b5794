import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6 } from '../../../../src/address/address.ts';
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { listed, recordedFlow, recordedFlows } from './recording.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });
const port = fc.integer({ min: 0, max: 65_535 });
const icmp = fc.integer({ min: -1, max: 255 });
const count = fc.maxSafeNat();
const ends = fc.oneof(
  fc.record({ source: word.map(ipv4), destination: word.map(ipv4) }),
  fc.record({
    source: fc.tuple(word, word, word, word).map((words) => ipv6(...words)),
    destination: fc.tuple(word, word, word, word).map((words) => ipv6(...words)),
  }),
);
const flow: fc.Arbitrary<RecordedFlow> = fc
  .tuple(
    ends,
    fc.record({
      startedAtMs: fc.oneof(
        fc.constantFrom(0, 1, 1_676_851_329_767.505),
        fc.double({ min: 0, max: 253e12, noNaN: true }),
      ),
      durationMs: fc.double({ min: 0, max: 1e12, noNaN: true }),
      protocol: fc.integer({ min: 0, max: 255 }),
      sourcePort: port,
      destinationPort: port,
      icmpType: icmp,
      icmpCode: icmp,
      bytesOut: count,
      bytesIn: count,
      packetsOut: count,
      packetsIn: count,
      outcome: fc.constantFrom('answered', 'unanswered', 'refused'),
      label: fc.constantFrom('malicious', 'benign', 'unknown'),
      note: fc.option(fc.string({ minLength: 1, maxLength: 20 })),
    }),
  )
  .map(([addresses, rest]) => ({ ...rest, ...addresses }));

describe('recorded flows', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(fc.array(flow), (flows) => {
        expect(listed(recordedFlows(flows))).toEqual(flows);
      }),
    );
  });

  it('are sorted by start, and those that start together keep their order', () => {
    fc.assert(
      fc.property(fc.array(flow), fc.array(flow, { maxLength: 5 }), (flows, later) => {
        const store = recordedFlows(flows);
        store.sort();
        for (const one of later) store.push(one);
        store.sort();
        const sorted = [...flows.toSorted(byStart), ...later].toSorted(byStart);
        expect(listed(store)).toEqual(sorted);
      }),
    );
  });

  it('can be put in the place of another', () => {
    fc.assert(
      fc.property(fc.array(flow, { minLength: 1 }), flow, fc.nat(), (flows, other, n) => {
        const store = recordedFlows(flows);
        store.replace(n % flows.length, other);
        expect(listed(store)).toEqual(flows.with(n % flows.length, other));
      }),
    );
  });

  it('hold more than one block', () => {
    const flows = Array.from({ length: 40_000 }, (_, i) =>
      recordedFlow({ startedAtMs: (i * 7919) % 40_000, bytesOut: i }),
    );
    const numbers = (all: readonly RecordedFlow[]) => all.map(({ bytesOut }) => bytesOut);
    const store = recordedFlows(flows);
    expect(numbers(listed(store))).toEqual(numbers(flows));
    store.sort();
    expect(numbers(listed(store))).toEqual(numbers(flows.toSorted(byStart)));
  });

  it('keep a bounded number of notes, each cut to a bounded length, and say how many they did not keep', () => {
    const notes = Array.from({ length: 70_000 }, (_, i) => `note ${i}`);
    const store = recordedFlows(['x'.repeat(1000), ...notes, 'note 1'].map((note) => recordedFlow({ note })));
    const kept = listed(store).map(({ note }) => note);
    expect(kept[0]).toBe('x'.repeat(200));
    expect(kept[2]).toBe('note 1');
    expect(kept.at(-2)).toBeNull();
    expect(kept.at(-1)).toBe('note 1');
    expect(kept.filter((note) => note === null)).toHaveLength(store.unkeptNotes);
    expect(store.unkeptNotes).toBe(70_001 - 65_536);
  });
});

function byStart(x: RecordedFlow, y: RecordedFlow): number {
  return x.startedAtMs - y.startedAtMs;
}
