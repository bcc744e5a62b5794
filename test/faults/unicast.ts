/** Netlink datagrams from one process to another (netlink(7)): what an attacker with root could send to the daemon. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import koffi from 'koffi';
import { NETLINK_NETFILTER, NetlinkSocket } from 'node-netlink';

const AF_NETLINK = 16;
const MSG_DONTWAIT = 0x40;
const sendto = koffi
  .load('libc.so.6')
  .func(
    'long sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t size)',
  );

/** Port ids of the netfilter sockets of a process in this thread's network namespace: /proc/net/netlink. */
export function netlinkPorts(pid: number): number[] {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => inodeOf(`/proc/${pid}/fd/${fd}`)));
  const rows = readFileSync(`/proc/${pid}/net/netlink`, 'utf8').trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, protocol, port, , , , , , , inode] = row.trim().split(/\s+/);
    return Number(protocol) === NETLINK_NETFILTER && inodes.has(inode) ? [Number(port)] : [];
  });
}

/** `socket:[4711]` to `4711`; undefined for what has gone or is no socket. */
function inodeOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}

export class Forger implements Disposable {
  readonly #socket = NetlinkSocket.open({ protocol: NETLINK_NETFILTER });

  /** @returns whether the kernel delivered it; false when the receiver's queue is full */
  send(port: number, frame: Uint8Array): boolean {
    const address = new Uint8Array(12);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_NETLINK, true);
    view.setUint32(4, port, true);
    return (
      sendto(this.#socket.fd, frame, frame.length, MSG_DONTWAIT, address, address.length) === frame.length
    );
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
