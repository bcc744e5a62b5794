import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AT_ONCE,
  MAX_CULPRITS,
  MAX_PAUSE_MS,
  QUIET_MS,
  RepairPace,
} from '../../../src/engine/repair-pace.ts';

const NFT = { processId: 4711, processName: 'nft' };

/** Harm and mend at once, so many times. */
function disturb(pace: RepairPace, times: number, nowMs = 0): (string | undefined)[] {
  return Array.from({ length: times }, () => {
    const news = pace.harm(NFT, nowMs);
    pace.mended();
    return news;
  });
}

describe('RepairPace', () => {
  it('has nothing to mend at first', () => {
    const pace = new RepairPace();
    expect(pace).toMatchObject({ pace: 'calm', dueMs: Number.POSITIVE_INFINITY });
    expect(pace.over(1e9)).toBeUndefined();
  });

  it('mends at once, the first times', () => {
    const pace = new RepairPace();
    for (let i = 0; i < AT_ONCE; i += 1) {
      expect(pace.harm(NFT, i)).toBeUndefined();
      expect(pace).toMatchObject({ pace: 'disturbed', dueMs: i });
      pace.mended();
    }
  });

  it('then waits twice as long each time, and tells once that it does', () => {
    const pace = new RepairPace();
    disturb(pace, AT_ONCE);
    const pauses = Array.from({ length: 9 }, (_, i) => {
      expect(pace.harm(NFT, 0)).toBe(i === 0 ? 'contested' : undefined);
      const { dueMs } = pace;
      pace.mended();
      return dueMs;
    });
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, MAX_PAUSE_MS, MAX_PAUSE_MS, MAX_PAUSE_MS]);
  });

  it('does not wait longer because of more harm', () => {
    const pace = new RepairPace();
    disturb(pace, AT_ONCE);
    pace.harm(NFT, 0);
    pace.harm(NFT, 40);
    expect(pace.dueMs).toBe(50);
  });

  it('is calm again when nobody has done harm for a while, and then mends at once', () => {
    const pace = new RepairPace();
    disturb(pace, AT_ONCE + 3);
    expect(pace.over(QUIET_MS - 1)).toBeUndefined();
    expect(pace.over(QUIET_MS)).toEqual({ harms: AT_ONCE + 3, culprits: [NFT], sinceMs: 0 });
    expect(pace.over(QUIET_MS)).toBeUndefined();
    pace.harm(NFT, QUIET_MS + 1);
    expect(pace).toMatchObject({ pace: 'disturbed', dueMs: QUIET_MS + 1, episode: { harms: 1 } });
  });

  it('tells nothing of the end of a disturbance that was no contest', () => {
    const pace = new RepairPace();
    disturb(pace, 1);
    expect(pace.over(QUIET_MS)).toBeUndefined();
    expect(pace.pace).toBe('calm');
  });

  it('names each program once, and not more than a few', () => {
    const pace = new RepairPace();
    for (let i = 0; i < 3 * MAX_CULPRITS; i += 1) {
      pace.harm({ processId: i, processName: 'nft' }, 0);
      pace.harm({ processId: i, processName: `tool${i}` }, 0);
    }
    pace.harm(undefined, 0);
    expect(pace.episode.culprits.map(({ processName }) => processName)).toEqual([
      'nft',
      ...Array.from({ length: MAX_CULPRITS - 1 }, (_, i) => `tool${i}`),
    ]);
  });

  const steps = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 5_000 }), harm: fc.boolean(), quiet: fc.boolean() }),
    { maxLength: 300, size: 'max' },
  );

  it('never leaves harm for longer than the bound, whatever comes when', () => {
    fc.assert(
      fc.property(steps, (events) => {
        const pace = new RepairPace();
        let nowMs = 0;
        let harmedAtMs = Number.POSITIVE_INFINITY;
        const mendUntil = (untilMs: number) => {
          if (pace.dueMs > untilMs) return;
          expect(pace.dueMs - harmedAtMs).toBeLessThanOrEqual(MAX_PAUSE_MS);
          expect(pace.dueMs).toBeGreaterThanOrEqual(harmedAtMs);
          harmedAtMs = Number.POSITIVE_INFINITY;
          pace.mended();
        };
        for (const { afterMs, harm, quiet } of events) {
          nowMs += quiet ? QUIET_MS : afterMs;
          mendUntil(nowMs);
          pace.over(nowMs);
          if (!harm) continue;
          harmedAtMs = Math.min(harmedAtMs, nowMs);
          pace.harm(NFT, nowMs);
          expect(Number.isFinite(pace.dueMs)).toBe(true);
        }
      }),
    );
  });

  it('tells of the beginning and the end of a contest in turn', () => {
    fc.assert(
      fc.property(steps, (events) => {
        const pace = new RepairPace();
        const told: string[] = [];
        let nowMs = 0;
        for (const { afterMs, harm, quiet } of events) {
          nowMs += quiet ? QUIET_MS : afterMs;
          if (pace.over(nowMs)) told.push('over');
          if (harm && pace.harm(NFT, nowMs)) told.push('contested');
          pace.mended();
        }
        expect(told).toEqual(told.map((_, i) => (i % 2 === 0 ? 'contested' : 'over')));
      }),
    );
  });
});
