import { isGenerationChanged, type SetElementsDriver } from 'node-nftables';
import { FakeKernel } from 'node-nftables/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { Rehearsal } from '../../../src/engine/rehearsal/rehearsal.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood } from '../policy/sources.ts';
import { POLICY, SPEC } from './bench.ts';

const PLAYS = 200;
const ALL = parsePrefix('0.0.0.0/0');
const UDP = [{ protocol: 17, first: 0, last: 65_535 }];

describe('the rehearsal of a block', () => {
  const kernel = new FakeKernel(() => Date.now());
  let refusals = 0;
  let open = 0;
  const log = vi.fn();
  /** How long the kernel takes to refuse. */
  let refusalMs = 0;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    refusals = 0;
    open = 0;
    refusalMs = 0;
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  function refusedElements(): SetElementsDriver {
    const elements = kernel.setElements();
    open += 1;
    return Object.assign(Object.create(elements), {
      apply: (...[changes, options]: Parameters<SetElementsDriver['apply']>) => {
        vi.advanceTimersByTime(refusalMs);
        try {
          return elements.apply(changes, { ...options, generation: 4_711 });
        } catch (error) {
          refusals += isGenerationChanged(error) ? 1 : 0;
          throw error;
        }
      },
      get: () => undefined,
      close: () => {
        open -= 1;
      },
    });
  }

  let inForce = { policy: POLICY, compiled: compilePolicy(POLICY) };

  function putInForce(policy: Policy): void {
    inForce = { policy, compiled: compilePolicy(policy) };
  }

  function rehearsal(policy: Policy = POLICY, isCrowded = false, plays = PLAYS): Rehearsal {
    putInForce(policy);
    return new Rehearsal({
      refusedElements,
      conntrack: { delete: () => 'gone' },
      inForce: () => inForce,
      journal: { log },
      isCrowded: () => isCrowded,
      plays,
    });
  }

  function play(played: Rehearsal): void {
    while (!played.isOver) {
      vi.advanceTimersByTime(Math.max(0, played.nextStepAt - performance.now()));
      played.step(0);
    }
  }

  it.each<[string, Policy]>([
    ['blocks flows', POLICY],
    ['blocks destinations', loadGood(SPEC.replace('target: flow', 'target: destination'))],
    [
      'only alerts',
      loadGood(SPEC.replace('action: block, target: flow, ttl: 1h, approval: none', 'action: alert')),
    ],
    ['may act on nothing', loadGood(SPEC.replace('maxBlocksPerMinute: 3', 'maxBlocksPerMinute: 0'))],
    ['protects everybody', { ...POLICY, neverBlock: { destinations: [ALL], sources: [ALL], ports: UDP } }],
  ])('blocks every time where the policy in force %s, and changes nothing in the kernel', (_, policy) => {
    const before = kernel.setElements().generation().id;
    const played = rehearsal(policy);
    play(played);
    // What the kernel refuses is no figure of how long a block takes.
    expect(played.latency.summary.count).toBe(PLAYS / 2);
    played.latency.announce(() => expect.fail('a rehearsed block waits to be told'));
    expect(refusals).toBe(PLAYS / 2);
    expect(kernel.setElements().generation().id).toBe(before);
    expect(open).toBe(0);
  });

  it('begins when the start is over, rests between its turns, and ends', () => {
    const played = rehearsal();
    played.step(0);
    expect(played.latency.summary.count).toBe(0);
    expect(played.nextStepAt - performance.now()).toBeGreaterThan(1_000);
    play(played);
    expect(played.nextStepAt).toBe(Number.POSITIVE_INFINITY);
    played.step(0);
    expect(played.latency.summary.count).toBe(PLAYS / 2);
  });

  it.each([
    ['twice as long as it played', 1, false, 2 * 5],
    ['nine times as long where somebody waits for a processor', 1, true, 9 * 5],
    ['not for ever', 100, true, 50],
  ])('rests after some plays, %s, and not between them', (_, ms, isCrowded, restMs) => {
    refusalMs = ms;
    const played = rehearsal(POLICY, isCrowded);
    vi.advanceTimersByTime(2_000);
    for (let plays = 1; plays <= 20; plays++) {
      played.step(0);
      expect(played.nextStepAt - performance.now()).toBe(plays % 10 === 0 ? restMs : 0);
      vi.advanceTimersByTime(played.nextStepAt - performance.now());
    }
    played[Symbol.dispose]();
  });

  it.each([
    ['while it plays', PLAYS],
    ['when it is over', 0],
  ])('ends %s when there is no room for one more socket, and says so once', (_, plays) => {
    log.mockClear();
    const full = () => {
      throw new Error('socket: EMFILE');
    };
    using played = new Rehearsal({
      ...{ refusedElements: full, conntrack: { delete: () => 'gone' }, inForce: () => inForce },
      ...{ journal: { log }, isCrowded: () => false, plays },
    });
    vi.advanceTimersByTime(2_000);
    expect([played.step(16), played.isOver]).toEqual([true, true]);
    expect([played.step(1_000), played.nextStepAt]).toEqual([false, Number.POSITIVE_INFINITY]);
    expect(log.mock.calls).toEqual([
      ['warn', 'blocks are no longer rehearsed, and come later: socket: EMFILE'],
    ]);
  });

  it('leaves nothing open when it is broken off', () => {
    const played = rehearsal();
    vi.advanceTimersByTime(2_000);
    played.step(0);
    expect(open).toBe(1);
    played[Symbol.dispose]();
    expect(open).toBe(0);
  });

  describe('when it is over', () => {
    /** A step for so many events more, `ms` later. */
    function stepping(kept: Rehearsal) {
      let events = 0;
      return (more: number, ms = 2) => {
        vi.advanceTimersByTime(ms);
        events += more;
        const before = refusals;
        kept.step(events);
        return refusals - before;
      };
    }

    it('plays on for events that come, at most every two milliseconds, and wakes nobody', () => {
      using kept = rehearsal(POLICY, false, 0);
      const step = stepping(kept);
      expect(step(16)).toBe(0);
      expect([step(16), step(16)]).toEqual([1, 1]);
      expect([step(100, 1), step(100, 1), step(100, 1)]).toEqual([0, 1, 0]);
      expect([step(0), step(0), step(15), step(1)]).toEqual([1, 0, 0, 1]);
      expect(kept.nextStepAt).toBe(Number.POSITIVE_INFINITY);
      // It tells how long a block takes in a rehearsal, and of those that the kernel refuses nothing.
      expect(kept.latency.summary.count).toBe(0);
    });

    it('plays nothing where nothing may be blocked', () => {
      using kept = rehearsal({ ...POLICY, mode: 'audit' }, false, 0);
      const step = stepping(kept);
      expect([step(16), step(16), step(16)]).toEqual([0, 0, 0]);
      expect(open).toBe(0);
    });

    it('plays by the policy in force', () => {
      using kept = rehearsal(POLICY, false, 0);
      const step = stepping(kept);
      expect([step(16), step(16)]).toEqual([0, 1]);
      putInForce({ ...POLICY });
      expect([step(16), step(16)]).toEqual([0, 1]);
      putInForce({ ...POLICY, mode: 'audit' });
      expect([step(16), step(16), open]).toEqual([0, 0, 0]);
    });

    it('plays thousands of times, each time as far as the kernel, and keeps one stage', () => {
      using kept = rehearsal(POLICY, false, 0);
      const step = stepping(kept);
      let played = 0;
      for (let i = 0; i < 5_010; i++) played += step(16);
      expect(played).toBe(5_008);
      expect(open).toBe(1);
      kept[Symbol.dispose]();
      expect(open).toBe(0);
    });
  });
});
