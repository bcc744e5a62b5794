import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../../src/decision/circuit-breaker.ts';
import type { BreakerSettings } from '../../../src/policy/policy.ts';

const NOW = 1e12;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SETTINGS: BreakerSettings = { blocks: 5, timesUsual: 10, vetoes: 3, withinMs: 10 * MINUTE };

const closed = (settings = SETTINGS) => new CircuitBreaker(settings.withinMs);
const vetoes = (breaker: CircuitBreaker, ids: readonly string[], atMs: (i: number) => number = () => NOW) => {
  for (const [i, id] of ids.entries()) breaker.veto(id, atMs(i), SETTINGS);
};
const blocks = (breaker: CircuitBreaker, count: number, fromMs: number, everyMs = 0) => {
  for (let i = 0; i < count; i++) breaker.block(fromMs + i * everyMs);
};

describe('a spike', () => {
  it.each<[string, (breaker: CircuitBreaker) => void, RegExp | undefined]>([
    ['nothing happened', () => {}, undefined],
    ['blocks below the number', (breaker) => blocks(breaker, 4, NOW), undefined],
    ['blocks at the number', (breaker) => blocks(breaker, 5, NOW), /^5 automatic blocks within 10 min/],
    [
      'blocks, but not within the window',
      (breaker) => blocks(breaker, 5, NOW - 10 * MINUTE, MINUTE),
      undefined,
    ],
    ['caps refused fewer incidents', (breaker) => vetoes(breaker, ['I1', 'I2']), undefined],
    [
      'caps refused one incident again and again',
      (breaker) => vetoes(breaker, Array(50).fill('I1')),
      undefined,
    ],
    [
      'caps refused so many incidents',
      (breaker) => vetoes(breaker, ['I1', 'I2', 'I3']),
      /^caps refused to act upon 3 incidents within 10 min$/,
    ],
    [
      'refusals that are too long ago',
      (breaker) => vetoes(breaker, ['I1', 'I2', 'I3'], (i) => NOW - (10 - i) * MINUTE),
      undefined,
    ],
  ])('%s', (_, happened, reason) => {
    const breaker = closed();
    happened(breaker);
    const found = breaker.spike(SETTINGS, NOW);
    if (reason === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(reason);
  });

  it('is measured by what is usual, once that is known', () => {
    const breaker = closed();
    // Three days with 4 blocks in every 10 minutes: usual are nearly 4, and ten times that is a spike.
    for (let atMs = NOW - 3 * DAY; atMs < NOW; atMs += 2.5 * MINUTE) breaker.block(atMs);
    blocks(breaker, 20, NOW);
    expect(breaker.spike(SETTINGS, NOW)).toBeUndefined();
    blocks(breaker, 20, NOW);
    expect(breaker.spike(SETTINGS, NOW)).toMatch(/^43 automatic blocks within 10 min, usual are 4\.\d$/);
  });

  it('forgets what was usual long ago', () => {
    const breaker = closed();
    for (let atMs = NOW - 13 * DAY; atMs < NOW - 10 * DAY; atMs += MINUTE) breaker.block(atMs);
    blocks(breaker, 5, NOW);
    expect(breaker.spike(SETTINGS, NOW)).toMatch(/usual are 0\.\d/);
  });

  it('counts anew over another window', () => {
    const breaker = closed();
    blocks(breaker, 5, NOW);
    breaker.changeWindow(SETTINGS.withinMs);
    expect(breaker.spike(SETTINGS, NOW)).toBeDefined();
    breaker.changeWindow(MINUTE);
    expect(breaker.spike({ ...SETTINGS, withinMs: MINUTE }, NOW)).toBeUndefined();
  });

  it('is no spike because the clock was set back', () => {
    const breaker = closed();
    blocks(breaker, 4, NOW);
    expect(breaker.spike(SETTINGS, NOW - DAY)).toBeUndefined();
    breaker.block(NOW - DAY);
    expect(breaker.spike(SETTINGS, NOW - DAY)).toBeDefined();
  });
});

/** The drawing, told plainly: what happened in the window decides, and only a person closes. */
type Happening =
  | { readonly kind: 'block' | 'close' | 'open' | 'look'; readonly afterMs: number }
  | { readonly kind: 'veto'; readonly afterMs: number; readonly incident: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('block' as const), afterMs: fc.nat(2 * MINUTE) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('veto' as const),
      afterMs: fc.nat(2 * MINUTE),
      incident: fc.nat(4),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('close' as const, 'open' as const, 'look' as const),
      afterMs: fc.nat(9 * MINUTE),
    }),
  },
);

it('opens exactly at a spike or by a person, stays open over everything else, and forgets when it is closed', () => {
  const settings = { ...SETTINGS, timesUsual: 1 };
  fc.assert(
    fc.property(fc.array(happening, { size: 'max', maxLength: 60 }), (happenings) => {
      const breaker = closed(settings);
      let nowMs = NOW;
      let open = false;
      let blocked: number[] = [];
      let vetoed = new Map<number, number>();
      const recent = (atMs: number) => atMs > nowMs - settings.withinMs;
      for (const each of happenings) {
        nowMs += each.afterMs;
        if (each.kind === 'close') {
          expect(breaker.close()).toBe(open);
          if (open) [blocked, vetoed] = [[], new Map()];
          open = false;
        } else if (each.kind === 'open') {
          expect(breaker.open('ann', 'looks odd', nowMs)).toBe(!open);
          open = true;
        } else if (each.kind === 'veto') {
          if (!open) vetoed.set(each.incident, nowMs);
          if (!open) breaker.veto(`I${each.incident}`, nowMs, settings);
        } else if (each.kind === 'block' && !open) {
          blocked.push(nowMs);
          breaker.block(nowMs);
        }
        const refused = [...vetoed.values()].filter(recent).length;
        const expected =
          !open && (blocked.filter(recent).length >= settings.blocks || refused >= settings.vetoes);
        const reason = breaker.spike(settings, nowMs);
        expect(reason !== undefined).toBe(expected);
        if (reason !== undefined) {
          expect(breaker.open('penstock', reason, nowMs)).toBe(true);
          open = true;
        }
        expect(breaker.state.state).toBe(open ? 'open' : 'closed');
      }
    }),
    { numRuns: 500 },
  );
});
