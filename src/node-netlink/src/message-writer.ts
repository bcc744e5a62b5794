/**
 * Writes one or more netlink messages into one buffer that grows and is used again.
 *
 *   begin(type, flags)   nlmsghdr, length still 0
 *     reserve(4)         the family's fixed header, if it has one
 *     u32(type, value)   attributes
 *     beginNested(type)
 *       ...
 *     endNested()        patches the attribute's length
 *   end()                patches the message's length
 */
import {
  ATTRIBUTE_HEADER_BYTES as ATTRIBUTE_HEADER,
  ATTRIBUTE_MAX_BYTES,
  NLA_F_NESTED,
} from './attribute.ts';
import { NetlinkEncodeError } from './errors.ts';
import { align, HEADER_BYTES, HOST_LITTLE_ENDIAN as HOST, NLM_F_ACK } from './message.ts';

const TWO_32 = 0x1_0000_0000;
const NONE = -1;

export class MessageWriter {
  /** The buffer; valid up to `length`. Growing replaces it, so do not keep it across a write. */
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** Bytes written. */
  length = 0;
  /** Sequence number of the first message since `reset`. */
  firstSequence = 0;
  /** Sequence number of the last message begun. Counts on through `reset`, so that late answers are told apart. */
  sequence: number;
  /** Sequence number of the last message since `reset` that asks for an acknowledgement; 0 if none does. */
  acknowledgedSequence = 0;
  #message = NONE;
  #nests: number[] = [];

  /** @param sequence number before the first one given out */
  constructor(initialBytes = 4096, sequence = 0) {
    this.bytes = new Uint8Array(initialBytes);
    this.view = new DataView(this.bytes.buffer);
    this.sequence = sequence;
  }

  /** Forget what is written, also half-written. */
  reset(): this {
    this.length = 0;
    this.#message = NONE;
    this.#nests.length = 0;
    this.firstSequence = 0;
    this.acknowledgedSequence = 0;
    return this;
  }

  /** Start a message with the next sequence number, which is returned. */
  begin(type: number, flags: number): number {
    if (this.#message !== NONE) throw new NetlinkEncodeError('begin inside a message');
    this.#message = this.reserve(HEADER_BYTES);
    this.sequence = following(this.sequence);
    this.firstSequence ||= this.sequence;
    if (flags & NLM_F_ACK) this.acknowledgedSequence = this.sequence;
    this.view.setUint16(this.#message + 4, type, HOST);
    this.view.setUint16(this.#message + 6, flags, HOST);
    this.view.setUint32(this.#message + 8, this.sequence, HOST);
    return this.sequence;
  }

  end(): void {
    if (this.#message === NONE || this.#nests.length > 0) {
      throw new NetlinkEncodeError(this.#message === NONE ? 'end without begin' : 'end inside a nest');
    }
    this.view.setUint32(this.#message, this.length - this.#message, HOST);
    this.#message = NONE;
  }

  /** Number the messages that are written anew, behind `sequence`: they are to be sent once more. */
  renumber(sequence: number): void {
    this.firstSequence = following(sequence);
    for (let at = 0; at < this.length; at += align(this.view.getUint32(at, HOST))) {
      sequence = following(sequence);
      this.view.setUint32(at + 8, sequence, HOST);
      if (this.view.getUint16(at + 6, HOST) & NLM_F_ACK) this.acknowledgedSequence = sequence;
    }
    this.sequence = sequence;
  }

  /**
   * Take `count` zero bytes, padded to 4, and return where they start: for a family's fixed header. It may replace
   * `bytes` and `view`, so call it in a statement of its own.
   */
  reserve(count: number): number {
    const start = this.length;
    const end = start + align(count);
    if (end > this.bytes.length) this.#grow(end);
    // Nearly always a few bytes, for which fill(0) takes twice as long.
    for (let at = start; at < end; at += 4) this.view.setUint32(at, 0);
    this.length = end;
    return start;
  }

  beginNested(type: number): void {
    this.#nests.push(this.#attribute(type | NLA_F_NESTED, 0) - ATTRIBUTE_HEADER);
  }

  endNested(): void {
    const start = this.#nests.pop();
    if (start === undefined) throw new NetlinkEncodeError('endNested without beginNested');
    const length = this.length - start;
    if (length > ATTRIBUTE_MAX_BYTES) throw new NetlinkEncodeError(`a nest of ${length} bytes`);
    this.view.setUint16(start, length, HOST);
  }

  /** An attribute that says all by being there. */
  flag(type: number): void {
    this.#attribute(type, 0);
  }

  u8(type: number, value: number): void {
    const start = this.#attribute(type, 1);
    this.bytes[start] = value;
  }

  u16(type: number, value: number): void {
    const start = this.#attribute(type, 2);
    this.view.setUint16(start, value, HOST);
  }

  u32(type: number, value: number): void {
    const start = this.#attribute(type, 4);
    this.view.setUint32(start, value, HOST);
  }

  u64(type: number, value: number | bigint): void {
    const start = this.#attribute(type, 8);
    this.view.setBigUint64(start, BigInt(value), HOST);
  }

  /** 16 bits in network byte order. */
  networkU16(type: number, value: number): void {
    const start = this.#attribute(type, 2);
    this.view.setUint16(start, value);
  }

  networkU32(type: number, value: number): void {
    const start = this.#attribute(type, 4);
    this.view.setUint32(start, value);
  }

  /** 64 bits in network byte order; a number must be an integer of at most 2^53. */
  networkU64(type: number, value: number | bigint): void {
    const start = this.#attribute(type, 8);
    if (typeof value === 'bigint') this.view.setBigUint64(start, value);
    else this.putNetworkU64(start, value);
  }

  /** Into what is written already. */
  putNetworkU64(at: number, value: number): void {
    this.view.setUint32(at, Math.floor(value / TWO_32));
    this.view.setUint32(at + 4, value % TWO_32);
  }

  data(type: number, value: ArrayLike<number>): void {
    const start = this.#attribute(type, value.length);
    this.bytes.set(value, start);
  }

  /** UTF-8 with the closing NUL that the kernel expects of NLA_NUL_STRING. */
  string(type: number, value: string): void {
    if (!isAscii(value)) {
      this.data(type, Buffer.from(`${value}\0`));
      return;
    }
    // Names are, and an encoder takes longer than all else of a short message.
    const start = this.#attribute(type, value.length + 1);
    for (let i = 0; i < value.length; i++) this.bytes[start + i] = value.charCodeAt(i);
  }

  /**
   * Header of an attribute with `count` zero bytes of payload; returns where the payload starts. As `reserve`
   * it may replace `bytes` and `view`.
   */
  #attribute(type: number, count: number): number {
    if (this.#message === NONE) throw new NetlinkEncodeError('an attribute outside a message');
    const length = ATTRIBUTE_HEADER + count;
    if (length > ATTRIBUTE_MAX_BYTES) throw new NetlinkEncodeError(`an attribute of ${length} bytes`);
    const start = this.reserve(length);
    this.view.setUint16(start, length, HOST);
    this.view.setUint16(start + 2, type, HOST);
    return start + ATTRIBUTE_HEADER;
  }

  #grow(least: number): void {
    const bytes = new Uint8Array(Math.max(least, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

function following(sequence: number): number {
  return sequence >= 0xffffffff ? 1 : sequence + 1;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
