import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6, parseAddress, sameAddress } from '../../../src/address/address.ts';
import {
  FIRST_SEEN,
  HOURS_WATCHED,
  HostProfile,
  LAST_SEEN,
  ORDERED,
} from '../../../src/detection/host-profile.ts';
import { type Host, ProfileStore } from '../../../src/detection/profile-store.ts';

const NOW = Date.UTC(2026, 2, 5);
const MINUTE = 60_000;
/** Answers that make a host known; more do no harm. */
const ENOUGH = 5;

const numbered = (i: number) => (i % 2 === 0 ? ipv4(0x0a000000 + i) : ipv6(0xfd000000, 0, 0, i));

function establish(store: ProfileStore, i: number, nowMs = NOW): Host {
  const host = store.touch(numbered(i), nowMs);
  for (let n = 0; n < ENOUGH; n++) store.answered(host);
  return host;
}

function flood(store: ProfileStore, from: number, to: number, nowMs = NOW): void {
  for (let i = from; i < to; i++) store.touch(numbered(i), nowMs + i);
}

describe('a host', () => {
  it('is the same one each time, by its address alone', () => {
    const store = new ProfileStore();
    const host = store.touch(parseAddress('fd00::1'), NOW);
    expect(store.touch(parseAddress('fd00:0::1'), NOW + 1)).toBe(host);
    expect(store.get(parseAddress('fd00::1'))).toBe(host);
    expect(store.get(parseAddress('fd00::2'))).toBeUndefined();
    expect([host.profile.head[FIRST_SEEN], host.profile.head[LAST_SEEN]]).toEqual([NOW, NOW + 1]);
    expect([store.size, store.established]).toEqual([1, 0]);
  });

  it('keeps its address when the caller fills the object with another', () => {
    const store = new ProfileStore();
    const address = { ...parseAddress('10.0.0.1') };
    store.touch(address, NOW);
    Object.assign(address, parseAddress('10.0.0.2'));
    expect(store.get(parseAddress('10.0.0.1'))).toBeDefined();
    expect(store.touch(address, NOW)).not.toBe(store.get(parseAddress('10.0.0.1')));
  });

  it('is on probation until something has answered it a few times', () => {
    const store = new ProfileStore();
    const host = store.touch(numbered(1), NOW);
    store.answered(host);
    expect(store.established).toBe(0);
    for (let n = 0; n < ENOUGH; n++) store.answered(host);
    expect([store.size, store.established]).toEqual([1, 1]);
  });
});

describe('made-up hosts', () => {
  it('drive out each other, at a bounded number', () => {
    const store = new ProfileStore();
    flood(store, 0, 3_000);
    const size = store.size;
    flood(store, 3_000, 9_000);
    expect(store.size).toBe(size);
    expect(size).toBeLessThan(2_000);
    expect(store.evicted).toBe(9_000 - size);
    expect(store.get(numbered(8_999))).toBeDefined();
    expect(store.get(numbered(0))).toBeUndefined();
  });

  it('drive out no host that is known', () => {
    const store = new ProfileStore();
    const known = Array.from({ length: 100 }, (_, i) => establish(store, i));
    flood(store, 1_000, 6_000);
    for (const [i, host] of known.entries()) expect(store.get(numbered(i))).toBe(host);
    expect(store.established).toBe(100);
  });

  it.each([1, 10, 100])('drive out no host on probation that is seen between them, every %i s', (seconds) => {
    const store = new ProfileStore();
    const host = store.touch(numbered(0), NOW);
    for (let second = 1; second < 20_000; second++) {
      const nowMs = NOW + second * 1_000;
      if (second % seconds === 0) store.touch(numbered(0), nowMs);
      if (second % 4 === 0) store.touch(numbered(second), nowMs);
    }
    expect(store.get(numbered(0))).toBe(host);
  });

  it('leave nothing behind in the profile of the next', () => {
    const store = new ProfileStore();
    for (let i = 0; i < 5_000; i++) {
      const { profile } = store.touch(numbered(i), NOW);
      const known = [FIRST_SEEN, LAST_SEEN, ORDERED];
      expect(profile.head.every((value, place) => value === 0 || known.includes(place))).toBe(true);
      expect(profile.uploads[0] + profile.destinations.look(7).times + profile.contacts[2]).toBe(0);
      profile.tracks.begin(7, 7, NOW, NOW);
      profile.bytes.fill(255);
      profile.destinations.see(7, 1);
    }
  });
});

