/**
 * Decisions about whole networks. Each flow asks here: a look costs by how many different lengths the networks have, 32
 * and 128 at most, not by how many networks there are.
 */
import type { Address, Family, Prefix } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import { maskAddress } from '../address/prefix.ts';
import type { Decision } from './decision.ts';
import { append, retain } from './lists-by-address.ts';

interface OfOneLength {
  readonly family: Family;
  readonly length: number;
  readonly networks: AddressMap<Decision[]>;
}

export class NetworkBlocks {
  #lengths: OfOneLength[] = [];

  put(decision: Decision, { address, length }: Prefix): void {
    append(this.#ofLength(address.family, length).networks, address, decision);
  }

  drop(id: string, { address, length }: Prefix): void {
    const { networks } = this.#ofLength(address.family, length);
    retain(networks, address, (other) => other.id !== id);
    this.#lengths = this.#lengths.filter((each) => each.networks.size > 0);
  }

  /** One whose network holds the address. */
  find(address: Address): Decision | undefined {
    return this.#find(address, Number.POSITIVE_INFINITY);
  }

  /** One whose network holds all of the other. */
  covering({ address, length }: Prefix): Decision | undefined {
    return this.#find(address, length);
  }

  #find(address: Address, longest: number): Decision | undefined {
    for (const { family, length, networks } of this.#lengths) {
      if (family !== address.family || length > longest) continue;
      const found = networks.get(maskAddress(address, length));
      if (found !== undefined) return found[0];
    }
    return undefined;
  }

  #ofLength(family: Family, length: number): OfOneLength {
    const known = this.#lengths.find((each) => each.family === family && each.length === length);
    if (known !== undefined) return known;
    const made = { family, length, networks: new AddressMap<Decision[]>() };
    this.#lengths.push(made);
    return made;
  }
}
