/**
 * How many bytes the peer's kernel has not acknowledged (SIOCOUTQ, tcp(7)). It is the only sign that a byte has left
 * this machine: a write is done when our own kernel has taken it, also towards a peer that is long gone.
 */
import type { Socket } from 'node:net';
import koffi from 'koffi';

const SIOCOUTQ = 0x5411;

const libc = koffi.load('libc.so.6');
const ioctl: (fd: number, request: number, value: Int32Array) => number = libc.func(
  'int ioctl(int fd, unsigned long request, void *value)',
);

/** undefined: it cannot be told. Only while the socket is open: its number may be another's later. */
export function unacknowledgedBytes(fd: number): number | undefined {
  const value = new Int32Array(1);
  return ioctl(fd, SIOCOUTQ, value) === 0 ? value[0] : undefined;
}

/** Node keeps it to itself; undefined where it does so better than we know. */
export function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}
