import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatAddress, parseAddress } from '../../../src/address/address.ts';
import { HOURS_WATCHED } from '../../../src/detection/host-profile.ts';
import { OutlierWatch } from '../../../src/detection/outlier-watch.ts';
import { LAYOUT_VERSION, PROFILE_BYTES } from '../../../src/detection/profile-layout.ts';
import { type Host, ProfileStore } from '../../../src/detection/profile-store.ts';
import { ProfileKeeper } from '../../../src/engine/profile-keeper.ts';
import { LedgerError } from '../../../src/ledger/errors.ts';
import { ProfileShelf } from '../../../src/ledger/profile-shelf.ts';
import { migrate } from '../../../src/ledger/schema.ts';

const NOW = Date.parse('2026-10-05T12:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('ProfileKeeper', () => {
  let database: DatabaseSync;
  let shelf: ProfileShelf;
  let warnings: string[];
  let keeper: ProfileKeeper;
  let store: ProfileStore;

  beforeEach(() => {
    database = new DatabaseSync(':memory:');
    migrate(database);
    shelf = new ProfileShelf(database);
    warnings = [];
    start();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    database.close();
  });

  /** The daemon starts: nothing is known but what the shelf has. */
  function start(): void {
    store = new ProfileStore();
    keeper = new ProfileKeeper(shelf, { log: (_, message) => warnings.push(message) });
  }

  /** A host that was answered a few times. */
  function establish(address: string, hoursWatched = 0, nowMs = NOW): Host {
    const host = store.touch(parseAddress(address), nowMs);
    host.profile.head[HOURS_WATCHED] = hoursWatched;
    for (let times = 0; times < 3; times += 1) store.answered(host);
    return host;
  }

  /** By host, when it was saved. */
  function shelved(): Record<string, number> {
    const rows = database.prepare('SELECT host, saved_at_ms FROM host_profiles ORDER BY host').all();
    return Object.fromEntries(rows.map((row) => [String(row.host), Number(row.saved_at_ms)]));
  }

  function known(): string[] {
    const hosts: string[] = [];
    store.forEach(({ address }) => {
      hosts.push(formatAddress(address));
    });
    return hosts.toSorted();
  }

  function put(host: string, body: Uint8Array, version = LAYOUT_VERSION, savedAtMs = NOW): void {
    database.prepare('INSERT INTO host_profiles VALUES (?, ?, ?, ?)').run(host, version, savedAtMs, body);
  }

  function fillDisk(): void {
    const full = () => {
      throw new LedgerError('PENSTOCK_LEDGER_FULL', 'ledger: profiles: no space is left');
    };
    vi.spyOn(shelf, 'save').mockImplementation(full);
    vi.spyOn(shelf, 'saveModel').mockImplementation(full);
  }

  describe('over a restart', () => {
    it.each(['10.1.0.10', 'fd00:1::10'])('%s goes on where it was', (address) => {
      establish(address, 77);
      keeper.saveAll(store, NOW);
      start();
      expect(keeper.restore(store, NOW + DAY)).toBe(1);
      const host = store.get(parseAddress(address));
      expect(host?.profile.head[HOURS_WATCHED]).toBe(77);
      expect(host).toMatchObject({ dirty: false, savedAtMs: NOW });
      expect(store.established).toBe(1);
    });

    it('hashes are made with the keys that the profiles were made with', () => {
      const keys = keeper.keys();
      start();
      expect(keeper.keys()).toEqual(keys);
      expect(new Set(keys).size).toBeGreaterThan(1);
    });

    it('a host that was made up is not kept', () => {
      store.touch(parseAddress('10.1.0.66'), NOW);
      keeper.saveAll(store, NOW);
      expect(shelved()).toEqual({});
    });

    it.each<[string, () => void]>([
      ['of another layout', () => put('10.1.0.9', new Uint8Array(PROFILE_BYTES), LAYOUT_VERSION + 1)],
      ['cut off', () => put('10.1.0.9', new Uint8Array(PROFILE_BYTES - 1))],
      ['of no host', () => put('nobody', new Uint8Array(PROFILE_BYTES))],
      [
        'of a host that was away for months',
        () => put('10.1.0.9', new Uint8Array(PROFILE_BYTES), LAYOUT_VERSION, NOW - 61 * DAY),
      ],
    ])('a profile %s is passed over, the others are taken', (_, spoil) => {
      establish('10.1.0.10');
      keeper.saveAll(store, NOW);
      spoil();
      start();
      expect(keeper.restore(store, NOW)).toBe(1);
      expect(known()).toEqual(['10.1.0.10']);
    });

    it('a profile that a clock ahead of its time has dated is saved again in time', () => {
      establish('10.1.0.10');
      keeper.saveAll(store, NOW + DAY);
      start();
      keeper.restore(store, NOW);
      store.touch(parseAddress('10.1.0.10'), NOW + 1);
      keeper.save(store, NOW + 10 * MINUTE);
      expect(shelved()).toEqual({ '10.1.0.10': NOW + 10 * MINUTE });
    });

    it('the model of all hosts goes on where it was', () => {
      const learnt = new OutlierWatch(store.slots, () => {});
      keeper.saveModel(learnt);
      start();
      const next = new OutlierWatch(store.slots, () => {});
      const restored = vi.spyOn(next, 'restore');
      keeper.restoreModel(next);
      expect(restored.mock.calls).toEqual([[learnt.toBytes()]]);
      expect(next.toBytes()).toEqual(learnt.toBytes());
    });

    it('a new installation has no model yet', () => {
      const outliers = new OutlierWatch(store.slots, () => {});
      const before = outliers.toBytes();
      keeper.restoreModel(outliers);
      expect(outliers.toBytes()).toEqual(before);
    });
  });

  describe('while the daemon runs', () => {
    it('saves a few at a turn, so that nothing waits for it', () => {
      for (let i = 1; i <= 10; i += 1) establish(`10.1.0.${i}`);
      const sizes = [1, 2, 3, 4].map((turn) => {
        keeper.save(store, NOW + turn);
        return Object.keys(shelved()).length;
      });
      expect(sizes).toEqual([4, 8, 10, 10]);
    });

    it('saves again what has changed, every ten minutes', () => {
      establish('10.1.0.10');
      establish('10.1.0.11');
      keeper.save(store, NOW);
      store.touch(parseAddress('10.1.0.10'), NOW + 1);
      keeper.save(store, NOW + 10 * MINUTE - 1);
      expect(shelved()).toEqual({ '10.1.0.10': NOW, '10.1.0.11': NOW });
      keeper.save(store, NOW + 10 * MINUTE);
      expect(shelved()).toEqual({ '10.1.0.10': NOW + 10 * MINUTE, '10.1.0.11': NOW });
    });

    it('saves all that has changed at the end, whatever the clock says', () => {
      for (let i = 10; i < 30; i += 1) establish(`10.1.0.${i}`);
      keeper.saveAll(store, NOW);
      store.touch(parseAddress('10.1.0.10'), NOW);
      store.touch(parseAddress('10.1.0.11'), NOW);
      const setBack = NOW - DAY;
      keeper.saveAll(store, setBack);
      const again = Object.entries(shelved()).filter(([, atMs]) => atMs === setBack);
      expect(again.map(([host]) => host)).toEqual(['10.1.0.10', '10.1.0.11']);
      expect(Object.keys(shelved())).toHaveLength(20);
    });
  });

  describe('when nothing can be saved', () => {
    it('says so once, until it can be again', () => {
      establish('10.1.0.10');
      fillDisk();
      keeper.save(store, NOW);
      keeper.saveAll(store, NOW + 1);
      keeper.saveModel(new OutlierWatch(store.slots, () => {}));
      expect(warnings).toEqual([expect.stringMatching(/profiles of hosts are not saved: .*no space/)]);
      vi.restoreAllMocks();
      keeper.saveAll(store, NOW + 2);
      expect(shelved()).toEqual({ '10.1.0.10': NOW + 2 });
      fillDisk();
      store.touch(parseAddress('10.1.0.10'), NOW + 3);
      keeper.saveAll(store, NOW + 3);
      expect(warnings).toHaveLength(2);
    });

    it('saves it later', () => {
      establish('10.1.0.10');
      fillDisk();
      keeper.save(store, NOW);
      vi.restoreAllMocks();
      keeper.save(store, NOW + 10 * MINUTE);
      expect(shelved()).toEqual({ '10.1.0.10': NOW + 10 * MINUTE });
    });

    it('passes on what is no matter of the disk', () => {
      establish('10.1.0.10');
      vi.spyOn(shelf, 'save').mockImplementation(() => {
        throw new TypeError('a fault of ours');
      });
      expect(() => keeper.save(store, NOW)).toThrow('a fault of ours');
    });
  });
});
