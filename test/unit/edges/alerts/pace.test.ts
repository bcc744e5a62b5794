import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pauseMs } from '../../../../src/edges/alerts/backoff.ts';
import { AlertError, undelivered } from '../../../../src/edges/alerts/errors.ts';
import { Progress } from '../../../../src/edges/alerts/progress.ts';
import { TokenBucket } from '../../../../src/edges/alerts/token-bucket.ts';

test('a bucket lets its burst through at once, and then so many a minute', () => {
  const bucket = new TokenBucket({ perMinute: 60, burst: 3 }, 0);
  expect(bucket.available(0)).toBe(3);
  bucket.take(3);
  expect([bucket.waitMs(0), bucket.waitMs(400), bucket.available(999)]).toEqual([1_000, 600, 0]);
  expect(bucket.available(1_000)).toBe(1);
  expect(bucket.available(1e9)).toBe(3);
});

test('no more than the rate goes through a bucket, whenever it is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 100 }), (waits) => {
      const bucket = new TokenBucket({ perMinute: 30, burst: 5 }, 0);
      let [nowMs, taken] = [0, 0];
      for (const wait of waits) {
        nowMs += wait;
        const count = bucket.available(nowMs);
        bucket.take(count);
        taken += count;
      }
      expect(taken).toBeLessThanOrEqual(5 + nowMs / 2_000);
    }),
  );
});

test('the wait doubles up to the longest, and never is under half of it', () => {
  const backoff = { firstMs: 1_000, longestMs: 60_000 };
  for (const [failures, most] of [
    [0, 1_000],
    [3, 8_000],
    [6, 60_000],
    [1_000, 60_000],
  ]) {
    const wait = pauseMs(backoff, failures, new Error('down'));
    expect(wait).toBeGreaterThanOrEqual(most / 2);
    expect(wait).toBeLessThanOrEqual(most);
  }
});

test('a receiver may ask for a longer wait, within reason', () => {
  const backoff = { firstMs: 1_000, longestMs: 60_000 };
  const asking = (retryAfterMs: number) => pauseMs(backoff, 0, undelivered('later', { retryAfterMs }));
  expect(asking(90_000)).toBe(90_000);
  expect(asking(1e12)).toBe(15 * 60_000);
  expect(asking(10)).toBeGreaterThanOrEqual(500);
  expect(pauseMs(backoff, 0, new AlertError('PENSTOCK_ALERT_UNDELIVERED', 'x'))).toBeLessThanOrEqual(1_000);
});

const head = (seq: number) => ({ seq, hash: String(seq) });

test('what is taken settles after its time, and is lost until then', () => {
  const progress = new Progress(head(0), 1_000);
  progress.take(head(1), 0, false);
  progress.take(head(2), 500, false);
  expect(progress.settle(999)).toBe(1_000);
  expect(progress.settled).toEqual(head(0));
  expect(progress.settle(1_000)).toBe(1_500);
  expect([progress.settled, progress.taken]).toEqual([head(1), head(2)]);
  progress.lose(1_000);
  expect([progress.taken, progress.isUnsure]).toEqual([head(1), false]);
});

test('entries that are nothing for the sink settle at once, but not before what is unsure', () => {
  const progress = new Progress(head(0), 1_000);
  progress.take(head(1), 0, true);
  expect(progress.settled).toEqual(head(1));
  progress.take(head(2), 0, false);
  progress.take(head(3), 100, true);
  expect(progress.settled).toEqual(head(1));
  progress.settle(2_000);
  expect(progress.settled).toEqual(head(3));
});

test('a receiver that closes each connection soon gets an alert for as long as it takes to settle, and not for ever', () => {
  const progress = new Progress(head(0), 1_000);
  let times = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
    if (progress.taken.seq === 0) {
      progress.take(head(1), nowMs, false);
      times += 1;
    }
    progress.lose(nowMs + 50);
  }
  expect(progress.settled).toEqual(head(1));
  expect(times).toBeGreaterThan(3);
  expect(times).toBeLessThanOrEqual(13);
});

test('one that takes a little of what waits on each connection gets all in the end', () => {
  const progress = new Progress(head(0), 1_000);
  let nowMs = 0;
  for (; progress.settled.seq < 100 && nowMs < 1e6; nowMs += 200) {
    const start = progress.taken.seq;
    for (let seq = start + 1; seq <= Math.min(start + 10, 100); seq++) progress.take(head(seq), nowMs, false);
    progress.lose(nowMs + 100);
  }
  expect(progress.settled).toEqual(head(100));
});

test('what was taken on one connection only is never certain by its loss', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.nat(3)), { maxLength: 60 }), (connections) => {
      const progress = new Progress(head(0), 1_000);
      const takenOn = new Map<number, number>();
      let nowMs = 0;
      for (const [waitMs, count] of connections) {
        for (let i = 0; i < count; i++) {
          const seq = progress.taken.seq + 1;
          takenOn.set(seq, (takenOn.get(seq) ?? 0) + 1);
          progress.take(head(seq), nowMs, false);
        }
        // Lost before anything has settled by its time.
        nowMs += Math.min(waitMs, 999);
        progress.lose(nowMs);
        for (let seq = 1; seq <= progress.settled.seq; seq++)
          expect(takenOn.get(seq)).toBeGreaterThanOrEqual(2);
        nowMs += waitMs;
      }
    }),
  );
});
