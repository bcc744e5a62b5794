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
import { DESTINATION, type FlowRows, LINKS, type Role, SOURCE, TRANSLATED, WORDS } from './flow-rows.ts';
import { KeyedHash } from './keyed-hash.ts';

const ROLES = [SOURCE, DESTINATION, TRANSLATED] as const;
const NEXT = 0;
const PREVIOUS = 1;

export class AddressIndex {
  readonly #rows: FlowRows;
  readonly #hash = new KeyedHash(4);
  readonly #address = mutableAddress();
  readonly #buckets: Int32Array;

  /** `buckets` is a power of two. */
  constructor(rows: FlowRows, buckets: number) {
    this.#rows = rows;
    this.#buckets = new Int32Array(buckets);
  }

  add(row: number): void {
    this.#add(row, SOURCE);
    this.#add(row, DESTINATION);
    // Without NAT it would only repeat the one before.
    if (this.#rows.isTranslated(row)) this.#add(row, TRANSLATED);
  }

  remove(row: number): void {
    this.#unlink(row, SOURCE);
    this.#unlink(row, DESTINATION);
    if (this.#rows.isTranslated(row)) this.#unlink(row, TRANSLATED);
  }

  /** Rows with this address in any role, each once. */
  *rowsWith(address: Address): Generator<number> {
    let node = this.#buckets[this.#bucketOf(address)];
    while (node !== 0) {
      const row = rowOf(node);
      const first = ROLES.find((role) => this.#rows.hasAddress(row, role, address));
      if (first === roleOf(node)) yield row;
      node = this.#link(row, roleOf(node), NEXT);
    }
  }

  #add(row: number, role: Role): void {
    this.#rows.readAddress(row, role, this.#address);
    const bucket = this.#bucketOf(this.#address);
    const node = row * ROLES.length + role;
    const first = this.#buckets[bucket];
    this.#setLink(row, role, NEXT, first);
    this.#setLink(row, role, PREVIOUS, ~bucket);
    if (first !== 0) this.#setLink(rowOf(first), roleOf(first), PREVIOUS, node);
    this.#buckets[bucket] = node;
  }

  #unlink(row: number, role: Role): void {
    const next = this.#link(row, role, NEXT);
    const previous = this.#link(row, role, PREVIOUS);
    if (previous < 0) this.#buckets[~previous] = next;
    else this.#setLink(rowOf(previous), roleOf(previous), NEXT, next);
    if (next !== 0) this.#setLink(rowOf(next), roleOf(next), PREVIOUS, previous);
  }

  #link(row: number, role: Role, way: number): number {
    const { words, further } = this.#rows;
    return role === TRANSLATED ? further[row * 2 + way] : words[row * WORDS + LINKS + role * 2 + way];
  }

  #setLink(row: number, role: Role, way: number, node: number): void {
    const { words, further } = this.#rows;
    if (role === TRANSLATED) further[row * 2 + way] = node;
    else words[row * WORDS + LINKS + role * 2 + way] = node;
  }

  #bucketOf({ family, a, b, c, d }: Address): number {
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

function rowOf(node: number): number {
  return (node / ROLES.length) | 0;
}

function roleOf(node: number): Role {
  return (node % ROLES.length) as Role;
}
