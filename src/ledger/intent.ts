/**
 * What is about to be done, in some stores to memory that outlives the process (intent-file.ts), so that the kernel
 * waits neither for the entries nor for a system call:
 *
 *   put ---> the kernel is changed ---> the entries are appended         the intent is over: the ledger has grown past it
 *     \
 *      +--- the process dies ---------> open: it waits, and is appended
 *
 * It is no part of the record. There is one at a time:
 *
 *   0            4             8                      72                     72 + length
 *   +------------+-------------+----------------------+----------------------+------------------+
 *   | length     | checksum of | hash of the head     | drafts: a JSON array | what was there   |
 *   | of drafts  | the others  | that it follows, hex | in UTF-8             | before           |
 *   +------------+-------------+----------------------+----------------------+------------------+
 *     u32          u32, both in the machine's order of bytes
 *
 * A length of 0 says that nothing is intended. It is stored first, then hash and drafts, the checksum, and the length: a
 * death between two stores leaves nothing, and the kernel was not touched. The checksum is for what a power cut makes of
 * the file, since pages are written back one by one.
 *
 * The hash says which ledger it belongs to, and which state of that. What would follow GENESIS, which every ledger
 * begins with, is not taken.
 */
import { GENESIS, type Head } from './chain.ts';
import type { EntryDraft } from './entry.ts';

/** Bytes, whole words. One block has 500 to some thousand. */
export const INTENT_SIZE = 65_536;

const [LENGTH, CHECKSUM] = [0, 1];
const HASH_AT = 8;
const DRAFTS_AT = 72;
const WORD = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Intent {
  #words: Uint32Array;
  #hash: Uint8Array;
  #drafts: Uint8Array;

  /** `memory`: whole words. */
  constructor(memory: ArrayBuffer) {
    this.#words = new Uint32Array(memory);
    this.#hash = new Uint8Array(memory, HASH_AT, DRAFTS_AT - HASH_AT);
    this.#drafts = new Uint8Array(memory, DRAFTS_AT);
  }

  /** @returns false when it is not taken, for want of room or of an entry that it follows */
  put(head: Head, drafts: readonly EntryDraft[]): boolean {
    if (head.seq === GENESIS.seq) return false;
    const text = JSON.stringify(drafts);
    this.#words[LENGTH] = 0;
    encoder.encodeInto(head.hash, this.#hash);
    const { read, written } = encoder.encodeInto(text, this.#drafts);
    if (read < text.length) return false;
    this.#words[CHECKSUM] = this.#checksum(written);
    this.#words[LENGTH] = written;
    return true;
  }

  /** What was meant to follow `head` and does not. */
  waiting(head: Head): EntryDraft[] {
    const length = this.#words[LENGTH];
    if (length === 0 || length > this.#drafts.length) return [];
    if (this.#words[CHECKSUM] !== this.#checksum(length)) return [];
    if (decoder.decode(this.#hash) !== head.hash) return [];
    return JSON.parse(decoder.decode(this.#drafts.subarray(0, length)));
  }

  /** Take nothing from now on, and let go of the memory. */
  close(): void {
    this.#words = new Uint32Array();
    this.#hash = this.#drafts = new Uint8Array();
  }

  /**
   * Of the length and of whole words, the last of which may end beyond the drafts. FNV-1a (draft-eastlake-fnv), word by word and with a
   * shift, so that a word's upper bits tell too: a call of zlib's CRC-32 costs more when it is cold.
   */
  #checksum(length: number): number {
    const words = this.#words;
    const end = Math.ceil((DRAFTS_AT + length) / WORD);
    let sum = 0x811c9dc5 ^ length;
    for (let i = HASH_AT / WORD; i < end; i++) {
      sum = Math.imul(sum ^ words[i], 0x01000193);
      sum ^= sum >>> 15;
    }
    return sum >>> 0;
  }
}
