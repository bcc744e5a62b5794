import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstContacts } from '../../../src/detection/first-contacts.ts';
import { HOURS_WATCHED, HostProfile } from '../../../src/detection/host-profile.ts';
import {
  DESTINATIONS,
  DESTINATIONS_AT,
  ENTRY,
  PREFIXES,
  PROFILE_BYTES,
  ProfileBlock,
  SERVICES,
  TRACK_COUNTS,
  TRACK_NUMBERS,
  TRACKS,
  TRACKS_AT,
} from '../../../src/detection/profile-layout.ts';
import { NO_TRACK } from '../../../src/detection/track-table.ts';

const START = 29_000_000;
const NOTHING = new Uint8Array(PROFILE_BYTES);

describe('the layout', () => {
  it('has parts that do not overlap, and fills a profile with them', () => {
    const profile = new HostProfile(new ProfileBlock(3), 1);
    const { bytes, head, tracks, uploads, newDestinations, active, watched, contacts } = profile;
    const ofTracks = Array.from({ length: TRACKS }, (_, i) => [tracks.intervals(i), tracks.sizes(i)]).flat();
    const views = [head, contacts, ...ofTracks, uploads, newDestinations, active, watched];
    let end = bytes.byteOffset;
    const gaps: number[] = [];
    for (const part of views) {
      expect(part.buffer).toBe(bytes.buffer);
      expect(part.byteOffset).toBeGreaterThanOrEqual(end);
      if (part.byteOffset > end) gaps.push(part.byteOffset - end);
      end = part.byteOffset + part.byteLength;
    }
    // Tables of keys, and of each track its numbers, key and counts: places that nobody else sees.
    const hidden = TRACK_NUMBERS * 8 + 8 + (TRACK_COUNTS + 1) * 4;
    expect(gaps).toEqual([
      (DESTINATIONS + PREFIXES + SERVICES) * ENTRY * 4,
      ...new Array<number>(TRACKS).fill(hidden),
    ]);
    expect(end).toBe(bytes.byteOffset + PROFILE_BYTES);
    expect(bytes.length).toBe(PROFILE_BYTES);
  });

  it('begins each profile and its destinations with a line of the cache', () => {
    expect([PROFILE_BYTES % 64, (DESTINATIONS_AT * 4) % 64, (TRACKS_AT * 4) % 64]).toEqual([0, 0, 0]);
  });

  it('keeps destinations, networks and services in tables of their own', () => {
    const profile = new HostProfile();
    const tables = [profile.destinations, profile.prefixes, profile.services];
    for (const [i, table] of tables.entries()) {
      for (let key = 1; key <= 2_000; key++) table.see(key * 3 + i, START);
      for (const [j, other] of tables.entries()) expect(other.look(6_000 + i).times).toBe(j === i ? 1 : 0);
    }
    expect(profile.head.every((value) => value === 0)).toBe(true);
    expect(profile.contacts.every((value) => value === 0)).toBe(true);
    expect(profile.tracks.find(1, 1)).toBe(NO_TRACK);
  });

  it('is some tens of kilobytes, so that 10,000 hosts fit on one machine', () => {
    expect(PROFILE_BYTES).toBeLessThan(64 * 1024);
  });
});

describe('news of the host', () => {
  it('is what is surer than before, for each voice', () => {
    const profile = new HostProfile();
    const said = [0.5, 0.5, 0.4, 0.56, 0.9].map((confidence) => profile.isNews(0, confidence));
    expect(said).toEqual([true, false, false, true, true]);
    expect([profile.isNews(7, 0.1), profile.isNews(7, 0.1)]).toEqual([true, false]);
  });
});

const step = fc.record({
  key: fc.integer({ min: 1, max: 400 }),
  minute: fc.integer({ min: START, max: START + 5_000 }),
  bytes: fc.nat(2 ** 31),
  failed: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const contacts = new FirstContacts();

/** Something of everything that a profile is asked to do, and what it answers. */
function live(profile: HostProfile, { key, minute, bytes, failed }: Step): unknown[] {
  const { tracks, head } = profile;
  const nowMs = minute * 60_000;
  const found = tracks.find(key, key);
  const track = found === NO_TRACK ? tracks.begin(key, key, nowMs, nowMs) : found;
  const beat = tracks.beat(track, nowMs, bytes, bytes, 5_000);
  tracks.settle(track, failed);
  tracks.transfer(track, bytes, bytes, 1, nowMs);
  head[key % HOURS_WATCHED] += bytes;
  profile.uploads[key % 168] += bytes;
  profile.active[key % 168] += 1;
  const contact = { address: key, service: key % 7, minute, failed, inside: false };
  return [
    track,
    beat,
    tracks.isNews(track, key % 4, bytes / 2 ** 31),
    profile.isNews(key % 8, bytes / 2 ** 31),
    { ...profile.destinations.see(key, minute) },
    { ...profile.prefixes.see(key, minute) },
    { ...profile.services.see(key, minute) },
    contacts.note(profile, contact),
    { ...contacts.count(profile, contact, START, START) },
  ];
}

it('goes on from a copy of its bytes as it would have gone on itself', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 150, size: 'max' }),
      fc.array(step, { maxLength: 50, size: 'max' }),
      (before, after) => {
        const profile = new HostProfile();
        for (const each of before) live(profile, each);
        const copy = new HostProfile(new ProfileBlock(2), 1);
        copy.load(profile.bytes);
        for (const each of after) expect(live(copy, each)).toEqual(live(profile, each));
        expect(Buffer.from(copy.bytes).equals(profile.bytes)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

describe('an emptied profile', () => {
  const knock = (profile: HostProfile) => {
    profile.head.fill(7, 0, HOURS_WATCHED);
    profile.destinations.see(1, 5);
    profile.prefixes.see(2, 5);
    profile.services.see(3, 5);
    new FirstContacts().note(profile, { address: 9, service: 80, minute: 5, failed: true, inside: false });
  };
  it.each<[string, (profile: HostProfile) => unknown]>([
    ['of a host that knocked once', knock],
    ['of a host with a track', ({ tracks }) => tracks.begin(1, 2, 3, 4)],
    [
      'of a host whose hours were learnt',
      ({ head, active }) => {
        head[HOURS_WATCHED] = 2;
        active.fill(1);
      },
    ],
  ])('%s holds nothing', (_, fill) => {
    const profile = new HostProfile();
    fill(profile);
    profile.clear();
    expect(profile.bytes.every((byte) => byte === 0)).toBe(true);
  });
});

describe('neighbours in a block', () => {
  it('are left alone by whatever a profile does, damaged ones too', () => {
    const damage = fc.uint8Array({ minLength: PROFILE_BYTES, maxLength: PROFILE_BYTES });
    fc.assert(
      fc.property(
        fc.oneof(damage, fc.constantFrom(0, 1, 127, 255)),
        fc.array(step, { maxLength: 60, size: 'max' }),
        (kept, steps) => {
          const block = new ProfileBlock(3);
          const profiles = [0, 1, 2].map((place) => new HostProfile(block, place));
          profiles[1].load(typeof kept === 'number' ? new Uint8Array(PROFILE_BYTES).fill(kept) : kept);
          for (const each of steps) live(profiles[1], each);
          for (const { bytes } of [profiles[0], profiles[2]]) expect(Buffer.compare(bytes, NOTHING)).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });
});
