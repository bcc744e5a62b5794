/**
 * The engine thread waits in poll(2), not in an event loop, so a message on its port must wake it: the main thread
 * adds to an eventfd(2) that is among the polled descriptors.
 */
import { closeSync, readSync, writeSync } from 'node:fs';
import koffi from 'koffi';
import { EngineError } from './errors.ts';

const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;
const eventfd = koffi.load('libc.so.6').func('int eventfd(unsigned int initval, int flags)');
/** A 64-bit 1 in host order; every machine Node runs on Linux for is little-endian but s390x. */
const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

/** @returns a descriptor that any thread of the process may use */
export function openWake(): number {
  const fd: number = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw new EngineError('PENSTOCK_ENGINE_START', `eventfd: errno ${koffi.errno()}`);
  return fd;
}

export function wake(fd: number): void {
  writeSync(fd, ONE);
}

const drained = new Uint8Array(8);

/** Take the wake-up back; call only when poll said that there is one. */
export function acknowledgeWake(fd: number): void {
  readSync(fd, drained);
}

export function closeWake(fd: number): void {
  closeSync(fd);
}
