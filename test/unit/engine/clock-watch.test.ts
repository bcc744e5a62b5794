import { describe, expect, it } from 'vitest';
import { ClockWatch } from '../../../src/engine/clock-watch.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const HOUR = 3_600_000;

describe('a clock', () => {
  it.each<[string, number, number, number]>([
    ['that goes on as time does has not jumped', HOUR, HOUR, 0],
    ['that is slewed has not jumped', HOUR, HOUR + 1_800, 0],
    ['that was set back is told with how far', 500, 500 - 3 * HOUR, -3 * HOUR],
    ['that was set forward is told with how far', 500, 500 + 24 * HOUR, 24 * HOUR],
    ['of a machine that slept has not jumped', 8 * HOUR, 8 * HOUR, 0],
  ])('%s', (_, elapsedMs, shownMs, jumpedMs) => {
    let uptimeMs = 1_000;
    const watch = new ClockWatch(() => uptimeMs);
    expect(watch.look(NOW)).toBe(0);
    uptimeMs += elapsedMs;
    expect(watch.look(NOW + shownMs)).toBe(jumpedMs);
  });
  it('is told of once', () => {
    const watch = new ClockWatch(() => 0);
    watch.look(NOW);
    expect([watch.look(NOW + HOUR), watch.look(NOW + HOUR)]).toEqual([HOUR, 0]);
  });
});
