/**
 * What the resolvers said, for as long as it holds: names to addresses, and addresses to the address sets whose
 * names they stand behind.
 *
 *   learn                     not asked for again, and the ttl (or the floor) is over
 *     |                                     |
 *     v                                     v
 *   known ------------------------------> over? --- a connection to it lives: kept, asked again later
 *     ^                                     |
 *     |        answered again               v
 *     +------------------------------- forgotten
 *
 * Bounded in all: names, addresses of a name, links between both. What no longer fits is not learnt and counted; a
 * stranger's name under a wildcard cannot push out what others use.
 */
import { type Address, formatAddress, parseAddress } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';

export interface NameBookLimits {
  readonly names: number;
  readonly addressesOfAName: number;
  /** Of names and addresses together. */
  readonly links: number;
}

export const NAME_BOOK_LIMITS: NameBookLimits = { names: 16_384, addressesOfAName: 4_096, links: 65_536 };
/** A record that says a year means this. */
export const MAX_HOLD_MS = 24 * 3_600_000;

/** A name stands for an address until then. `sets` are places of address sets in the policy. */
export interface NameLink {
  readonly name: string;
  readonly address: Address;
  untilMs: number;
}

interface KnownName {
  /** In the place of which name of the policy it is asked for: itself, but for targets of service records. */
  readonly sets: readonly number[];
  readonly links: Map<string, NameLink>;
}

interface KnownAddress {
  readonly address: Address;
  readonly names: Map<string, NameLink>;
  /** Places of address sets, in rising order. */
  sets: readonly number[];
}

interface Target {
  readonly sets: readonly number[];
  readonly untilMs: number;
}

/** What an address stands for changed. `untilMs` of the link that lasts longest; 0 when it stands for nothing now. */
export interface AddressChange {
  readonly address: Address;
  readonly sets: readonly number[];
  readonly untilMs: number;
}

const NO_SETS: readonly number[] = [];

/** Which sets a name (lower case, no last dot) belongs to, in rising order: the policy's patterns. */
export interface SetsOfName {
  match(name: string): readonly number[];
}

export class NameBook {
  readonly #limits: NameBookLimits;
  #patterns: SetsOfName;
  readonly #names = new Map<string, KnownName>();
  readonly #addresses = new AddressMap<KnownAddress>();
  readonly #targets = new Map<string, Target>();
  #links = 0;
  /** Addresses that did not fit. */
  refused = 0;

  constructor(patterns: SetsOfName, limits: NameBookLimits = NAME_BOOK_LIMITS) {
    this.#patterns = patterns;
    this.#limits = limits;
  }

