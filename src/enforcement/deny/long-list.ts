/** Elements of one set, too many to have them all as objects at once: made one by one whenever they are asked for. */
import { createHash } from 'node:crypto';
import { type AddressRanges, firstOf, lastOf } from '../../address/ranges.ts';
import { elementId, type KernelElement, STAYS } from '../element.ts';
import { descriptorOf, type SetName } from '../sets.ts';

export class LongList implements Iterable<KernelElement> {
  readonly set: SetName;
  readonly ranges: AddressRanges;

  constructor(set: SetName, ranges: AddressRanges) {
    this.set = set;
    this.ranges = ranges;
  }

  get count(): number {
    return this.ranges.count;
  }

  /** Equal for equal elements; hex. */
  digest(): string {
    return createHash('sha256').update(`${this.set}\n`).update(this.ranges.bytes).digest('hex');
  }

  *[Symbol.iterator](): Generator<KernelElement> {
    for (let i = 0; i < this.count; i++)
      yield listedElement(this.set, firstOf(this.ranges, i), lastOf(this.ranges, i));
  }
}

/** `last`: left out in a set of single addresses. Neither is copied. */
export function listedElement(set: SetName, first: Uint8Array, last: Uint8Array): KernelElement {
  return new ListedElement(set, first, descriptorOf(set).flags.includes('interval') ? last : undefined);
}

/** Few are ever asked for their id. */
class ListedElement implements KernelElement {
  readonly set: SetName;
  readonly key: Uint8Array;
  declare readonly keyEnd?: Uint8Array;
  readonly timeoutMs = STAYS.timeoutMs;
  readonly expiresAtMs = STAYS.expiresAtMs;

  constructor(set: SetName, key: Uint8Array, keyEnd: Uint8Array | undefined) {
    this.set = set;
    this.key = key;
    if (keyEnd !== undefined) this.keyEnd = keyEnd;
  }

  get id(): string {
    return elementId(this.set, this.key, this.keyEnd);
  }
}