describe('known hosts', () => {
  it('are never more than the bound, of any order of events', () => {
    const event = fc.record({ host: fc.nat(400), answers: fc.nat(4), afterMs: fc.nat(5 * MINUTE) });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 600, size: 'max' }),
        fc.integer({ min: 1, max: 80 }),
        (events, maxHosts) => {
          const store = new ProfileStore(maxHosts);
          let nowMs = NOW;
          for (const { host, answers, afterMs } of events) {
            nowMs += afterMs;
            const touched = store.touch(numbered(host), nowMs);
            for (let n = 0; n < answers; n++) store.answered(touched);
            expect(store.established).toBeLessThanOrEqual(maxHosts);
          }
          let visited = 0;
          store.forEach(({ address, profile }) => {
            visited++;
            expect(store.get(address)?.profile).toBe(profile);
          });
          expect(visited).toBe(store.established);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('go when there are too many: of those silent the longest, the one that was watched the least', () => {
    const store = new ProfileStore(100);
    for (let i = 0; i < 100; i++) establish(store, i).profile.head[HOURS_WATCHED] = i === 7 ? 5 : 500;
    establish(store, 100);
    expect(store.get(numbered(7))).toBeUndefined();
    expect([store.size, store.established, store.evicted]).toEqual([100, 100, 1]);
  });

  it.each([1, 30, 1_800])(
    'do not go when they are seen every %i s, however little they were watched',
    (seconds) => {
      const store = new ProfileStore(100);
      for (let i = 0; i < 100; i++) establish(store, i).profile.head[HOURS_WATCHED] = i === 7 ? 5 : 500;
      for (let ms = 0; ms <= 60 * MINUTE; ms += seconds * 1_000) store.touch(numbered(7), NOW + ms);
      establish(store, 100, NOW + 60 * MINUTE);
      expect(store.get(numbered(7))).toBeDefined();
      expect(store.established).toBe(100);
    },
  );
});

describe('saving', () => {
  it('takes known hosts that changed since, a few at a time, each once', () => {
    const store = new ProfileStore();
    for (let i = 0; i < 10; i++) establish(store, i);
    store.touch(numbered(50), NOW);
    const taken = [4, 4, 4, 4].map((limit) => store.takeDirty(MINUTE, NOW, limit).length);
    expect(taken).toEqual([4, 4, 2, 0]);
    store.touch(numbered(3), NOW + 1);
    expect(store.takeDirty(MINUTE, NOW + MINUTE - 1, 4)).toEqual([]);
    const [again, ...others] = store.takeDirty(MINUTE, NOW + MINUTE, 4);
    expect(others).toEqual([]);
    expect(sameAddress(again.address, numbered(3))).toBe(true);
    expect(again.savedAtMs).toBe(NOW + MINUTE);
  });

  it('is taken back as known, with what was known', () => {
    const profile = new HostProfile();
    profile.head[HOURS_WATCHED] = 77;
    const store = new ProfileStore(3);
    const kept = (i: number) => (i === 4 ? profile : new HostProfile()).bytes;
    for (let i = 0; i < 5; i++) store.restore(numbered(i), kept(i), NOW);
    expect(store.established).toBe(3);
    const host = store.touch(numbered(4), NOW + 1);
    expect(host.profile.head[HOURS_WATCHED]).toBe(77);
    expect(store.takeDirty(MINUTE, NOW + MINUTE, 9)).toEqual([host]);
  });
});
