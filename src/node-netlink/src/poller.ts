/**
 * Waits for any of a fixed list of file descriptors (poll(2)), blocking the thread. Nothing is allocated a wait.
 *
 * struct pollfd, host order: fd 4 | events 2 | revents 2.
 */
import { EINTR, errno, poll, systemError } from './libc.ts';
import { HOST_LITTLE_ENDIAN as HOST } from './message.ts';

const POLLFD_BYTES = 8;
const POLLIN = 0x01;
const POLLERR = 0x08;
const POLLHUP = 0x10;
const POLLNVAL = 0x20;

export class Poller {
  readonly fds: readonly number[];
  readonly #pollfds: Uint8Array;
  readonly #view: DataView;

  constructor(fds: readonly number[]) {
    this.fds = [...fds];
    const buffer = new ArrayBuffer(fds.length * POLLFD_BYTES);
    this.#pollfds = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    fds.forEach((fd, i) => {
      this.#view.setInt32(i * POLLFD_BYTES, fd, HOST);
      this.#view.setInt16(i * POLLFD_BYTES + 4, POLLIN, HOST);
    });
  }

  /**
   * Wait up to `timeoutMs` (-1 for ever) and return how many descriptors have something; 0 when the time is over.
   * A signal does not end the wait.
   * @throws NetlinkError
   */
  wait(timeoutMs: number): number {
    const deadline = performance.now() + timeoutMs;
    for (let rest = Math.ceil(timeoutMs); ; ) {
      const ready = poll(this.#pollfds, this.fds.length, rest);
      if (ready >= 0) return ready;
      if (errno() !== EINTR) throw systemError('poll');
      if (timeoutMs >= 0) rest = Math.max(0, Math.ceil(deadline - performance.now()));
    }
  }

  /**
   * A read of the descriptor at this place of the list will not block. True also when an error is pending: a read
   * then reports it, as a netlink socket reports lost events.
   */
  readable(index: number): boolean {
    return (this.#events(index) & (POLLIN | POLLERR)) !== 0;
  }

  /** The other end of a pipe is closed, or the descriptor is. */
  hungUp(index: number): boolean {
    return (this.#events(index) & (POLLHUP | POLLNVAL)) !== 0;
  }

  #events(index: number): number {
    return this.#view.getInt16(index * POLLFD_BYTES + 6, HOST);
  }
}
