/**
 * A digest of the whole table that is cheap to keep while single elements come and go: SHA-256 of the static part
 * and of the sum of the elements' SHA-256, taken as numbers modulo 2^256 (a multiset hash: Bellare and Micciancio,
 * 'A New Paradigm for Collision-Free Hashing', AdHash). Life times are in it as given, not what is left of them.
 */
import { hash } from 'node:crypto';

const BITS = 256;

/** `sign`: whether it comes or goes. */
interface Summand {
  readonly elementId: string;
  readonly timeoutMs: number;
  readonly sign: 1 | -1;
}

export class RulesetDigest {
  #sum = 0n;
  /** Hashed when somebody asks: a block that is on its way into the kernel does not wait for it. */
  #unsummed: Summand[] = [];
  /** The static part is some ten thousand characters, and seldom another. */
  #listing = '';
  #listingHash = hash('sha256', '');

  add(elementId: string, timeoutMs: number): void {
    this.#unsummed.push({ elementId, timeoutMs, sign: 1 });
  }

  remove(elementId: string, timeoutMs: number): void {
    this.#unsummed.push({ elementId, timeoutMs, sign: -1 });
  }

  /** Hex. `listing` is the canonical text of the static part. */
  value(listing: string): string {
    if (listing !== this.#listing) {
      this.#listing = listing;
      this.#listingHash = hash('sha256', listing);
    }
    this.#sumUp();
    return hash('sha256', `${this.#listingHash} ${this.#sum.toString(16)}`);
  }

  #sumUp(): void {
    let sum = this.#sum;
    for (const { elementId, timeoutMs, sign } of this.#unsummed) {
      const number = elementHash(elementId, timeoutMs);
      sum += sign === 1 ? number : -number;
    }
    this.#sum = BigInt.asUintN(BITS, sum);
    this.#unsummed = [];
  }
}

function elementHash(elementId: string, timeoutMs: number): bigint {
  return BigInt(`0x${hash('sha256', `${elementId} ${Math.round(timeoutMs)}`)}`);
}
