/**
 * CLOCK_BOOTTIME (clock_gettime(2)) in ms: since the boot, by a clock that nobody sets and that runs on while the
 * machine sleeps. Asked of the kernel itself: /proc/uptime, which `os.uptime()` reads, is the container's own where lxcfs
 * is mounted over it, and begins anew with the container though the boot id is the same.
 */
import koffi from 'koffi';

const CLOCK_BOOTTIME = 7;
/** struct timespec, 64 bits: seconds, then nanoseconds. */
const TIMESPEC_BYTES = 16;

const clockGetTime: (clock: number, timespec: Uint8Array) => number = koffi
  .load('libc.so.6')
  .func('int clock_gettime(int clock, void *timespec)');

export function bootTimeMs(): number {
  const timespec = new DataView(new ArrayBuffer(TIMESPEC_BYTES));
  // It fails for a clock that the kernel does not know; this one is there since Linux 2.6.39.
  if (clockGetTime(CLOCK_BOOTTIME, new Uint8Array(timespec.buffer)) !== 0)
    throw new Error(`clock_gettime: errno ${koffi.errno()}`);
  return Number(timespec.getBigInt64(0, true)) * 1_000 + Number(timespec.getBigInt64(8, true)) / 1e6;
}
