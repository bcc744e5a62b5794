/**
 * From an address to the rows that have it as source, destination or translated destination: what must be cut when
 * it is blocked, without a walk over a million rows. Chains linked both ways, so that a busy address costs nothing
 * when one of its flows ends. A node is a row in one role:
 *
 *   node = row * 3 + role       previous: a node, or ~bucket for the first of a chain; 0 is no node
 *
 * Chains are by hash: whoever walks one looks at the address again.
 */
import { type Address, mutableAddress } from '../address/address.ts';
import { DESTINATION, type FlowRows, SOURCE, TRANSLATED } from './flow-rows.ts';
import { bucketCount, KeyedHash } from './keyed-hash.ts';

const ROLES = [SOURCE, DESTINATION, TRANSLATED] as const;

export class AddressIndex {
  readonly #rows: FlowRows;
  readonly #hash = new KeyedHash(4);
  readonly #address = mutableAddress();
  readonly #buckets: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(rows: FlowRows) {
    this.#rows = rows;
    this.#buckets = new Int32Array(bucketCount(rows.capacity));
    this.#next = new Int32Array(rows.capacity * ROLES.length);
    this.#previous = new Int32Array(rows.capacity * ROLES.length);
  }

  add(row: number): void {
    for (let role = 0; role < this.#roles(row); role++) {
      this.#rows.readAddress(row, ROLES[role], this.#address);
      this.#link(row * ROLES.length + role, this.#bucket(this.#address));
    }
  }

  remove(row: number): void {
    for (let role = 0; role < this.#roles(row); role++) this.#unlink(row * ROLES.length + role);
  }

  /** Rows with this address in any role, each once. */
  *rowsWith(address: Address): Generator<number> {
    for (let node = this.#buckets[this.#bucket(address)]; node !== 0; node = this.#next[node]) {
      const row = Math.floor(node / ROLES.length);
      const first = ROLES.findIndex((offset) => this.#rows.hasAddress(row, offset, address));
      if (first === node % ROLES.length) yield row;
    }
  }

  /** Without NAT the last role would only repeat the one before. */
  #roles(row: number): number {
    return this.#rows.isTranslated(row) ? ROLES.length : ROLES.length - 1;
  }

  #link(node: number, bucket: number): void {
    const first = this.#buckets[bucket];
    this.#next[node] = first;
    this.#previous[node] = ~bucket;
    if (first !== 0) this.#previous[first] = node;
    this.#buckets[bucket] = node;
  }

  #unlink(node: number): void {
    const next = this.#next[node];
    const previous = this.#previous[node];
    if (previous < 0) this.#buckets[~previous] = next;
    else this.#next[previous] = next;
    if (next !== 0) this.#previous[next] = previous;
  }

  #bucket({ family, a, b, c, d }: Address): number {
    const { words } = this.#hash;
    words[0] = d;
    if (family === 6) {
      words[1] = c;
      words[2] = b;
      words[3] = a;
    }
    return this.#hash.hash(family === 6 ? 4 : 1) & (this.#buckets.length - 1);
  }
}
