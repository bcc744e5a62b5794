/**
 * A digest of the whole table that is cheap to keep while single elements come and go: SHA-256 of the static part
 * and of the sum of the elements' SHA-256, taken as numbers modulo 2^256 (a multiset hash: Bellare and Micciancio,
 * 'A New Paradigm for Collision-Free Hashing', AdHash). Life times are in it as given, not what is left of them.
 */
import { hash } from 'node:crypto';

const MODULUS = 1n << 256n;

export class RulesetDigest {
  #sum = 0n;
  /** The static part is some ten thousand characters, and seldom another. */
  #listing = '';
  #listingHash = hash('sha256', '');

  add(elementId: string, timeoutMs: number): void {
    this.#sum = (this.#sum + elementHash(elementId, timeoutMs)) % MODULUS;
  }

  remove(elementId: string, timeoutMs: number): void {
    this.#sum = (this.#sum + MODULUS - elementHash(elementId, timeoutMs)) % MODULUS;
  }

  /** Hex. `listing` is the canonical text of the static part. */
  value(listing: string): string {
    if (listing !== this.#listing) {
      this.#listing = listing;
      this.#listingHash = hash('sha256', listing);
    }
    return hash('sha256', `${this.#listingHash} ${this.#sum.toString(16)}`);
  }
}

function elementHash(elementId: string, timeoutMs: number): bigint {
  return BigInt(`0x${hash('sha256', `${elementId} ${Math.round(timeoutMs)}`)}`);
}
