/**
 * Walks the messages of a datagram without making an object for each.
 *
 *   cursor.load(view, length)
 *   while (cursor.next()) ... cursor.type, cursor.start, cursor.end
 */
import { NetlinkDecodeError } from './errors.ts';
import { align, HEADER_BYTES, HOST_LITTLE_ENDIAN as HOST } from './message.ts';

export class MessageCursor {
  view: DataView = new DataView(new ArrayBuffer(0));
  type = 0;
  flags = 0;
  sequence = 0;
  portId = 0;
  /** Where the payload starts, in bytes from the start of the view. */
  start = 0;
  /** Where the payload ends, without padding. */
  end = 0;
  #next = 0;
  #limit = 0;

  /** Take the first `length` bytes of `view` as the datagram. */
  load(view: DataView, length: number = view.byteLength): this {
    if (length < 0 || length > view.byteLength) {
      throw new NetlinkDecodeError(`a length of ${length} outside the buffer`, 0);
    }
    this.view = view;
    this.#next = 0;
    this.#limit = length;
    return this;
  }

  /**
   * Go to the next message; false at the end of the datagram.
   * @throws NetlinkDecodeError when the rest is shorter than a header, or than the length in the header
   */
  next(): boolean {
    const at = this.#next;
    const rest = this.#limit - at;
    if (rest <= 0) return false;
    if (rest < HEADER_BYTES) throw new NetlinkDecodeError(`${rest} bytes, too few for a header,`, at);
    const length = this.view.getUint32(at, HOST);
    if (length < HEADER_BYTES || length > rest) {
      throw new NetlinkDecodeError(`a message of ${length} bytes where ${rest} are left`, at);
    }
    this.type = this.view.getUint16(at + 4, HOST);
    this.flags = this.view.getUint16(at + 6, HOST);
    this.sequence = this.view.getUint32(at + 8, HOST);
    this.portId = this.view.getUint32(at + 12, HOST);
    this.start = at + HEADER_BYTES;
    this.end = at + length;
    this.#next = at + align(length);
    return true;
  }
}
