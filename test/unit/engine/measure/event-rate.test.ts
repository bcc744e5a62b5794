import { describe, expect, test } from 'vitest';
import { EventRate } from '../../../../src/engine/measure/event-rate.ts';

/** Events of each millisecond, from a time on. @returns the time after */
function come(rate: EventRate, fromMs: number, forMs: number, perMs: number): number {
  for (let at = fromMs; at < fromMs + forMs; at++) rate.took(perMs, at);
  return fromMs + forMs;
}

describe('events are many', () => {
  test('when they come faster than a busy gateway makes them', () => {
    const rate = new EventRate();
    come(rate, 1_000, 40, 100);
    expect(rate.many).toBe(true);
  });

  test('not at 20,000 new flows a second, each of which tells of its beginning and its answer', () => {
    const rate = new EventRate();
    come(rate, 1_000, 200, 40);
    expect(rate.many).toBe(false);
  });

  test('not in a burst after a pause', () => {
    const rate = new EventRate();
    rate.took(512, 1_000);
    rate.took(512, 1_004);
    expect(rate.many).toBe(false);
  });

  test('and no longer once the flood is over, or comes to a stand', () => {
    const rate = new EventRate();
    const after = come(rate, 1_000, 40, 100);
    rate.took(0, after + 500);
    expect(rate.many).toBe(false);
    come(rate, after + 501, 40, 1);
    expect(rate.many).toBe(false);
  });
});
