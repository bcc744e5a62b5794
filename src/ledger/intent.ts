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
 *   | length     | checksum of | hash of the head     | drafts: slots, or a  | what was there   |
 *   | of drafts  | the others  | that it follows, hex | JSON array in UTF-8  | before           |
 *   +------------+-------------+----------------------+----------------------+------------------+
 *     u32          u32, both in the machine's order of bytes
 *
 * What a block mostly is goes into slots (block-slots.ts), which never begin with a `[` as JSON does; everything else is
 * JSON, as all was up to schema version 9.
 *
 * A length of 0 says that nothing is intended. It is stored first, then hash and drafts, the checksum, and the length: a
 * death between two stores leaves nothing, and the kernel was not touched. The checksum is for what a power cut makes of
 * the file, since pages are written back one by one.
 *
 * The hash says which ledger it belongs to, and which state of that. What would follow GENESIS, which every ledger
 * begins with, is not taken.
 */
import { readBlock, writeBlock } from './block-slots.ts';
import { GENESIS, type Head } from './chain.ts';
import type { EntryDraft } from './entry.ts';
import { SlotReader, SlotWriter } from './slots.ts';

/** Bytes, whole words. One block has 500 to some thousand. */
export const INTENT_SIZE = 65_536;

const [LENGTH, CHECKSUM] = [0, 1];
const HASH_AT = 8;
const DRAFTS_AT = 72;
const WORD = 4;
const BRACKET = 0x5b;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Intent {
  #words: Uint32Array;
  #hash: Uint8Array;
  #drafts: Uint8Array;
  #slots: SlotWriter;
  /** Whose hash is there. */
  #head: Head = GENESIS;

  /** `memory`: whole words. */
  constructor(memory: ArrayBuffer) {
    this.#words = new Uint32Array(memory);
    this.#hash = new Uint8Array(memory, HASH_AT, DRAFTS_AT - HASH_AT);
    this.#drafts = new Uint8Array(memory, DRAFTS_AT);
    this.#slots = new SlotWriter(memory, DRAFTS_AT);
  }

  /** What is put next will follow this, so that `put` has less to do. What waited is over. */
  follow(head: Head): void {
    this.#words[LENGTH] = 0;
    encoder.encodeInto(head.hash, this.#hash);
    this.#head = head;
  }

  /** @returns false when it is not taken, for want of room or of an entry that it follows */
  put(head: Head, drafts: readonly EntryDraft[]): boolean {
    if (head.seq === GENESIS.seq) return false;
    if (head !== this.#head) this.follow(head);
    this.#words[LENGTH] = 0;
    const length = writeBlock(this.#slots, drafts) ? this.#slots.length : this.#putText(drafts);
    if (length === 0) return false;
    this.#words[CHECKSUM] = this.#checksum(length);
    this.#words[LENGTH] = length;
    return true;
  }

  /** @returns how many bytes it takes; 0 when it does not fit */
  #putText(drafts: readonly EntryDraft[]): number {
    const text = JSON.stringify(drafts);
    const { read, written } = encoder.encodeInto(text, this.#drafts);
    return read < text.length ? 0 : written;
  }

  /** What was meant to follow `head` and does not. */
  waiting(head: Head): EntryDraft[] {
    const length = this.#words[LENGTH];
    if (length === 0 || length > this.#drafts.length) return [];
    if (this.#words[CHECKSUM] !== this.#checksum(length)) return [];
    if (decoder.decode(this.#hash) !== head.hash) return [];
    const drafts = this.#drafts.subarray(0, length);
    const isText = drafts[0] === BRACKET;
    return (isText ? readText(drafts) : readBlock(new SlotReader(drafts))) ?? [];
  }

  /** Take nothing from now on, and let go of the memory. */
  close(): void {
    this.#words = new Uint32Array();
    this.#hash = this.#drafts = new Uint8Array();
    this.#slots = new SlotWriter(new ArrayBuffer());
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

/** Undefined when it is none, as of a file that somebody else wrote: it keeps no gateway from starting. */
function readText(bytes: Uint8Array): EntryDraft[] | undefined {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}
