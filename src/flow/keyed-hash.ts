/**
 * HalfSipHash-1-3 with 32 bits of result: what the kernel calls hsiphash (lib/siphash.c). Keyed, so that nobody
 * outside can choose addresses and ports that all fall into one bucket.
 */
import { randomBytes } from 'node:crypto';

const COMPRESSION_ROUNDS = 1;
const FINAL_ROUNDS = 3;

export class KeyedHash {
  /** The message; fill from the start, then call {@link hash}. */
  readonly words: Int32Array;
  readonly #key: Int32Array;

  constructor(maxWords: number, key: Int32Array = randomKey()) {
    this.words = new Int32Array(maxWords);
    this.#key = key;
  }

  /** Of the first `count` words, as bytes in little-endian order. Signed: an unsigned word may become a heap object. */
  hash(count: number): number {
    const { words } = this;
    const key = this.#key;
    let v0 = key[0];
    let v1 = key[1];
    let v2 = key[0] ^ 0x6c796765;
    let v3 = key[1] ^ 0x74656462;
    // Words, then the length, then the end mark: the rounds are the same for all three.
    for (let i = 0; i <= count + 1; i++) {
      const word = i < count ? words[i] : count << 26;
      if (i <= count) v3 ^= word;
      else v2 ^= 0xff;
      for (let round = i <= count ? COMPRESSION_ROUNDS : FINAL_ROUNDS; round > 0; round--) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      if (i <= count) v0 ^= word;
    }
    return v1 ^ v3;
  }
}

/** Buckets for so many rows: a power of two, about one a row. */
export function bucketCount(rows: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(rows, 2)));
}

function randomKey(): Int32Array {
  const bytes = randomBytes(8);
  return Int32Array.of(bytes.readInt32LE(0), bytes.readInt32LE(4));
}
