/**
 * The calling thread as one that runs often and shortly. With a processor for every thread that makes no difference;
 * where others wait too, a thread with a shorter slice than the one that runs gets the processor when it wakes up, and
 * not when that one's slice is over (EEVDF, PREEMPT_SHORT in kernel/sched/features.h; Linux 6.12, before it is ignored).
 * Its share stays what its nice value gives it.
 *
 *   struct sched_attr (sched_setattr(2), as it was first)
 *      0 u32 size   4 u32 policy   8 u64 flags   16 s32 nice   20 u32 priority   24 u64 runtime   32, 40 u64 others'
 */
import koffi from 'koffi';

/** The shortest that the kernel takes. */
const SLICE_NS = 100_000n;
const SIZE = 48;
/** glibc has no function for it before 2.41. */
const NUMBERS: Partial<Record<NodeJS.Architecture, number>> = { x64: 314, arm64: 274, riscv64: 274 };
const THIS_THREAD = 0;

const syscall: (number: number, thread: number, attributes: Uint8Array, flags: number) => number = koffi
  .load('libc.so.6')
  .func('long syscall(long number, int thread, const uint8_t *attributes, unsigned int flags)');

/** Where the kernel does not take it, all stays as it was. `nice`: what the thread has by now, as it is set along. */
export function runShortly(nice: number): void {
  const number = NUMBERS[process.arch];
  if (number === undefined) return;
  const attributes = new DataView(new ArrayBuffer(SIZE));
  attributes.setUint32(0, SIZE, true);
  attributes.setInt32(16, nice, true);
  attributes.setBigUint64(24, SLICE_NS, true);
  syscall(number, THIS_THREAD, new Uint8Array(attributes.buffer), 0);
}
