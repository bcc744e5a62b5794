import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstContacts } from '../../../src/detection/first-contacts.ts';
import { HOURS_WATCHED, HostProfile } from '../../../src/detection/host-profile.ts';
import {
  DESTINATIONS,
  ENTRY,
  PREFIXES,
  PROFILE_BYTES,
  SERVICES,
  TRACKS,
} from '../../../src/detection/profile-layout.ts';
import { NO_TRACK } from '../../../src/detection/track-table.ts';

const START = 29_000_000;

describe('the layout', () => {
  it('has parts that do not overlap, and fills the buffer with them', () => {
    const { buffer, head, tracks, uploads, newDestinations, active, watched, contacts } = new HostProfile();
    const hidden = [(DESTINATIONS + PREFIXES + SERVICES) * ENTRY * 4, TRACKS * 2 * 4];
    const { numbers, intervals, counts, sizes } = tracks;
    const views = [
      head,
      uploads,
      newDestinations,
      active,
      watched,
      contacts,
      numbers,
      intervals,
      counts,
      sizes,
    ];
    const parts = views.toSorted((x, y) => x.byteOffset - y.byteOffset);
    let end = 0;
    const gaps: number[] = [];
    for (const part of parts) {
      expect(part.buffer).toBe(buffer);
      expect(part.byteOffset).toBeGreaterThanOrEqual(end);
      if (part.byteOffset > end) gaps.push(part.byteOffset - end);
      end = part.byteOffset + part.byteLength;
    }
    // Tables of keys, whose cells nobody else sees.
    expect(gaps).toEqual(hidden);
    expect(end).toBe(PROFILE_BYTES);
    expect(buffer.byteLength).toBe(PROFILE_BYTES);
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
  head[key % 12] += bytes;
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

it('goes on from a copy of its buffer as it would have gone on itself', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 150, size: 'max' }),
      fc.array(step, { maxLength: 50, size: 'max' }),
      (before, after) => {
        const profile = new HostProfile();
        for (const each of before) live(profile, each);
        const copy = new HostProfile(profile.buffer.slice(0));
        for (const each of after) expect(live(copy, each)).toEqual(live(profile, each));
        expect(Buffer.from(copy.buffer).equals(Buffer.from(profile.buffer))).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

describe('an emptied profile', () => {
  const knock = (profile: HostProfile) => {
    profile.head.fill(7, 0, 4);
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
    expect(new Uint8Array(profile.buffer).every((byte) => byte === 0)).toBe(true);
  });
});
