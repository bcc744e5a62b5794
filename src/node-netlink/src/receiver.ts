/**
 * Takes the kernel's datagrams from a netlink socket, without waiting.
 *
 * sockaddr_nl, host order, from offset 0: family 2 | zero 2 | port id 4 | groups 4. The kernel's port id is 0.
 */
import { NetlinkTruncatedError } from './errors.ts';
import { EAGAIN, EINTR, ENOBUFS, errno, MSG_DONTWAIT, MSG_TRUNC, recvfrom, systemError } from './libc.ts';
import { HOST_LITTLE_ENDIAN as HOST } from './message.ts';

export const ADDRESS_BYTES = 12;
/** Datagrams of other processes skipped by one `receive`, so that a flood of them cannot hold the thread. */
const MAX_FOREIGN = 64;

/**
 * A byte count, or: nothing there; the queue overflowed and datagrams before this one are lost (ENOBUFS); so many of
 * other processes were skipped that it is the caller's turn to say whether to go on.
 */
export type Received = number | 'empty' | 'overrun' | 'foreign';

export class DatagramReceiver {
  readonly #sender = new Uint8Array(new ArrayBuffer(ADDRESS_BYTES));
  readonly #senderView = new DataView(this.#sender.buffer);
  readonly #senderLength = new Int32Array([ADDRESS_BYTES]);

  /**
   * Take one datagram of the kernel into `bytes`. Datagrams of other processes are dropped.
   * @throws NetlinkTruncatedError when it does not fit; NetlinkError
   */
  receive(fd: number, bytes: Uint8Array): Received {
    for (let foreign = 0; foreign < MAX_FOREIGN; ) {
      const count = this.#receiveFrom(fd, bytes);
      if (count >= 0) {
        if (this.#senderView.getUint32(4, HOST) === 0) return fitting(count, bytes.length);
        foreign++;
        continue;
      }
      const failure = errno();
      if (failure === EAGAIN) return 'empty';
      if (failure === ENOBUFS) return 'overrun';
      if (failure !== EINTR) throw systemError('recvfrom', failure);
    }
    return 'foreign';
  }

  #receiveFrom(fd: number, bytes: Uint8Array): number {
    this.#senderLength[0] = ADDRESS_BYTES;
    // With MSG_TRUNC the result is the datagram's own length, also when it did not fit.
    return recvfrom(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_TRUNC, this.#sender, this.#senderLength);
  }
}

function fitting(count: number, room: number): number {
  if (count > room) throw new NetlinkTruncatedError(count, room);
  return count;
}
