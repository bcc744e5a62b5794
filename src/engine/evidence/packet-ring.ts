/**
 * Dropped packets that rules told of, byte by byte as far as they were copied: the packets that were there before
 * anybody knew of an incident. There only when the policy wants packets; memory is what it says (`ringBytes`).
 *
 *   slot   | time | length | original length | up to SLOT_BYTES of the packet |
 */
import { type Address, sameAddress } from '../../address/address.ts';
import { readHeaders } from '../../nflog/headers.ts';
import { emptyPacket, type LoggedPacket } from '../../nflog/packet.ts';

/** As much as a rule copies (enforcement/ruleset/telling.ts). */
const SLOT_BYTES = 128;
/** Times and lengths of one. */
const SLOT_OVERHEAD = 16;

/** `data` is from the IP header on. */
export interface RingPacket {
  readonly atMs: number;
  readonly originalBytes: number;
  readonly data: Uint8Array;
}

export interface RingQuestion {
  readonly host: Address;
  /** Any of these; all, when there is none. */
  readonly others: readonly Address[];
  readonly fromMs: number;
  readonly limit: number;
}

export class PacketRing {
  #capacity = 0;
  #bytes = new Uint8Array(0);
  #times = new Float64Array(0);
  #lengths = new Uint32Array(0);
  #originals = new Uint32Array(0);
  #count = 0;

  /** Another size empties it; 0: off. */
  resize(bytes: number): void {
    const capacity = Math.floor(bytes / (SLOT_BYTES + SLOT_OVERHEAD));
    if (capacity === this.#capacity) return;
    this.#capacity = capacity;
    this.#bytes = new Uint8Array(capacity * SLOT_BYTES);
    this.#times = new Float64Array(capacity);
    this.#lengths = new Uint32Array(capacity);
    this.#originals = new Uint32Array(capacity);
    this.#count = 0;
  }

  note({ view, payloadStart, payloadEnd, bytes, atMs }: LoggedPacket, nowMs: number): void {
    if (this.#capacity === 0 || view === undefined) return;
    const slot = this.#count % this.#capacity;
    const length = Math.min(SLOT_BYTES, payloadEnd - payloadStart);
    const from = new Uint8Array(view.buffer, view.byteOffset + payloadStart, length);
    this.#bytes.set(from, slot * SLOT_BYTES);
    this.#times[slot] = atMs || nowMs;
    this.#lengths[slot] = length;
    this.#originals[slot] = Math.max(bytes, length);
    this.#count += 1;
  }

  /** Copies, the oldest first. */
  find({ host, others, fromMs, limit }: RingQuestion): RingPacket[] {
    const found: RingPacket[] = [];
    const view = new DataView(this.#bytes.buffer);
    const headers = emptyPacket();
    for (let back = 1; back <= Math.min(this.#count, this.#capacity) && found.length < limit; back++) {
      const slot = (this.#count - back) % this.#capacity;
      if (this.#times[slot] < fromMs) continue;
      const start = slot * SLOT_BYTES;
      readHeaders(view, start, start + this.#lengths[slot], headers);
      if (!isBetween(headers, host, others)) continue;
      const data = this.#bytes.slice(start, start + this.#lengths[slot]);
      found.push({ atMs: this.#times[slot], originalBytes: this.#originals[slot], data });
    }
    return found.reverse();
  }
}

type Ends = Pick<LoggedPacket, 'known' | 'source' | 'destination'>;

/** From the host to one of the others, or back. */
export function isBetween(
  { known, source, destination }: Ends,
  host: Address,
  others: readonly Address[],
): boolean {
  if (known === 'nothing') return false;
  const isOther = (address: Address) =>
    others.length === 0 || others.some((each) => sameAddress(each, address));
  return (
    (sameAddress(source, host) && isOther(destination)) || (sameAddress(destination, host) && isOther(source))
  );
}
