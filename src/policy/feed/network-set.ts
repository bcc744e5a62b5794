/** Networks that are looked for in others: which of them shares an address with this one? */
import { type Address, compareAddresses, type Prefix } from '../../address/address.ts';
import { lastAddress, prefixContains } from '../../address/prefix.ts';
import { prefixesOf } from '../prefix-columns.ts';
import { packPrefixes, withoutNested } from '../prefix-packing.ts';

export class NetworkSet {
  /** In order; none lies in another. */
  readonly #networks: readonly Prefix[];

  constructor(prefixes: readonly Prefix[]) {
    this.#networks = [...prefixesOf(withoutNested(packPrefixes(prefixes)))];
  }

  /** A network of the set around `prefix` or inside it. */
  touching(prefix: Prefix): Prefix | undefined {
    const next = this.#firstAfter(prefix.address);
    const before = this.#networks[next - 1];
    if (before !== undefined && prefixContains(before, prefix.address)) return before;
    const inside = this.#networks[next];
    return inside !== undefined && compareAddresses(inside.address, lastAddress(prefix)) <= 0
      ? inside
      : undefined;
  }

  /** Index of the first network that begins after the address. */
  #firstAfter(address: Address): number {
    let [low, high] = [0, this.#networks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAddresses(this.#networks[middle].address, address) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
