import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_GROUPING,
  emptyState,
  Grouping,
  type GroupingSettings,
  MAX_GROUPS,
} from '../../../../../src/edges/alerts/grouping/grouping.ts';
import type { Message } from '../../../../../src/edges/alerts/grouping/message.ts';
import { notice } from './notices.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ask = { asks: 'decision D1', decision: 'D1', action: 'decision.proposed' };

function grouping(changes: Partial<GroupingSettings> = {}): Grouping {
  return new Grouping({ ...DEFAULT_GROUPING, ...changes }, emptyState());
}

function all(machine: Grouping, nowMs: number): Message[] {
  const messages: Message[] = [];
  for (let next = machine.next(nowMs); next !== undefined; next = machine.next(nowMs)) messages.push(next);
  return messages;
}

/** Ask whenever the machine wants to be asked. @returns when each message came */
function run(machine: Grouping, fromMs: number, untilMs: number): [atMs: number, message: Message][] {
  const told: [number, Message][] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; ) {
    for (const message of all(machine, nowMs)) told.push([nowMs, message]);
    const next = machine.nextMs(nowMs);
    if (next === null) break;
    nowMs = Math.max(next, nowMs + 1);
  }
  return told;
}

describe('what belongs together', () => {
  test('an incident and its decision are one message, a moment after the first', () => {
    const machine = grouping();
    machine.take(notice(1), 0);
    machine.take(notice(2, ask), 10);
    expect(machine.next(1_999)).toBeUndefined();
    expect(all(machine, 2_000)).toMatchObject([{ id: 'hash-1', count: 2, asks: 1, sequences: [[1, 2]] }]);
  });

  test('what waits for an answer stands first, then the worst', () => {
    const machine = grouping();
    machine.take(notice(1, { severity: 'critical' }), 0);
    machine.take(notice(2, { ...ask, severity: 'high' }), 0);
    machine.take(notice(3, { severity: 'low' }), 0);
    const [message] = all(machine, 2_000);
    expect(message.notices.map(({ sequence }) => sequence)).toEqual([2, 1, 3]);
    expect(message.severity).toBe('critical');
  });

  test('two hosts are two messages', () => {
    const machine = grouping();
    machine.take(notice(1), 0);
    machine.take(notice(2, { host: '10.1.0.11' }), 0);
    expect(all(machine, 2_000).map(({ count }) => count)).toEqual([1, 1]);
  });

  test('an alert taken twice is told once', () => {
    const machine = grouping();
    machine.take(notice(1), 0);
    machine.take(notice(1), 5_000);
    expect(run(machine, 0, HOUR)).toHaveLength(1);
  });

  test('a probing host with 50 alerts a minute for an hour wakes people three times, and all 3,000 are told', () => {
    const machine = grouping();
    const told: [number, Message][] = [];
    for (let n = 0; n < 3_000; n += 1) {
      machine.take(notice(n + 1), n * 1_200);
      for (const message of all(machine, n * 1_200)) told.push([n * 1_200, message]);
    }
    told.push(...run(machine, HOUR, 24 * HOUR));
    expect(told.map(([atMs]) => Math.round(atMs / MINUTE))).toEqual([0, 10, 70]);
    expect(told.map(([, { count }]) => count).reduce((a, b) => a + b)).toBe(3_000);
    expect(told[1][1].kinds).toEqual([['incident.opened', told[1][1].count]]);
  });
});

