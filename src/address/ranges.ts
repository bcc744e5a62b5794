/**
 * Many ranges of addresses in little memory, as bytes in network order, which is how the kernel has them:
 *
 *   bytes   first last | first last | ...        4 or 16 bytes each, both included
 *
 * Ascending, and apart: between two of them lies at least one address.
 */
import { type Address, type Family, toBytes } from './address.ts';

export interface AddressRanges {
  readonly family: Family;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Bytes of one address. */
export function widthOf(family: Family): 4 | 16 {
  return family === 4 ? 4 : 16;
}

export function noRanges(family: Family): AddressRanges {
  return { family, count: 0, bytes: new Uint8Array(0) };
}

/** Collects ranges in rising order. */
export class AddressRangesBuilder {
  readonly #family: Family;
  #bytes = new Uint8Array(1024);
  #count = 0;

  constructor(family: Family) {
    this.#family = family;
  }

  /** Both ends are copied. */
  add(first: Uint8Array, last: Uint8Array): void {
    const width = widthOf(this.#family);
    const at = this.#count * 2 * width;
    if (at + 2 * width > this.#bytes.length) this.#grow();
    this.#bytes.set(first, at);
    this.#bytes.set(last, at + width);
    this.#count += 1;
  }

  finish(): AddressRanges {
    const length = this.#count * 2 * widthOf(this.#family);
    return { family: this.#family, count: this.#count, bytes: this.#bytes.slice(0, length) };
  }

  #grow(): void {
    const bytes = this.#bytes;
    this.#bytes = new Uint8Array(bytes.length * 2);
    this.#bytes.set(bytes);
  }
}

/** The first address of a range; not a copy. */
export function firstOf({ family, bytes }: AddressRanges, index: number): Uint8Array {
  const width = widthOf(family);
  return bytes.subarray(index * 2 * width, (index * 2 + 1) * width);
}

export function lastOf({ family, bytes }: AddressRanges, index: number): Uint8Array {
  const width = widthOf(family);
  return bytes.subarray((index * 2 + 1) * width, (index + 1) * 2 * width);
}

/** The range that holds an address: its index, or -1. `address` in network order. */
export function findRange(ranges: AddressRanges, address: Uint8Array): number {
  let [low, high] = [0, ranges.count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(firstOf(ranges, middle), address) <= 0) low = middle + 1;
    else high = middle;
  }
  return low > 0 && Buffer.compare(lastOf(ranges, low - 1), address) >= 0 ? low - 1 : -1;
}

/** The same addresses but for some. */
export function withoutAddresses(ranges: AddressRanges, addresses: readonly Address[]): AddressRanges {
  const { family, count } = ranges;
  const left = addresses
    .filter((address) => address.family === family)
    .map((each) => Uint8Array.from(toBytes(each)));
  if (!left.some((address) => findRange(ranges, address) >= 0)) return ranges;
  left.sort(Buffer.compare);
  const builder = new AddressRangesBuilder(family);
  for (let i = 0; i < count; i++) {
    const last = lastOf(ranges, i);
    let first: Uint8Array | undefined = firstOf(ranges, i);
    for (const address of left) {
      if (first === undefined || Buffer.compare(address, first) < 0 || Buffer.compare(address, last) > 0)
        continue;
      if (Buffer.compare(address, first) > 0) builder.add(first, addressBeside(address, -1));
      first = Buffer.compare(address, last) < 0 ? addressBeside(address, 1) : undefined;
    }
    if (first !== undefined) builder.add(first, last);
  }
  return builder.finish();
}

/** The address before (-1) or behind (1) one that has such a neighbour. */
export function addressBeside(address: Uint8Array, by: 1 | -1): Uint8Array {
  const next = Uint8Array.from(address);
  const overflow = by === 1 ? 255 : 0;
  let byte = next.length - 1;
  while (next[byte] === overflow) next[byte--] += by;
  next[byte] += by;
  return next;
}
