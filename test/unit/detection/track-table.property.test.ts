import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostProfile } from '../../../src/detection/host-profile.ts';
import { BEATS, TRACKS } from '../../../src/detection/profile-layout.ts';
import * as at from '../../../src/detection/track-table.ts';

const NOW = Date.UTC(2026, 2, 5, 11, 59);
const APART = 5_000;
const HOUR = 3_600_000;

const key = fc.integer({ min: 1, max: 0xffffffff });

describe('sizes on the logarithmic scale', () => {
  it('are within 0.05 %', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(100_000), fc.double({ min: 0, max: 2 ** 43, noNaN: true })), (bytes) => {
        expect(Math.abs(at.sizeOf(at.logSize(bytes)) - bytes)).toBeLessThanOrEqual(0.0005 * (bytes + 1));
      }),
      { numRuns: 2_000 },
    );
  });

  it('grow with the bytes and fit into 16 bits', () => {
    const bytes = fc.double({ min: -1e6, max: 2 ** 70, noNaN: true });
    fc.assert(
      fc.property(bytes, bytes, (x, y) => {
        const [less, more] = [Math.min(x, y), Math.max(x, y)].map(at.logSize);
        expect(less).toBeLessThanOrEqual(more);
        expect(less).toBeGreaterThanOrEqual(0);
        expect(more).toBeLessThan(2 ** 16);
      }),
    );
  });
});

it('finds what was begun, each in its own place, as long as there is room', () => {
  const keys = fc.uniqueArray(fc.tuple(key, key), {
    maxLength: TRACKS,
    size: 'max',
    selector: ([high, low]) => `${high} ${low}`,
  });
  fc.assert(
    fc.property(keys, fc.tuple(key, key), (begun, other) => {
      const { tracks } = new HostProfile();
      const places = begun.map(([high, low]) => tracks.begin(high, low, NOW, NOW));
      expect(new Set(places).size).toBe(begun.length);
      expect(begun.map(([high, low]) => tracks.find(high, low))).toEqual(places);
      if (!begun.some(([high, low]) => high === other[0] && low === other[1]))
        expect(tracks.find(...other)).toBe(at.NO_TRACK);
    }),
  );
});

it('finds the same in a profile that was kept as bytes, and nothing in one that was emptied', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, key), { maxLength: 2 * TRACKS, size: 'max' }), (keys) => {
      const profile = new HostProfile();
      for (const [high, low] of keys) {
        if (profile.tracks.find(high, low) === at.NO_TRACK) profile.tracks.begin(high, low, NOW, NOW);
      }
      const found = () => keys.map(([high, low]) => profile.tracks.find(high, low));
      const copy = new HostProfile();
      copy.load(profile.bytes);
      const { tracks } = copy;
      expect(tracks.size).toBe(profile.tracks.size);
      expect(keys.map(([high, low]) => tracks.find(high, low))).toEqual(found());
      profile.clear();
      expect(profile.tracks.size).toBe(0);
      expect(found()).toEqual(keys.map(() => at.NO_TRACK));
    }),
  );
});

it('finds what was begun last, and never two in one place, however many come', () => {
  const begin = fc.record({
    key: fc.integer({ min: 1, max: 200 }),
    afterMs: fc.nat(10 * HOUR),
    beats: fc.nat(6),
  });
  fc.assert(
    fc.property(fc.array(begin, { minLength: 60, maxLength: 200, size: 'max' }), (begins) => {
      const { tracks } = new HostProfile();
      let nowMs = NOW;
      for (const { key, afterMs, beats } of begins) {
        nowMs += afterMs;
        const found = tracks.find(key, key);
        const track = found === at.NO_TRACK ? tracks.begin(key, key, nowMs, nowMs) : found;
        for (let i = 0; i < beats; i++) tracks.beat(track, nowMs + i * APART, 1, 1, APART);
        expect(tracks.find(key, key)).toBe(track);
      }
      const places = Array.from({ length: 200 }, (_, i) => tracks.find(i + 1, i + 1)).filter(
        (place) => place >= 0,
      );
      expect(new Set(places).size).toBe(places.length);
      expect(places.length).toBeLessThanOrEqual(TRACKS);
    }),
    { numRuns: 50 },
  );
});

const connection = fc.record({
  afterMs: fc.oneof(fc.nat(2 * APART), fc.nat(5 * HOUR)),
  out: fc.nat(2 ** 31),
  in: fc.nat(2 ** 31),
});

