/**
 * Walks a list of attributes without making an object for each.
 *
 *   cursor.enter(view, start, end)
 *   while (cursor.next()) switch (cursor.type) { case CTA_MARK: mark = cursor.networkU32(); ... }
 *   inner.enter(view, cursor.start, cursor.end)      // a nest
 *
 * The value readers take the first bytes of the payload and want at least as many as they read: later kernels
 * may lengthen an attribute, and never shorten it.
 */
import { ATTRIBUTE_HEADER_BYTES, NLA_TYPE_MASK } from './attribute.ts';
import { NetlinkDecodeError } from './errors.ts';
import { align, HOST_LITTLE_ENDIAN as HOST } from './message.ts';

const TWO_32 = 0x1_0000_0000;

export class AttributeCursor {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Type without the flag bits NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
  type = 0;
  /** Where the payload starts, in bytes from the start of the view. */
  start = 0;
  /** Where the payload ends, without padding. */
  end = 0;
  #next = 0;
  #limit = 0;

  /**
   * Take the bytes from `start` to `end` as the list.
   * @throws NetlinkDecodeError when they are not inside the view
   */
  enter(view: DataView, start: number, end: number): this {
    if (start < 0 || end > view.byteLength || start > end) {
      throw new NetlinkDecodeError(`attributes up to byte ${end} of ${view.byteLength}`, start);
    }
    this.view = view;
    this.#next = start;
    this.#limit = end;
    return this;
  }

  /**
   * Go to the next attribute; false at the end of the list.
   * @throws NetlinkDecodeError when the rest is shorter than a header, or than the length in the header
   */
  next(): boolean {
    const at = this.#next;
    const rest = this.#limit - at;
    if (rest <= 0) return false;
    if (rest < ATTRIBUTE_HEADER_BYTES) throw new NetlinkDecodeError(`${rest} bytes, no attribute,`, at);
    const length = this.view.getUint16(at, HOST);
    if (length < ATTRIBUTE_HEADER_BYTES || length > rest) {
      throw new NetlinkDecodeError(`an attribute of ${length} bytes where ${rest} are left`, at);
    }
    this.type = this.view.getUint16(at + 2, HOST) & NLA_TYPE_MASK;
    this.start = at + ATTRIBUTE_HEADER_BYTES;
    this.end = at + length;
    this.#next = at + align(length);
    return true;
  }

  /** Payload length in bytes. */
  get length(): number {
    return this.end - this.start;
  }

  u8(): number {
    return this.view.getUint8(this.#payload(1));
  }

  u16(): number {
    return this.view.getUint16(this.#payload(2), HOST);
  }

  u32(): number {
    return this.view.getUint32(this.#payload(4), HOST);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.#payload(8), HOST);
  }

  /** 16 bits in network byte order. */
  networkU16(): number {
    return this.view.getUint16(this.#payload(2));
  }

  networkU32(): number {
    return this.view.getUint32(this.#payload(4));
  }

  /** 64 bits in network byte order as a double: exact up to 2^53. */
  networkU64(): number {
    const at = this.#payload(8);
    return this.view.getUint32(at) * TWO_32 + this.view.getUint32(at + 4);
  }

  /** 64 bits in network byte order, exact. */
  networkBigU64(): bigint {
    return this.view.getBigUint64(this.#payload(8));
  }

  /** The payload, not copied. */
  data(): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.start, this.length);
  }

  /** UTF-8 up to the first NUL; what is no UTF-8 becomes U+FFFD. */
  string(): string {
    const bytes = this.data();
    const nul = bytes.indexOf(0);
    return Buffer.from(nul < 0 ? bytes : bytes.subarray(0, nul)).toString('utf8');
  }

  /** Where the payload starts, once it is known to hold `count` bytes. */
  #payload(count: number): number {
    if (this.end - this.start < count) {
      throw new NetlinkDecodeError(`attribute ${this.type} has ${this.length} of ${count} bytes`, this.start);
    }
    return this.start;
  }
}
