/**
 * Which station (link-layer address) has which IP address, as the kernel's neighbour table said since the start. The
 * book remembers what the kernel forgets: an entry that is not used is gone from the table in minutes, the host is
 * not.
 *
 *   10.1.0.10            -> 02:00:00:00:00:0a   since 12:00
 *   fd00:1::10           -> 02:00:00:00:00:0a   since 12:00
 *   fe80::1%3            -> 02:00:00:00:00:0a   since 12:01      a link-local address belongs to its link
 *   10.1.0.11            -> 02:00:00:00:00:0a   since 12:30, before that 02:00:00:00:00:0b: contested
 *
 * Anybody on an attached network may claim any address by ARP or neighbour discovery, and the kernel believes the last
 * one. So the book tells addresses that have just moved from those that have always been there.
 *
 * Bounded: a station that claims ever more addresses pushes out its own, and the book as a whole those unseen longest.
 */
import type { Address } from '../address/address.ts';
import type { Mac } from './mac.ts';
import type { Neighbour } from './neighbour.ts';

const MAX_ADDRESSES = 16_384;
/** More than any host has, and fewer than stand behind a router. */
const MAX_ADDRESSES_A_STATION = 64;
/** An address that moved this recently may be claimed, not moved. */
export const CONTESTED_MS = 3_600_000;

/** One address at one station. */
export interface Sighting {
  readonly address: Address;
  readonly interfaceIndex: number;
  readonly mac: Mac;
  /** Since when it is known here, ms since the epoch; 0: since before anybody looked. */
  readonly sinceMs: number;
  /** The station where it was before, and when it left, ms since the epoch; undefined: it has been nowhere else. */
  readonly moved: { readonly from: Mac; readonly atMs: number } | undefined;
}

export class NeighbourBook {
  /** By address; those unseen longest first. */
  readonly #sightings = new Map<string, Sighting>();
  readonly #stations = new Map<Mac, Set<string>>();

  get size(): number {
    return this.#sightings.size;
  }

  /**
   * `sinceMs`: 0 for what is there at the first look.
   * @returns whether it is news: an address not known, or one that has moved
   */
  note({ address, interfaceIndex, mac }: Neighbour, nowMs: number, sinceMs = nowMs): boolean {
    if (mac === undefined) return false;
    const key = keyOf(address, interfaceIndex);
    const known = this.#sightings.get(key);
    if (known) this.#forget(key, known);
    const hasMoved = known !== undefined && known.mac !== mac;
    const moved = hasMoved ? { from: known.mac, atMs: nowMs } : known?.moved;
    const since = known === undefined || hasMoved ? sinceMs : known.sinceMs;
    this.#add(key, { address, interfaceIndex, mac, sinceMs: since, moved });
    return known === undefined || hasMoved;
  }

  /** Where an address is. A link-local one is asked for on one link. */
  find(address: Address, interfaceIndex = 0): Sighting | undefined {
    return this.#sightings.get(keyOf(address, interfaceIndex));
  }

  /** The addresses of a station, those unseen longest first; at most 64. */
  at(mac: Mac): Sighting[] {
    const keys = this.#stations.get(mac) ?? [];
    return [...keys].flatMap((key) => this.#sightings.get(key) ?? []);
  }

  #add(key: string, sighting: Sighting): void {
    const keys = this.#stations.get(sighting.mac) ?? new Set();
    this.#stations.set(sighting.mac, keys.add(key));
    this.#sightings.set(key, sighting);
    if (keys.size > MAX_ADDRESSES_A_STATION) this.#forgetFirst(keys);
    if (this.#sightings.size > MAX_ADDRESSES) this.#forgetFirst(this.#sightings.keys());
  }

  #forgetFirst(keys: Iterable<string>): void {
    const [first] = keys;
    const sighting = this.#sightings.get(first);
    if (sighting) this.#forget(first, sighting);
  }

  #forget(key: string, { mac }: Sighting): void {
    this.#sightings.delete(key);
    const keys = this.#stations.get(mac);
    keys?.delete(key);
    if (keys?.size === 0) this.#stations.delete(mac);
  }
}

/** It moved here lately, so that somebody may only claim to have it. */
export function isContested({ moved }: Sighting, nowMs: number): boolean {
  // A clock that was set back makes it newer, not older.
  return moved !== undefined && nowMs - moved.atMs < CONTESTED_MS;
}

/** fe80::/10 (RFC 4291 section 2.5.6), 169.254.0.0/16 (RFC 3927). */
export function isLinkLocal({ family, a, d }: Address): boolean {
  return family === 6 ? a >>> 22 === 0x3fa : d >>> 16 === 0xa9fe;
}

function keyOf(address: Address, interfaceIndex: number): string {
  const { family, a, b, c, d } = address;
  const text = family === 4 ? `${d}` : `${a}:${b}:${c}:${d}`;
  return isLinkLocal(address) ? `${text}%${interfaceIndex}` : text;
}
