/**
 * Profiles over a restart: taken back at the start, saved a few at a time while there is nothing better to do, all at
 * the end. A profile that cannot be saved is lost at worst; nothing waits for it.
 */
import { randomBytes } from 'node:crypto';
import { formatAddress, parseAddress } from '../address/address.ts';
import { AddressError } from '../address/errors.ts';
import type { HashKeys } from '../detection/flow-keys.ts';
import type { OutlierWatch } from '../detection/outlier-watch.ts';
import { LAYOUT_VERSION, PROFILE_BYTES } from '../detection/profile-layout.ts';
import type { Host, ProfileStore } from '../detection/profile-store.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { ProfileShelf, StoredProfile } from '../ledger/profile-shelf.ts';
import type { Journal } from './journal.ts';

const SAVE_EVERY_MS = 10 * 60_000;
/** About 100 kB a turn of chores. */
const SAVED_A_TURN = 4;
const KEPT = 16_384;
/** A host that was away longer is a stranger. */
const KEPT_FOR_MS = 60 * 86_400_000;
const KEY_BYTES = 16;

export class ProfileKeeper {
  readonly #shelf: ProfileShelf;
  readonly #journal: Pick<Journal, 'log'>;
  #failed = false;

  constructor(shelf: ProfileShelf, journal: Pick<Journal, 'log'>) {
    this.#shelf = shelf;
    this.#journal = journal;
  }

  /** Hash keys of this installation. @throws LedgerError */
  keys(): HashKeys {
    const bytes = this.#shelf.keys(randomBytes(KEY_BYTES));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
  }

  /** @returns how many profiles were taken back. @throws LedgerError */
  restore(store: ProfileStore, nowMs: number): number {
    let restored = 0;
    for (const { host, body, savedAtMs } of this.#shelf.take(LAYOUT_VERSION, KEPT, nowMs - KEPT_FOR_MS)) {
      if (body.length !== PROFILE_BYTES) continue;
      try {
        // A clock that was ahead must not keep it from being saved again.
        store.restore(parseAddress(host), body, Math.min(savedAtMs, nowMs));
        restored++;
      } catch (error) {
        if (!(error instanceof AddressError)) throw error;
      }
    }
    return restored;
  }

  /** Save some of those that changed. */
  save(store: ProfileStore, nowMs: number): void {
    this.#put(store.takeDirty(SAVE_EVERY_MS, nowMs, SAVED_A_TURN), nowMs);
  }

  /** Save all that changed, whenever it was saved before: the daemon stops. */
  saveAll(store: ProfileStore, nowMs: number): void {
    this.#put(store.takeDirty(0, nowMs, KEPT), nowMs);
  }

  /** The model of all hosts goes on where it was. @throws LedgerError */
  restoreModel(outliers: OutlierWatch): void {
    const body = this.#shelf.model();
    if (body !== undefined) outliers.restore(body);
  }

  saveModel(outliers: OutlierWatch): void {
    this.#trying('the model of all hosts is', () => this.#shelf.saveModel(outliers.toBytes()));
  }

  #put(hosts: readonly Host[], savedAtMs: number): void {
    if (hosts.length === 0) return;
    const profiles = hosts.map(
      ({ address, profile }): StoredProfile => ({
        host: formatAddress(address),
        savedAtMs,
        body: profile.bytes,
      }),
    );
    const saved = this.#trying('profiles of hosts are', () => this.#shelf.save(LAYOUT_VERSION, profiles));
    if (!saved) for (const host of hosts) host.dirty = true;
  }

  #trying(what: string, save: () => void): boolean {
    try {
      save();
      this.#failed = false;
      return true;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      // Once, not at each turn.
      if (!this.#failed) this.#journal.log('warn', `${what} not saved: ${error.message}`);
      this.#failed = true;
      return false;
    }
  }
}