it('keeps the last beats, like a list of all of them', () => {
  fc.assert(
    fc.property(fc.array(connection, { maxLength: 80, size: 'max' }), (connections) => {
      const { tracks } = new HostProfile();
      const track = tracks.begin(1, 2, NOW, NOW);
      const beats: { startMs: number; out: number; in: number }[] = [];
      let startMs = NOW;
      for (const each of connections) {
        startMs += each.afterMs;
        const last = beats.at(-1);
        const counts = last === undefined || startMs >= last.startMs + APART;
        if (counts) beats.push({ startMs, out: each.out, in: each.in });
        expect(tracks.beat(track, startMs, each.out, each.in, APART)).toBe(counts);
      }
      expect(tracks.count(track, at.BEAT_COUNT)).toBe(beats.length);
      if (beats.length > 0) expect(tracks.number(track, at.LAST)).toBe(beats.at(-1)?.startMs);
      for (const [i, beat] of beats.entries()) {
        if (i < beats.length - BEATS) continue;
        const place = i % BEATS;
        const sizes = tracks.sizes(track);
        const pause = i === 0 ? 0 : (beat.startMs - beats[i - 1].startMs) / 1000;
        expect(tracks.intervals(track)[place]).toBe(Math.fround(pause));
        expect([sizes[place * 2], sizes[place * 2 + 1]]).toEqual([at.logSize(beat.out), at.logSize(beat.in)]);
      }
    }),
  );
});

interface Transfer {
  readonly atMs: number;
  readonly out: number;
  readonly in: number;
}

/** What was carried in one span of this length, so many spans before the last transfer. */
function sums(transfers: readonly Transfer[], spanMs: number, before: number): [number, number] {
  const span = Math.floor((transfers.at(-1)?.atMs ?? 0) / spanMs) - before;
  const within = transfers.filter(({ atMs }) => Math.floor(atMs / spanMs) === span);
  return [within.reduce((sum, { out }) => sum + out, 0), within.reduce((sum, each) => sum + each.in, 0)];
}

it('sums the running ten minutes, hour and half day and the ones before, like a list of all transfers', () => {
  fc.assert(
    fc.property(fc.array(connection, { minLength: 1, maxLength: 60, size: 'max' }), (connections) => {
      const { tracks } = new HostProfile();
      const track = tracks.begin(1, 2, NOW, NOW);
      const transfers: Transfer[] = [];
      let atMs = NOW;
      for (const each of connections) {
        atMs += each.afterMs;
        transfers.push({ atMs, out: each.out, in: each.in });
        tracks.transfer(track, each.out, each.in, 1, atMs);
        const numbers = (...offsets: number[]) => offsets.map((offset) => tracks.number(track, offset));
        expect(numbers(at.HOUR_OUT, at.HOUR_IN)).toEqual(sums(transfers, HOUR, 0));
        expect(numbers(at.LAST_HOUR_OUT, at.LAST_HOUR_IN)).toEqual(sums(transfers, HOUR, 1));
        expect(numbers(at.HALF_OUT, at.HALF_IN)).toEqual(sums(transfers, 12 * HOUR, 0));
        expect(numbers(at.LAST_HALF_OUT, at.LAST_HALF_IN)).toEqual(sums(transfers, 12 * HOUR, 1));
        expect(tracks.number(track, at.SHORT_OUT)).toBe(sums(transfers, HOUR / 6, 0)[0]);
        const together = transfers.filter(
          (one) => Math.floor(one.atMs / (HOUR / 6)) === Math.floor(atMs / (HOUR / 6)),
        );
        expect(tracks.number(track, at.SHORT_PACKETS)).toBe(together.length);
      }
    }),
  );
});

it('never sums more than was carried, by whatever clock', () => {
  const transfer = fc.record({ atMs: fc.integer({ min: 0, max: 2 * NOW }), out: fc.nat(2 ** 31) });
  fc.assert(
    fc.property(fc.array(transfer, { maxLength: 60, size: 'max' }), (transfers) => {
      const { tracks } = new HostProfile();
      const track = tracks.begin(1, 2, NOW, NOW);
      let total = 0;
      for (const { atMs, out } of transfers) {
        total += out;
        tracks.transfer(track, out, 0, 1, atMs);
        for (const offset of [at.HOUR_OUT, at.LAST_HOUR_OUT, at.HALF_OUT, at.LAST_HALF_OUT, at.SHORT_OUT]) {
          expect(tracks.number(track, offset)).toBeGreaterThanOrEqual(0);
          expect(tracks.number(track, offset)).toBeLessThanOrEqual(total);
        }
      }
    }),
  );
});
