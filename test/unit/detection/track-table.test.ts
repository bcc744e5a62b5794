import { describe, expect, it } from 'vitest';
import { HostProfile } from '../../../src/detection/host-profile.ts';
import { TRACKS } from '../../../src/detection/profile-layout.ts';
import * as at from '../../../src/detection/track-table.ts';

const NOW = Date.UTC(2026, 2, 5, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const APART = 5_000;

const newTable = () => new HostProfile().tracks;

/** A track with connections at these times. */
function used(tracks: at.TrackTable, key: number, times: readonly number[]): void {
  const [first] = times;
  const found = tracks.find(key, key);
  const track = found === at.NO_TRACK ? tracks.begin(key, key, first, first) : found;
  for (const time of times) tracks.beat(track, time, 100, 100, APART);
}

/** So many connections, the last so long ago. */
function regular(beats: number, pauseMs: number, agoMs: number): number[] {
  return Array.from({ length: beats }, (_, i) => NOW - agoMs - (beats - 1 - i) * pauseMs);
}

/** The key that has to go for another, when these are all that there is; the others are busy all the time. */
function victimAmong(candidates: Readonly<Record<string, readonly number[]>>): string[] {
  const tracks = newTable();
  const names = Object.keys(candidates);
  for (const [i, name] of names.entries()) used(tracks, 1_000 + i, candidates[name]);
  for (let key = 1; key <= TRACKS - names.length; key++) used(tracks, key, regular(50, MINUTE, 0));
  tracks.begin(9_999, 9_999, NOW, NOW);
  return names.filter((_, i) => tracks.find(1_000 + i, 1_000 + i) === at.NO_TRACK);
}

describe('a full table gives away', () => {
  it.each<[string, string, Record<string, number[]>]>([
    [
      'what fell silent before what is used a little',
      'silent',
      { silent: regular(50, MINUTE, 7 * HOUR), little: [NOW - HOUR] },
    ],
    [
      'what fell silent the longest ago',
      'longer',
      { shorter: regular(50, MINUTE, 8 * HOUR), longer: regular(50, MINUTE, 9 * HOUR) },
    ],
    [
      'what is used a little before what is used much',
      'little',
      { much: regular(50, MINUTE, 5 * HOUR), little: [NOW - MINUTE] },
    ],
    [
      'of what is used a little, the one used least lately',
      'earlier',
      { later: [NOW - HOUR], earlier: [NOW - 2 * HOUR] },
    ],
    [
      'of what is used much, the one used least lately',
      'earlier',
      { later: regular(9, HOUR, HOUR), earlier: regular(9, HOUR, 2 * HOUR) },
    ],
    [
      'no slow beacon that is in its pause',
      'little',
      { beacon: regular(8, 4 * HOUR, 12 * HOUR), little: [NOW] },
    ],
    ['a slow beacon that has stopped', 'beacon', { beacon: regular(8, 4 * HOUR, 17 * HOUR), little: [NOW] }],
  ])('%s', (_, victim, candidates) => {
    expect(victimAmong(candidates)).toEqual([victim]);
  });

  it('not what was just begun, however long ago it was first seen', () => {
    const tracks = newTable();
    for (let key = 1; key <= TRACKS; key++) used(tracks, key, [NOW - MINUTE]);
    tracks.begin(1_000, 1_000, NOW - 2 * HOUR, NOW);
    tracks.begin(2_000, 2_000, NOW, NOW);
    expect(tracks.find(1_000, 1_000)).not.toBe(at.NO_TRACK);
  });

  it('no slow beacon while pages of a browser come and go', () => {
    const tracks = newTable();
    const beacon = 1_000_000;
    for (let hour = 0; hour < 5; hour++) used(tracks, beacon, [NOW + hour * HOUR]);
    for (let hour = 5; hour < 30; hour++) {
      for (let page = 0; page < 500; page++) {
        const time = NOW + hour * HOUR + page * 7_000;
        used(tracks, 1 + hour * 500 + page, [time, time + 6_000]);
      }
      expect(tracks.count(tracks.find(beacon, beacon), at.BEAT_COUNT)).toBe(hour);
      used(tracks, beacon, [NOW + hour * HOUR + 3_500_000]);
    }
  });
});

it('begins a track with nothing of the one before it', () => {
  const tracks = newTable();
  for (let key = 1; key <= TRACKS; key++) {
    used(tracks, key, regular(3, MINUTE, HOUR));
    tracks.transfer(tracks.find(key, key), 1e9, 1e9, 1e6, NOW - HOUR);
    tracks.settle(tracks.find(key, key), true);
    tracks.isNews(tracks.find(key, key), 0, 0.9);
  }
  const track = tracks.begin(999, 999, NOW, NOW);
  tracks.beat(track, NOW, 10, 20, APART);
  expect(
    [at.ATTEMPTS, at.FAILURES, at.BEAT_COUNT, at.SHORT].map((offset) => tracks.count(track, offset)),
  ).toEqual([0, 0, 1, 0]);
  expect(
    [at.HOUR_OUT, at.HALF_OUT, at.LAST_HOUR_OUT, at.SHORT_OUT].map((offset) => tracks.number(track, offset)),
  ).toEqual([0, 0, 0, 0]);
  expect(tracks.intervals(track).some((pause) => pause !== 0)).toBe(false);
  expect(tracks.isNews(track, 0, 0.1)).toBe(true);
});

describe('a beat', () => {
  it.each<[string, number, boolean]>([
    ['far enough apart counts', APART, true],
    ['close to the one before does not', APART - 1, false],
    ['before the one before, as flows end out of order, does not', -10 * MINUTE, false],
    ['of a clock that was set back counts', -25 * HOUR, true],
  ])('%s', (_, afterMs, counts) => {
    const tracks = newTable();
    used(tracks, 1, [NOW]);
    expect(tracks.beat(0, NOW + afterMs, 1, 1, APART)).toBe(counts);
    expect(tracks.count(0, at.BEAT_COUNT)).toBe(counts ? 2 : 1);
  });

  it('of a clock that was set back has no pause before it, and the next one has', () => {
    const tracks = newTable();
    used(tracks, 1, [NOW, NOW + MINUTE, NOW - 300 * HOUR, NOW - 300 * HOUR + 2 * MINUTE]);
    expect([...tracks.intervals(0).subarray(0, 5)]).toEqual([0, 60, 0, 120, 0]);
  });
});

describe('news', () => {
  it('is what is surer than before in this hour, for each voice', () => {
    const tracks = newTable();
    used(tracks, 1, [NOW]);
    tracks.transfer(0, 1, 1, 1, NOW);
    const say = (voice: number, confidence: number) => tracks.isNews(0, voice, confidence);
    expect([say(0, 0.5), say(0, 0.5), say(0, 0.4), say(0, 0.6)]).toEqual([true, false, false, true]);
    expect([say(3, 1), say(3, 1), say(2, 0.1), say(0, 0.6)]).toEqual([true, false, true, false]);
    tracks.transfer(0, 1, 1, 1, NOW + HOUR);
    expect([say(0, 0.1), say(3, 0.2), say(2, 0.001)]).toEqual([true, true, true]);
  });
});
