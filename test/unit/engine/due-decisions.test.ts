import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/decision/decision.ts';
import { dueAt } from '../../../src/decision/life-cycle.ts';
import { DueDecisions } from '../../../src/engine/due-decisions.ts';
import { decisionOf, destinationTarget } from '../decision/fixtures.ts';

const TARGET = destinationTarget('192.0.2.1/32');

function active(id: string, expiresAtMs: number | null): Decision {
  return { ...decisionOf(TARGET, id), state: 'active', answerByMs: null, expiresAtMs };
}

describe('DueDecisions', () => {
  it('tells what is over, the earliest first, again and again until it is kept in a last state', () => {
    const due = new DueDecisions();
    for (const [id, atMs] of [
      ['D1', 30],
      ['D2', 10],
      ['D3', 20],
      ['D4', 31],
    ] as const)
      due.keep(active(id, atMs));
    due.keep({ ...active('D5', null), state: 'pending', answerByMs: 15 });
    expect(due.overdue(9)).toEqual([]);
    expect(due.overdue(30)).toEqual(['D2', 'D5', 'D3', 'D1']);
    due.keep({ ...active('D2', 10), state: 'expired' });
    expect(due.overdue(30)).toEqual(['D5', 'D3', 'D1']);
  });

  it('goes by the last time that was said', () => {
    const due = new DueDecisions();
    for (const atMs of [10, 50, 20, null, 40]) due.keep(active('D1', atMs));
    expect(due.overdue(39)).toEqual([]);
    expect(due.overdue(40)).toEqual(['D1']);
  });

  it('never tells of what stands without an end', () => {
    const due = new DueDecisions();
    due.keep(active('D1', null));
    expect(due.overdue(Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  it('tells the same as a look at all of them, also after thousands of changes', () => {
    const change = fc.record({
      id: fc.nat(9).map((i) => `D${i}`),
      state: fc.constantFrom('active', 'provisional', 'pending', 'expired', 'revoked'),
      expiresAtMs: fc.option(fc.nat(99)),
      answerByMs: fc.option(fc.nat(99)),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.constantFrom(1, 40), (changes, times) => {
        const due = new DueDecisions();
        const all = new Map<string, Decision>();
        for (const each of Array.from({ length: times }, () => changes).flat()) {
          const decision = { ...decisionOf(TARGET, each.id), ...each } as Decision;
          all.set(each.id, decision);
          due.keep(decision);
        }
        for (let nowMs = 0; nowMs < 100; nowMs += 10) {
          const over = [...all.values()].filter((each) => (dueAt(each) ?? 1_000) <= nowMs);
          const told = due.overdue(nowMs);
          expect(told.toSorted()).toEqual(over.map(({ id }) => id).toSorted());
          const times = told.map((id) => dueAt(all.get(id) as Decision) ?? 0);
          expect(times).toEqual(times.toSorted((x, y) => x - y));
        }
      }),
      { numRuns: 50 },
    );
  });
});
