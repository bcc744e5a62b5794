/** systemd's end of sd_notify(3): a unix datagram socket, which Node itself does not have. */
import { closeSync } from 'node:fs';
import koffi from 'koffi';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const bind = libc.func('int bind(int fd, const uint8_t *address, uint32_t length)');
const recv = libc.func('long recv(int fd, _Out_ uint8_t *buffer, size_t length, int flags)');

export class NotifySocket implements Disposable {
  readonly #fd: number;

  constructor(path: string) {
    // sockaddr_un of unix(7): family in host order, then the path with a zero byte at its end
    const address = Buffer.concat([Uint8Array.of(AF_UNIX, 0), Buffer.from(`${path}\0`)]);
    this.#fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(this.#fd, address, address.length) !== 0) throw new Error(`bind: errno ${koffi.errno()}`);
  }

  /** All datagrams that wait. */
  take(): string[] {
    const datagrams: string[] = [];
    const buffer = new Uint8Array(4_096);
    for (;;) {
      const length = recv(this.#fd, buffer, buffer.length, MSG_DONTWAIT);
      if (length < 0) return datagrams;
      datagrams.push(Buffer.from(buffer.subarray(0, length)).toString());
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
