/** Networks that are looked for in others: which of them shares an address with this one? */
import { type Address, addressBits, compareAddresses, type Prefix } from '../../address/address.ts';
import { comparePrefixes, lastAddress } from '../../address/prefix.ts';
import { NO_CLASS, PrefixTable } from '../matcher/prefix-table.ts';

export class NetworkSet {
  readonly #sorted: readonly Prefix[];
  readonly #table: PrefixTable;

  constructor(prefixes: readonly Prefix[]) {
    this.#sorted = prefixes.toSorted(comparePrefixes);
    this.#table = new PrefixTable(this.#sorted.map((prefix) => ({ cidrs: [prefix], except: [] })));
  }

  /** A network of the set around `prefix` or inside it. */
  touching(prefix: Prefix): Prefix | undefined {
    const around = this.#table.classOf(prefix.address);
    if (around !== NO_CLASS) return this.#sorted[this.#table.groupsOf(around)[0]];
    if (prefix.length === addressBits(prefix.address.family)) return undefined;
    const next = this.#sorted[this.#firstFrom(prefix.address)];
    return next !== undefined && compareAddresses(next.address, lastAddress(prefix)) <= 0 ? next : undefined;
  }

  /** Index of the first network that begins at the address or after it. */
  #firstFrom(address: Address): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAddresses(this.#sorted[middle].address, address) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
