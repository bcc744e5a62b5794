/** A TUN device (Documentation/networking/tuntap.rst) of the calling thread's network namespace: packets as bytes. */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import koffi from 'koffi';

const TUNSETIFF = 0x400454ca;
const IFF_TUN = 0x0001;
const IFF_NO_PI = 0x1000;
const IFREQ_BYTES = 40;
const NAME_BYTES = 16;
const MAX_PACKET = 65_536;
const ioctl: (fd: number, request: number, argument: Uint8Array) => number = koffi
  .load('libc.so.6')
  .func('int ioctl(int fd, unsigned long request, void *argument)');

export class Tun implements Disposable {
  readonly name: string;
  readonly #fd = openSync('/dev/net/tun', constants.O_RDWR | constants.O_NONBLOCK);
  readonly #buffer = new Uint8Array(MAX_PACKET);

  constructor(name: string) {
    this.name = name;
    const request = new Uint8Array(IFREQ_BYTES);
    request.set(new TextEncoder().encode(name));
    new DataView(request.buffer).setUint16(NAME_BYTES, IFF_TUN | IFF_NO_PI, true);
    if (ioctl(this.#fd, TUNSETIFF, request) !== 0) throw new Error(`TUNSETIFF: errno ${koffi.errno()}`);
  }

  /** The machine receives this packet. */
  inject(packet: Uint8Array): void {
    writeSync(this.#fd, packet);
  }

  /** What the machine has sent and nobody has taken yet. */
  *take(): Generator<Uint8Array> {
    for (;;) {
      let length: number;
      try {
        length = readSync(this.#fd, this.#buffer);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
        throw error;
      }
      yield this.#buffer.slice(0, length);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