  get size(): { readonly names: number; readonly addresses: number; readonly links: number } {
    return { names: this.#names.size, addresses: this.#addresses.size, links: this.#links };
  }

  /** Address sets that a name belongs to: by the policy, or because it serves a name that does. */
  setsOfName(name: string, nowMs: number): readonly number[] {
    const own = this.#patterns.match(name);
    const target = this.#targets.get(name);
    if (target === undefined || target.untilMs <= nowMs) return own;
    return [...new Set([...own, ...target.sets])].sort((x, y) => x - y);
  }

  /** Address sets that an address belongs to by its names. */
  setsOfAddress(address: Address): readonly number[] {
    return this.#addresses.get(address)?.sets ?? NO_SETS;
  }

  /**
   * A name stands for these addresses, each for so long, and no shorter than was known. `sets` is not empty.
   * @returns the addresses that stand for other sets now, or for longer
   */
  learn(
    name: string,
    sets: readonly number[],
    addresses: readonly { readonly address: Address; readonly untilMs: number }[],
  ): AddressChange[] {
    const before = this.#names.get(name);
    const known = this.#knownName(name, sets);
    if (known === undefined) {
      this.refused += addresses.length;
      return [];
    }
    const moreSets = before !== undefined && before !== known;
    const changed = moreSets ? [...known.links.values()].map(({ address }) => address) : [];
    for (const { address, untilMs } of addresses) {
      if (this.#link(name, known, address, untilMs)) changed.push(address);
    }
    if (known.links.size === 0) this.#names.delete(name);
    return changed.map((address) => this.#change(address));
  }

  /** Clients that were told of a name are to ask for this one in its place. */
  expectTarget(name: string, sets: readonly number[], untilMs: number): void {
    this.#targets.delete(name);
    while (this.#targets.size >= this.#limits.names) {
      const [oldest] = this.#targets.keys();
      this.#targets.delete(oldest);
    }
    this.#targets.set(name, { sets, untilMs });
  }

  /**
   * Forget what is over. `keep`: until when an address whose time is over is to be kept, if a connection to it lives.
   * @returns the addresses that stand for other sets now
   */
  expire(nowMs: number, keep: (address: Address) => number | undefined): AddressChange[] {
    const changed = new Map<string, Address>();
    for (const [name, { links }] of this.#names) {
      for (const [key, link] of links) {
        if (link.untilMs > nowMs) continue;
        const untilMs = keep(link.address);
        if (untilMs === undefined) this.#unlink(name, key, link);
        else link.untilMs = untilMs;
        changed.set(key, link.address);
      }
    }
    for (const [name, { untilMs }] of this.#targets) if (untilMs <= nowMs) this.#targets.delete(name);
    return [...changed.values()].map((address) => this.#change(address));
  }

  /**
   * The policy has other names now: what it still has is kept, under the places that its sets have now.
   * @returns every address known before, as it stands now
   */
  changePatterns(patterns: SetsOfName): AddressChange[] {
    const links = this.links();
    this.#patterns = patterns;
    this.#targets.clear();
    for (const { name, address } of links) this.#unlinkNamed(name, formatAddress(address));
    const touched = new Map(links.map(({ address }) => [formatAddress(address), address]));
    for (const { name, address, untilMs } of links) {
      const sets = patterns.match(name);
      if (sets.length > 0) this.learn(name, sets, [{ address, untilMs }]);
    }
    return [...touched.values()].map((address) => this.#change(address));
  }

  /** Every link, for a list or a copy on disk. */
  links(): NameLink[] {
    return [...this.#names.values()].flatMap(({ links }) => [...links.values()]);
  }

  /** Every name. */
  names(): string[] {
    return [...this.#names.keys()];
  }

  /** Address sets that a known name counts for. */
  setsOf(name: string): readonly number[] {
    return this.#names.get(name)?.sets ?? NO_SETS;
  }

  /** Links of one name. */
  linksOf(name: string): NameLink[] {
    return [...(this.#names.get(name)?.links.values() ?? [])];
  }

  /** Names that stand for an address, as they were learnt. */
  namesOf(address: Address): string[] {
    return [...(this.#addresses.get(address)?.names.keys() ?? [])];
  }

  /** All addresses with the sets that they belong to now. */
  addresses(): AddressChange[] {
    const seen = new Map<string, Address>();
    for (const { address } of this.links()) seen.set(formatAddress(address), address);
    return [...seen.values()].map((address) => this.#change(address));
  }

  #knownName(name: string, sets: readonly number[]): KnownName | undefined {
    const known = this.#names.get(name);
    if (known === undefined) {
      if (this.#names.size >= this.#limits.names) return undefined;
      const fresh = { sets, links: new Map<string, NameLink>() };
      this.#names.set(name, fresh);
      return fresh;
    }
    const missing = sets.filter((set) => !known.sets.includes(set));
    if (missing.length === 0) return known;
    const more = { sets: [...known.sets, ...missing].sort((x, y) => x - y), links: known.links };
    this.#names.set(name, more);
    for (const { address } of known.links.values()) this.#sum(address);
    return more;
  }

  /** @returns whether there is something new about the address */
  #link(name: string, known: KnownName, address: Address, untilMs: number): boolean {
    const key = formatAddress(address);
    const link = known.links.get(key);
    if (link !== undefined) {
      const longer = untilMs > link.untilMs;
      if (longer) link.untilMs = untilMs;
      return longer;
    }
    if (known.links.size >= this.#limits.addressesOfAName || this.#links >= this.#limits.links) {
      this.refused += 1;
      return false;
    }
    const fresh: NameLink = { name, address: parseAddress(key), untilMs };
    known.links.set(key, fresh);
    this.#links += 1;
    const entry = this.#addresses.get(address) ?? { address: fresh.address, names: new Map(), sets: NO_SETS };
    entry.names.set(name, fresh);
    this.#addresses.set(address, entry);
    this.#sum(address);
    return true;
  }

  #unlinkNamed(name: string, key: string): void {
    const link = this.#names.get(name)?.links.get(key);
    if (link !== undefined) this.#unlink(name, key, link);
  }

  #unlink(name: string, key: string, { address }: NameLink): void {
    const known = this.#names.get(name);
    known?.links.delete(key);
    if (known?.links.size === 0) this.#names.delete(name);
    this.#links -= 1;
    const entry = this.#addresses.get(address);
    entry?.names.delete(name);
    if (entry?.names.size === 0) this.#addresses.delete(address);
    this.#sum(address);
  }

  #sum(address: Address): void {
    const entry = this.#addresses.get(address);
    if (entry === undefined) return;
    const sets = new Set<number>();
    for (const name of entry.names.keys()) for (const set of this.#names.get(name)?.sets ?? []) sets.add(set);
    entry.sets = [...sets].sort((x, y) => x - y);
  }

  #change(address: Address): AddressChange {
    const entry = this.#addresses.get(address);
    if (entry === undefined) return { address, sets: NO_SETS, untilMs: 0 };
    const untilMs = Math.max(...entry.names.values().map((link) => link.untilMs));
    return { address: entry.address, sets: entry.sets, untilMs };
  }
}
