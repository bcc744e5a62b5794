/**
 * From an address to the rows that have it as source, destination or translated destination: what must be cut when
 * it is blocked, without a walk over a million rows. Chains linked both ways, so that a busy address costs nothing
 * when one of its flows ends. A node is a row in one role:
 *
 *   node = row * 3 + role       previous: a node, or ~bucket for the first of a chain; 0 is no node
 *
 * Chains are by hash: whoever walks one looks at the address again. A walk may pause while rows come, which it does not
 * see, and go: one that stands on a node that goes is moved on.
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
  readonly #walks = new Set<AddressWalk>();

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

  /** A walk over the rows with this address in any role, each once. */
  walk(address: Address): AddressWalk {
    const walk = new AddressWalk(this, address, this.#buckets[this.#bucketOf(address)], this.#walks);
    this.#walks.add(walk);
    return walk;
  }

  /** Rows with this address in any role; counting ends above `enough`. */
  count(address: Address, enough: number): number {
    let count = 0;
    for (let node = this.#buckets[this.#bucketOf(address)]; node !== 0; node = this.nextOf(node)) {
      if (this.isFirst(node, address)) count += 1;
      if (count > enough) break;
    }
    return count;
  }

  /** The node behind one in its chain. */
  nextOf(node: number): number {
    return this.#link(rowOf(node), roleOf(node), NEXT);
  }

  /** Whether a node is the first of its row with this address. */
  isFirst(node: number, address: Address): boolean {
    const row = rowOf(node);
    for (const role of ROLES) if (this.#rows.hasAddress(row, role, address)) return role === roleOf(node);
    return false;
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
    if (this.#walks.size === 0) return;
    for (const walk of this.#walks) walk.pass(row * ROLES.length + role, next);
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

/** Until it is disposed of, it stays right while rows come and go. Makes no garbage: chains are long. */
export class AddressWalk implements Disposable {
  readonly #index: AddressIndex;
  readonly #address: Address;
  readonly #others: Set<AddressWalk>;
  /** The node that it comes to; 0 at the end. */
  #node: number;

  constructor(index: AddressIndex, address: Address, first: number, others: Set<AddressWalk>) {
    this.#index = index;
    this.#address = address;
    this.#node = first;
    this.#others = others;
  }

  /** The next row, 0 when there is none. */
  next(): number {
    while (this.#node !== 0) {
      const node = this.#node;
      this.#node = this.#index.nextOf(node);
      if (this.#index.isFirst(node, this.#address)) return rowOf(node);
    }
    return 0;
  }

  /** A node goes; `next` is behind it. */
  pass(node: number, next: number): void {
    if (this.#node === node) this.#node = next;
  }

  [Symbol.dispose](): void {
    this.#others.delete(this);
  }
}

function rowOf(node: number): number {
  return (node / ROLES.length) | 0;
}

function roleOf(node: number): Role {
  return (node % ROLES.length) as Role;
}
