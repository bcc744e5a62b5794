/**
 * How the kernel schedules the calling thread (sched(7)). What it starts is scheduled as usual.
 *
 *   struct sched_attr (sched_setattr(2), as it was first)
 *      0 u32 size   4 u32 policy   8 u64 flags   16 s32 nice   20 u32 priority   24 u64 runtime   32, 40 u64 others'
 */
import koffi from 'koffi';

const SCHED_OTHER = 0;
const SCHED_RR = 2;
const SCHED_FLAG_RESET_ON_FORK = 1n;
/** The shortest that the kernel takes. */
const SLICE_NS = 100_000n;
const SIZE = 48;
/** glibc has no function for it before 2.41. */
const NUMBERS: Partial<Record<NodeJS.Architecture, number>> = { x64: 314, arm64: 274, riscv64: 274 };
const NUMBER = NUMBERS[process.arch];
const THIS_THREAD = 0;

const syscall: (number: number, thread: number, attributes: Uint8Array, flags: number) => number = koffi
  .load('libc.so.6')
  .func('long syscall(long number, int thread, const uint8_t *attributes, unsigned int flags)');

/**
 * As one that runs often and shortly. With a processor for every thread that makes no difference; where others wait too,
 * a thread with a shorter slice than the one that runs gets the processor when it wakes up, and not when that one's slice
 * is over (EEVDF, PREEMPT_SHORT in kernel/sched/features.h; Linux 6.12, before it is ignored). Its share stays what its
 * nice value gives it. `nice`: set along.
 */
export function runShortly(nice: number): void {
  set(SCHED_OTHER, nice, 0, SLICE_NS);
}

/** Before all threads that are not of this kind, from the moment it wakes up. @returns whether the kernel took it */
export function runInRealTime(): boolean {
  return set(SCHED_RR, 0, 1, 0n);
}

function set(policy: number, nice: number, priority: number, runtimeNs: bigint): boolean {
  if (NUMBER === undefined) return false;
  const attributes = new DataView(new ArrayBuffer(SIZE));
  attributes.setUint32(0, SIZE, true);
  attributes.setUint32(4, policy, true);
  attributes.setBigUint64(8, SCHED_FLAG_RESET_ON_FORK, true);
  attributes.setInt32(16, nice, true);
  attributes.setUint32(20, priority, true);
  attributes.setBigUint64(24, runtimeNs, true);
  return syscall(NUMBER, THIS_THREAD, new Uint8Array(attributes.buffer), 0) === 0;
}
