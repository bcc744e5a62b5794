/**
 * Elements of one set by their keys, without a text for each: a hundred thousand are found in some milliseconds. Open
 * addressing; of the hash only the upper bits count:
 *
 *   hash    key[0] * FACTORS[0] + key[1] * FACTORS[1] + ...  mod 2^32
 *   slots   place of the element + 1, 0 for none; twice as many as elements at least; the next one when one is taken
 *
 * The factors are drawn anew in each process: keys are addresses that others choose, and nobody shall choose those that
 * meet in one slot.
 */
import { getRandomValues } from 'node:crypto';
import type { SetElement } from 'node-nftables';
import type { KernelElement } from './element.ts';

/** More than the longest key has bytes. */
const FACTORS = getRandomValues(new Uint32Array(64));

export class ElementIndex {
  /** Of those with the same key the last one. */
  readonly elements: KernelElement[] = [];
  readonly #slots: Int32Array;
  readonly #shift: number;

  constructor(elements: readonly KernelElement[]) {
    const bits = Math.max(4, 33 - Math.clz32(elements.length));
    this.#shift = 32 - bits;
    this.#slots = new Int32Array(2 ** bits);
    for (const element of elements) this.#put(element);
  }

  /** Its place in `elements`; -1 when there is none. A key that is no range ends where it begins. */
  find({ key, keyEnd }: Pick<SetElement, 'key' | 'keyEnd'>): number {
    return this.#slots[this.#slotOf(key, keyEnd)] - 1;
  }

  #put(element: KernelElement): void {
    const slot = this.#slotOf(element.key, element.keyEnd);
    const place = this.#slots[slot];
    if (place === 0) this.#slots[slot] = this.elements.push(element);
    else this.elements[place - 1] = element;
  }

  /** Where it is, or would be. */
  #slotOf(key: Uint8Array, keyEnd: Uint8Array | undefined): number {
    let slot = hashOf(key) >>> this.#shift;
    for (let place = this.#slots[slot]; place !== 0; place = this.#slots[slot]) {
      const other = this.elements[place - 1];
      if (isSameKey(other.key, key) && isSameKey(other.keyEnd ?? other.key, keyEnd ?? key)) break;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    return slot;
  }
}

/** Of 32 bits, signed. */
export function hashOf(key: Uint8Array): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (hash + Math.imul(key[i], FACTORS[i % FACTORS.length])) | 0;
  return hash;
}

export function isSameKey(x: Uint8Array, y: Uint8Array): boolean {
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
