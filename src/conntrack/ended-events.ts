/**
 * Events of connections that have ended, put aside as the kernel sent them, first in, first out:
 *
 *   nlmsghdr 16 (length 4 | type 2 | ...) | nfgenmsg 4 | CTA_TUPLE_ORIG: length 2 | type 2 | tuple | ...
 *   0                                       16           20                       24
 *
 * The original tuple comes first in every event (ctnetlink_conntrack_event in net/netfilter/nf_conntrack_netlink.c).
 * Whether one of the same tuple waits is asked for each event that is taken meanwhile: nearly always the marks say no.
 */
import { HOST_LITTLE_ENDIAN as HOST } from 'node-netlink';
import { IPCTNL_MSG_CT_DELETE } from './message.ts';

const WORD = 4;
const TYPE = 4;
const TUPLE_LENGTH = 20;
const TUPLE = 24;
/** The kernel's garbage collection ends some 260 at a time, every four milliseconds (gc_worker in nf_conntrack_core.c). */
const SLOTS = 512;
/** More than twice what such an event has; a longer one is not put aside. */
const SLOT_BYTES = 1_024;
/** With all slots taken, for one tuple in 32 all are looked through. */
const MARK_BITS = 14;
const MARK_SHIFT = 32 - MARK_BITS;

export class EndedEvents {
  readonly #slots: readonly DataView<ArrayBuffer>[];
  readonly #lengths = new Int32Array(SLOTS);
  /** Of each slot's original tuple. */
  readonly #hashes = new Int32Array(SLOTS);
  /** By the upper bits of a hash: how many of those that wait have them. */
  readonly #marks = new Uint16Array(1 << MARK_BITS);
  #first = 0;
  #count = 0;
  #length = 0;

  constructor() {
    const memory = new ArrayBuffer(SLOTS * SLOT_BYTES);
    this.#slots = Array.from({ length: SLOTS }, (_, i) => new DataView(memory, i * SLOT_BYTES, SLOT_BYTES));
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === SLOTS;
  }

  /** Of the one that was taken last. */
  get length(): number {
    return this.#length;
  }

  /** Whether a datagram tells of an end, and can be put aside. */
  static isOne(view: DataView, length: number): boolean {
    // The kernel fills up the last attribute, so that nothing is left over.
    const fits = length >= TUPLE && length <= SLOT_BYTES && length % WORD === 0;
    return fits && (view.getUint16(TYPE, HOST) & 0xff) === IPCTNL_MSG_CT_DELETE;
  }

  /** One that {@link isOne}, into a copy. Not when it {@link isFull}. */
  put(view: DataView, length: number): void {
    const at = (this.#first + this.#count++) % SLOTS;
    const slot = this.#slots[at];
    for (let i = 0; i < length; i += WORD) slot.setInt32(i, view.getInt32(i, HOST), HOST);
    this.#lengths[at] = length;
    this.#hashes[at] = tupleHash(view, length);
    this.#marks[this.#hashes[at] >>> MARK_SHIFT] += 1;
  }

  /** Whether one of the same original tuple may wait; never false when one does. */
  mayHave(view: DataView, length: number): boolean {
    if (this.#count === 0) return false;
    const hash = tupleHash(view, length);
    return this.#marks[hash >>> MARK_SHIFT] > 0 && this.#hasHash(hash);
  }

  /** The first one, good until the next is put aside; see {@link length}. Not when there is none. */
  take(): DataView<ArrayBuffer> {
    const at = this.#first;
    this.#first = (at + 1) % SLOTS;
    this.#count -= 1;
    this.#marks[this.#hashes[at] >>> MARK_SHIFT] -= 1;
    this.#length = this.#lengths[at];
    return this.#slots[at];
  }

  #hasHash(hash: number): boolean {
    for (let i = 0; i < this.#count; i++) if (this.#hashes[(this.#first + i) % SLOTS] === hash) return true;
    return false;
  }
}

/** Of the original tuple as it is written. Who makes two meet gains that they are taken in the kernel's order. */
function tupleHash(view: DataView, length: number): number {
  if (length < TUPLE) return 0;
  const end = Math.min(TUPLE_LENGTH + view.getUint16(TUPLE_LENGTH, HOST), length) - WORD;
  let hash = 0;
  for (let i = TUPLE; i <= end; i += WORD) {
    hash = Math.imul(hash ^ view.getInt32(i, HOST), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
