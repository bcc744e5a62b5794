/** Networks, in any order and number, into {@link PrefixColumns}. */
import { type Address, addressBits, compareAddresses, type Family, type Prefix } from '../address/address.ts';
import { lastAddress } from '../address/prefix.ts';
import { type FamilyColumns, type PrefixColumns, prefixesOf, wordsOf } from './prefix-columns.ts';

/** Collects networks in any order. */
export class PrefixColumnsBuilder {
  readonly #ipv4 = new FamilyBuilder(4);
  readonly #ipv6 = new FamilyBuilder(6);

  get length(): number {
    return this.#ipv4.length + this.#ipv6.length;
  }

  add(prefix: Prefix): void {
    (prefix.address.family === 4 ? this.#ipv4 : this.#ipv6).add(prefix);
  }

  finish(): PrefixColumns {
    return { length: this.length, ipv4: this.#ipv4.finish(), ipv6: this.#ipv6.finish() };
  }
}

const FIRST_CAPACITY = 16;

class FamilyBuilder {
  length = 0;
  readonly #family: Family;
  readonly #width: 1 | 4;
  #words: Uint32Array;
  #lengths = new Uint8Array(FIRST_CAPACITY);

  constructor(family: Family) {
    this.#family = family;
    this.#width = wordsOf(family);
    this.#words = new Uint32Array(FIRST_CAPACITY * this.#width);
  }

  add({ address, length }: Prefix): void {
    if (length > addressBits(this.#family)) throw new RangeError(`no prefix length: ${length}`);
    if (this.length === this.#lengths.length) this.#grow();
    const at = this.length * this.#width;
    if (this.#width === 1) this.#words[at] = address.d;
    else this.#words.set([address.a, address.b, address.c, address.d], at);
    this.#lengths[this.length] = length;
    this.length += 1;
  }

  #grow(): void {
    const [words, lengths] = [this.#words, this.#lengths];
    this.#words = new Uint32Array(words.length * 2);
    this.#words.set(words);
    this.#lengths = new Uint8Array(lengths.length * 2);
    this.#lengths.set(lengths);
  }

  /** Feeds mostly come in order: then nothing is sorted. */
  finish(): FamilyColumns {
    if (this.#isInOrder()) {
      const words = this.#words.slice(0, this.length * this.#width);
      return { words, lengths: this.#lengths.slice(0, this.length) };
    }
    const order = Uint32Array.from({ length: this.length }, (_, i) => i);
    order.sort((x, y) => this.#compare(x, y));
    const words = new Uint32Array(this.length * this.#width);
    const lengths = new Uint8Array(this.length);
    order.forEach((from, to) => {
      lengths[to] = this.#lengths[from];
      for (let w = 0; w < this.#width; w++) words[to * this.#width + w] = this.#words[from * this.#width + w];
    });
    return { words, lengths };
  }

  #isInOrder(): boolean {
    for (let i = 1; i < this.length; i++) if (this.#compare(i - 1, i) > 0) return false;
    return true;
  }

  #compare(x: number, y: number): number {
    for (let w = 0; w < this.#width; w++) {
      const order = this.#words[x * this.#width + w] - this.#words[y * this.#width + w];
      if (order !== 0) return order;
    }
    return this.#lengths[x] - this.#lengths[y];
  }
}

export function packPrefixes(prefixes: Iterable<Prefix>): PrefixColumns {
  const builder = new PrefixColumnsBuilder();
  for (const prefix of prefixes) builder.add(prefix);
  return builder.finish();
}

export const NO_PREFIXES: PrefixColumns = packPrefixes([]);

/** The same addresses, without what lies in another network of the list, twins included. */
export function withoutNested(columns: PrefixColumns): PrefixColumns {
  const builder = new PrefixColumnsBuilder();
  let end: Address | undefined;
  for (const prefix of prefixesOf(columns)) {
    if (end !== undefined && compareAddresses(prefix.address, end) <= 0) continue;
    builder.add(prefix);
    end = lastAddress(prefix);
  }
  return builder.length === columns.length ? columns : builder.finish();
}
