/**
 * Profiles by host, at most so many. A host is on probation until it has been answered a few times, so that made-up
 * source addresses drive out each other and nobody else:
 *
 *   (unknown) ----> probation ---- answered PROBATION times ----> established
 *                      | full: the oldest goes                        | full: of those silent the longest, the one
 *                      v                                              v that was watched the least goes
 */
import { type Address, copyAddress } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import { type Aged, AgeOrder } from './age-order.ts';
import { ANSWERED, FIRST_SEEN, HOURS_WATCHED, HostProfile, LAST_SEEN, ORDERED } from './host-profile.ts';
import { ProfileBlock } from './profile-layout.ts';

const PROBATION = 3;
const MAX_ON_PROBATION = 1_024;
const MAX_HOSTS = 16_384;
/** Of those silent the longest, how many are looked at for the one to go. */
const CANDIDATES = 32;
/** Profiles whose memory is taken at once: 1.7 MB, of which the kernel gives what is written. */
const BLOCK = 64;
const ORDER_MS = 600_000;

export interface Host extends Aged {
  readonly address: Address;
  readonly profile: HostProfile;
  /** Changed since it was last saved. */
  dirty: boolean;
  savedAtMs: number;
  /** A small number that no other host has meanwhile, below {@link ProfileStore.slots}. */
  readonly slot: number;
}

/** Known well enough to count: something has answered it, and not once. */
export function isEstablished({ profile }: Host): boolean {
  return profile.f64[profile.at + ANSWERED] >= PROBATION;
}

export class ProfileStore {
  readonly #byAddress = new AddressMap<Host>();
  /** The one seen the longest ago first. */
  readonly #probation = new AgeOrder<Host>();
  readonly #established = new Set<Host>();
  /** Profiles of hosts that had to go: a flood of made-up hosts must not make garbage of this size. */
  readonly #spare: HostProfile[] = [];
  #block = new ProfileBlock(0);
  #left = 0;
  readonly #maxHosts: number;
  readonly #freeSlots: number[] = [];
  #usedSlots = 0;
  #evicted = 0;
  /** A slot is given to another host. */
  onSlotReused: (slot: number) => void = () => {};

  constructor(maxHosts: number = MAX_HOSTS) {
    this.#maxHosts = maxHosts;
  }

  get slots(): number {
    return this.#maxHosts + MAX_ON_PROBATION + 2;
  }

  /** Hosts that are known well enough to count. */
  get established(): number {
    return this.#established.size;
  }

  get size(): number {
    return this.#byAddress.size;
  }

  /** Profiles that had to go. */
  get evicted(): number {
    return this.#evicted;
  }

  get(address: Address): Host | undefined {
    return this.#byAddress.get(address);
  }

  /** The host's profile, a new one if need be; `nowMs` is when it was seen. */
  touch(address: Address, nowMs: number): Host {
    const known = this.#byAddress.get(address);
    if (known !== undefined) {
      this.#seen(known, nowMs);
      return known;
    }
    const host: Host = {
      address: copyAddress(address),
      profile: this.#emptyProfile(),
      dirty: true,
      savedAtMs: 0,
      slot: this.#takeSlot(),
      older: undefined,
      newer: undefined,
    };
    const { f64, at } = host.profile;
    f64[at + FIRST_SEEN] = nowMs;
    f64[at + LAST_SEEN] = nowMs;
    f64[at + ORDERED] = nowMs;
    this.#byAddress.set(host.address, host);
    this.#probation.add(host);
    if (this.#probation.size > MAX_ON_PROBATION) this.#forgetOnProbation();
    return host;
  }

  /** Take back the bytes of a profile that was saved. */
  restore(address: Address, bytes: Uint8Array, savedAtMs: number): void {
    const profile = this.#emptyProfile();
    profile.load(bytes);
    // Only such are saved; whatever the bytes say, it is on no probation here.
    profile.head[ANSWERED] = Math.max(profile.head[ANSWERED], PROBATION);
    profile.head[ORDERED] = 0;
    const host: Host = {
      address: copyAddress(address),
      profile,
      dirty: false,
      savedAtMs,
      slot: this.#takeSlot(),
      older: undefined,
      newer: undefined,
    };
    this.#byAddress.set(host.address, host);
    this.#establish(host);
  }

  /** Something answered the host. */
  answered(host: Host): void {
    const { f64, at } = host.profile;
    if (++f64[at + ANSWERED] !== PROBATION) return;
    this.#probation.delete(host);
    this.#establish(host);
  }

  /**
   * Established hosts that changed and were not saved for `afterMs`, by a clock that may be set, at most `limit`; they
   * count as saved now.
   */
  takeDirty(afterMs: number, nowMs: number, limit: number): Host[] {
    const dirty: Host[] = [];
    for (const host of this.#established) {
      if (!host.dirty || Math.abs(nowMs - host.savedAtMs) < afterMs) continue;
      host.dirty = false;
      host.savedAtMs = nowMs;
      dirty.push(host);
      if (dirty.length === limit) break;
    }
    return dirty;
  }

  /** Established hosts as of now. One that is forgotten later has another's profile: see {@link get}. */
  all(): Host[] {
    return [...this.#established];
  }

  /** Established hosts. */
  forEach(visit: (host: Host) => void): void {
    for (const host of this.#established) visit(host);
  }

  /** Order of the established is kept to ten minutes: moving a host at each event would cost more than it tells. */
  #seen(host: Host, nowMs: number): void {
    const { f64, at } = host.profile;
    host.dirty = true;
    f64[at + LAST_SEEN] = nowMs;
    // Exact on probation, where a flood must not drive out who made it before it is judged.
    const established = f64[at + ANSWERED] >= PROBATION;
    if (established && Math.abs(nowMs - f64[at + ORDERED]) < ORDER_MS) return;
    f64[at + ORDERED] = nowMs;
    if (!established) {
      this.#probation.touch(host);
      return;
    }
    this.#established.delete(host);
    this.#established.add(host);
  }

  #establish(host: Host): void {
    this.#established.add(host);
    if (this.#established.size > this.#maxHosts) this.#forgetEstablished();
  }

  #forgetOnProbation(): void {
    const victim = this.#probation.oldest;
    if (victim === undefined) return;
    this.#probation.delete(victim);
    this.#drop(victim);
  }

  #forgetEstablished(): void {
    let victim: Host | undefined;
    let seen = 0;
    for (const host of this.#established) {
      const watched = host.profile.head[HOURS_WATCHED];
      if (victim === undefined || watched < victim.profile.head[HOURS_WATCHED]) victim = host;
      if (++seen === CANDIDATES) break;
    }
    if (victim === undefined) return;
    this.#established.delete(victim);
    this.#drop(victim);
  }

  #drop(victim: Host): void {
    this.#byAddress.delete(victim.address);
    this.#freeSlots.push(victim.slot);
    this.#evicted++;
    this.#spare.push(victim.profile);
  }

  #takeSlot(): number {
    const free = this.#freeSlots.pop();
    if (free === undefined) return this.#usedSlots++;
    this.onSlotReused(free);
    return free;
  }

  #emptyProfile(): HostProfile {
    const spare = this.#spare.pop();
    if (spare !== undefined) {
      spare.clear();
      return spare;
    }
    if (this.#left === 0) {
      this.#block = new ProfileBlock(BLOCK);
      this.#left = BLOCK;
    }
    return new HostProfile(this.#block, BLOCK - this.#left--);
  }
}