describe('questions and answers', () => {
  test('one that was answered before it was told does not ask any more', () => {
    const machine = grouping();
    machine.take(notice(1, ask), 0);
    machine.take(notice(2, { ...ask, asks: 'decision D2', decision: 'D2' }), 0);
    machine.take(notice(3, { action: 'decision.lapsed', settles: 'decision D1' }), 100);
    const [message] = all(machine, 2_000);
    expect(message).toMatchObject({ count: 3, asks: 1, sequences: [[1, 3]] });
    expect(message.notices.map(({ sequence }) => sequence)).toEqual([2, 3]);
  });

  test('a question asked twice is one question', () => {
    const machine = grouping();
    machine.take(notice(1, ask), 0);
    machine.take(notice(2, { ...ask, action: 'alert.escalated' }), 0);
    expect(all(machine, 2_000)).toMatchObject([{ count: 2, asks: 1 }]);
  });

  test('a decision that names no host goes with its incident', () => {
    const machine = grouping();
    machine.take(notice(1), 0);
    machine.take(notice(2, { ...ask, host: null, incident: 'I1' }), 0);
    expect(all(machine, 2_000)).toMatchObject([{ count: 2 }]);
  });

  test('the worst is known, also when it is not among the ones told in full', () => {
    const machine = grouping();
    machine.take(notice(1, { severity: 'critical' }), 0);
    for (let n = 2; n < 20; n += 1) machine.take(notice(n, { ...ask, asks: `decision D${n}` }), 0);
    expect(all(machine, 2_000)).toMatchObject([{ severity: 'critical', asks: 18 }]);
  });
});

describe('what is not quiet', () => {
  test('a higher severity is news, though the same was told a moment ago', () => {
    const machine = grouping();
    machine.take(notice(1), 0);
    all(machine, 2_000);
    machine.take(notice(2, { severity: 'critical' }), 3_000);
    expect(run(machine, 3_000, HOUR).map(([atMs]) => atMs)).toEqual([2_000 + MINUTE]);
  });

  test('a question does not wait for the window of what was only told', () => {
    const machine = grouping();
    machine.take(notice(1), 0);
    all(machine, 2_000);
    machine.take(notice(2, ask), 5_000);
    expect(run(machine, 5_000, HOUR).map(([atMs]) => atMs)).toEqual([7_000]);
  });

  test('questions again and again come once a minute, never later', () => {
    const machine = grouping();
    const told: number[] = [];
    for (let at = 0; at <= 10 * MINUTE; at += 1_000) {
      machine.take(notice(at / 1_000 + 1, ask), at);
      for (const _ of all(machine, at)) told.push(at);
    }
    expect(told).toEqual(Array.from({ length: 10 }, (_, n) => 2_000 + n * MINUTE));
  });

  test('what a person did is news each time', () => {
    const machine = grouping();
    const approved = { action: 'decision.approved', byPerson: true };
    machine.take(notice(1, approved), 0);
    all(machine, 2_000);
    machine.take(notice(2, approved), 2 * MINUTE);
    expect(run(machine, 2 * MINUTE, HOUR).map(([atMs]) => atMs)).toEqual([2 * MINUTE + 2_000]);
  });

  test('the same after a long silence is news again', () => {
    const machine = grouping();
    machine.take(notice(1), 0);
    all(machine, 2_000);
    const later = 7 * HOUR;
    machine.take(notice(2), later);
    expect(run(machine, later, 24 * HOUR).map(([atMs]) => atMs)).toEqual([later + 2_000]);
  });
});

describe('limit and digest', () => {
  const limit = { messages: 3, perMs: 10 * MINUTE };

  test('what is over the limit is summed up as soon as there is room', () => {
    const machine = grouping({ limit });
    for (let n = 1; n <= 40; n += 1) machine.take(notice(n, { host: `10.1.0.${n}` }), 0);
    const told = run(machine, 0, HOUR);
    expect(told.map(([atMs, { kind, count }]) => [atMs, kind, count])).toEqual([
      [2_000, 'group', 1],
      [2_000, 'group', 1],
      [2_000, 'group', 1],
      [2_000 + 10 * MINUTE, 'summary', 37],
    ]);
    expect(told[3][1].notices).toHaveLength(10);
  });

  test('a question comes through where others are summed up', () => {
    const machine = grouping({ limit });
    for (let n = 1; n <= 10; n += 1) machine.take(notice(n, { host: `10.1.0.${n}` }), 0);
    all(machine, 2_000);
    machine.take(notice(11, { ...ask, host: '10.1.0.99' }), 3_000);
    expect(run(machine, 3_000, MINUTE)).toMatchObject([[5_000, { kind: 'group', asks: 1 }]]);
  });

  test('a digest sums up what is not acute; the rest comes at once', () => {
    const machine = grouping({ digestMs: HOUR });
    machine.take(notice(1, { severity: 'medium' }), 0);
    machine.take(notice(2, { severity: 'low', host: '10.1.0.11' }), 5_000);
    machine.take(notice(3, { severity: 'critical', host: '10.1.0.12' }), 6_000);
    machine.take(notice(4, { ...ask, severity: 'medium' }), 6_000);
    expect(run(machine, 0, 2 * HOUR).map(([atMs, { kind, count }]) => [atMs, kind, count])).toEqual([
      [8_000, 'group', 1],
      [8_000, 'group', 1],
      [HOUR, 'summary', 2],
    ]);
  });

  test('more groups than are kept are summed up', () => {
    const machine = grouping();
    for (let n = 0; n < MAX_GROUPS + 7; n += 1) machine.take(notice(n + 1, { host: `h${n}` }), 0);
    const told = run(machine, 0, 24 * HOUR);
    expect(told.reduce((sum, [, { count }]) => sum + count, 0)).toBe(MAX_GROUPS + 7);
  });
});

