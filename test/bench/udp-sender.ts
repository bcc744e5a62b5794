/**
 * sendto(2) through koffi, at once and in this thread: a socket of Node takes longer for one datagram than the kernel
 * for one flow. The socket belongs to the namespace that the thread is in when it is made.
 */
import koffi from 'koffi';

const AF_INET = 2;
const SOCK_DGRAM = 2;

const libc = koffi.load('libc.so.6');
const socket: (family: number, type: number, protocol: number) => number =
  libc.func('int socket(int, int, int)');
const sendto: (
  fd: number,
  data: Uint8Array,
  size: number,
  flags: number,
  to: Uint8Array,
  length: number,
) => number = libc.func('long sendto(int, const uint8_t *, size_t, int, const uint8_t *, uint32_t)');

export class UdpSender {
  readonly #fd = socket(AF_INET, SOCK_DGRAM, 0);
  readonly #payload = new Uint8Array(16);
  // struct sockaddr_in: family 2, host order | port 2 | address 4 | zero 8
  readonly #to = new Uint8Array(16);
  readonly #view = new DataView(this.#to.buffer);

  constructor() {
    if (this.#fd < 0) throw new Error(`socket: errno ${koffi.errno()}`);
    this.#view.setUint16(0, AF_INET, true);
  }

  /** One datagram to an address as a number. */
  send(address: number, port: number): void {
    this.#view.setUint16(2, port);
    this.#view.setUint32(4, address);
    sendto(this.#fd, this.#payload, this.#payload.length, 0, this.#to, this.#to.length);
  }
}
