/**
 * The system calls that netlink needs (socket(2), netlink(7), poll(2)), bound once. All are synchronous and act on
 * the calling thread, so a socket belongs to the network namespace of the thread that opened it.
 */
import koffi from 'koffi';
import { errnoName } from './errno.ts';
import { NetlinkError } from './errors.ts';

const libc = koffi.load('libc.so.6');

type Bytes = Uint8Array | Int32Array;

export const EINTR = 4;
export const EAGAIN = 11;
export const EPERM = 1;
export const EIO = 5;
export const EMSGSIZE = 90;
export const ENOBUFS = 105;
export const ETIMEDOUT = 110;

export const AF_NETLINK = 16;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0x80000;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;

export const socket: (domain: number, type: number, protocol: number) => number = libc.func(
  'int socket(int domain, int type, int protocol)',
);
export const bind: (fd: number, address: Bytes, length: number) => number = libc.func(
  'int bind(int fd, const void *address, uint32_t length)',
);
export const getsockname: (fd: number, address: Bytes, length: Bytes) => number = libc.func(
  'int getsockname(int fd, void *address, void *length)',
);
export const setsockopt: (fd: number, level: number, name: number, value: Bytes, length: number) => number =
  libc.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)');
export const getsockopt: (fd: number, level: number, name: number, value: Bytes, length: Bytes) => number =
  libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)');
export const send: (fd: number, bytes: Bytes, length: number, flags: number) => number = libc.func(
  'long send(int fd, const void *bytes, size_t length, int flags)',
);
export const recvfrom: (
  fd: number,
  bytes: Bytes,
  size: number,
  flags: number,
  address: Bytes,
  addressLength: Bytes,
) => number = libc.func(
  'long recvfrom(int fd, void *bytes, size_t size, int flags, void *address, void *addressLength)',
);
export const recvmmsg: (fd: number, headers: Bytes, count: number, flags: number, timeout: null) => number =
  libc.func('int recvmmsg(int fd, void *headers, unsigned int count, int flags, void *timeout)');
export const close: (fd: number) => number = libc.func('int close(int fd)');
export const poll: (pollfds: Bytes, count: number, timeoutMs: number) => number = libc.func(
  'int poll(void *pollfds, unsigned long count, int timeoutMs)',
);

/** errno of the last call on this thread. */
export const errno: () => number = koffi.errno;

/** The error of a system call that has just failed. */
export function systemError(operation: string, number = errno()): NetlinkError {
  return new NetlinkError({ operation, errno: number, code: errnoName(number) });
}

/** The result of a system call; -1 becomes an error. */
export function checked(operation: string, result: number): number {
  if (result < 0) throw systemError(operation);
  return result;
}