describe('whatever comes, whenever', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: -HOUR, max: 2 * HOUR }),
    host: fc.constantFrom('a', 'b', null),
    severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
    asks: fc.constantFrom(null, null, 'decision D1'),
    byPerson: fc.boolean(),
    restarts: fc.boolean(),
    asked: fc.boolean(),
  } as const);
  const settings = fc.record({
    settleMs: fc.constantFrom(0, 2_000),
    windowMs: fc.constantFrom(0, MINUTE),
    quietMs: fc.constantFrom([], [10 * MINUTE], [10 * MINUTE, HOUR]),
    limit: fc.record({ messages: fc.integer({ min: 1, max: 4 }), perMs: fc.constant(10 * MINUTE) }),
    digestMs: fc.constantFrom(null, HOUR),
  });

  test('each alert is told exactly once, within the limit, over restarts and wrong clocks', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 60 }), (chosen, steps) => {
        let state = emptyState();
        let machine = new Grouping(chosen, state);
        let nowMs = 100 * HOUR;
        let latestMs = nowMs;
        const told: [number, Message][] = [];
        steps.forEach(({ waitMs, restarts, asked, ...changes }, index) => {
          nowMs += waitMs;
          latestMs = Math.max(latestMs, nowMs);
          machine.take(notice(index + 1, changes), nowMs);
          if (restarts) {
            state = JSON.parse(JSON.stringify(state));
            machine = new Grouping(chosen, state);
          }
          if (asked) for (const message of all(machine, nowMs)) told.push([nowMs, message]);
        });
        told.push(...run(machine, latestMs, latestMs + 48 * HOUR));
        const numbers = told.flatMap(([, { sequences }]) =>
          sequences.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n)),
        );
        expect(numbers.toSorted((a, b) => a - b)).toEqual(steps.map((_, index) => index + 1));
        expect(told.reduce((sum, [, { count }]) => sum + count, 0)).toBe(steps.length);
        expect(new Set(told.map(([, { id }]) => id)).size).toBe(told.length);
        expect(machine.held).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('of a clock that only goes forward no window has more than twice the limit', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 60 }), (chosen, steps) => {
        const machine = new Grouping(chosen, emptyState());
        let nowMs = 0;
        const times: number[] = [];
        steps.forEach(({ waitMs, restarts: _, asked: __, ...changes }, index) => {
          nowMs += Math.abs(waitMs) / 100;
          machine.take(notice(index + 1, changes), nowMs);
          for (const ___ of all(machine, nowMs)) times.push(nowMs);
        });
        times.push(...run(machine, nowMs, nowMs + 48 * HOUR).map(([atMs]) => atMs));
        for (const from of times) {
          const within = times.filter((at) => at >= from && at < from + chosen.limit.perMs);
          expect(within.length).toBeLessThanOrEqual(2 * chosen.limit.messages);
        }
      }),
      { numRuns: 200 },
    );
  });
});
