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

  /** One range of another list. */
  append({ bytes }: AddressRanges, index: number): void {
    const width = 2 * widthOf(this.#family);
    const at = this.#count * width;
    if (at + width > this.#bytes.length) this.#grow();
    for (let i = 0; i < width; i++) this.#bytes[at + i] = bytes[index * width + i];
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

/** Ranges of one address, and the others. */
export function splitSingles(ranges: AddressRanges): {
  readonly singles: AddressRanges;
  readonly spans: AddressRanges;
} {
  const { family, bytes } = ranges;
  const width = widthOf(family);
  const [singles, spans] = [new AddressRangesBuilder(family), new AddressRangesBuilder(family)];
  for (let i = 0; i < ranges.count; i++) {
    const at = i * 2 * width;
    const isSingle = compareBytes(bytes, at, bytes, at + width, width) === 0;
    (isSingle ? singles : spans).append(ranges, i);
  }
  return { singles: singles.finish(), spans: spans.finish() };
}

/** All of both, of ranges that are alike or have no address in common. */
export function unionOf(x: AddressRanges, y: AddressRanges): AddressRanges {
  if (x.count === 0) return y;
  if (y.count === 0) return x;
  const builder = new AddressRangesBuilder(x.family);
  for (let [i, j] = [0, 0]; i < x.count || j < y.count; ) {
    const order = i === x.count ? 1 : j === y.count ? -1 : compareLasts(x, i, y, j);
    if (order <= 0) builder.append(x, i);
    else builder.append(y, j);
    if (order <= 0) i += 1;
    if (order >= 0) j += 1;
  }
  return builder.finish();
}

/** Order of the last addresses of two ranges. */
export function compareLasts(x: AddressRanges, i: number, y: AddressRanges, j: number): number {
  const width = widthOf(x.family);
  return compareBytes(x.bytes, (2 * i + 1) * width, y.bytes, (2 * j + 1) * width, width);
}

export function isSameRange(x: AddressRanges, i: number, y: AddressRanges, j: number): boolean {
  const width = 2 * widthOf(x.family);
  return compareBytes(x.bytes, i * width, y.bytes, j * width, width) === 0;
}

/** In a long list a view for each address would cost more than all else. */
function compareBytes(x: Uint8Array, i: number, y: Uint8Array, j: number, count: number): number {
  for (let k = 0; k < count; k++) if (x[i + k] !== y[j + k]) return x[i + k] - y[j + k];
  return 0;
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
