/**
 * Wait until no packet is on its way through the rules that was there when this was called. Netfilter runs its hooks
 * as RCU readers (nf_hook, include/linux/netfilter.h), and MEMBARRIER_CMD_GLOBAL of membarrier(2) is synchronize_rcu().
 * It takes some milliseconds.
 */
import koffi from 'koffi';

const NUMBERS: Readonly<Partial<Record<NodeJS.Architecture, number>>> = {
  x64: 324,
  arm64: 283,
  riscv64: 283,
};
const MEMBARRIER_CMD_GLOBAL = 1;
/** Where there is no membarrier (nohz_full): no packet takes as long. */
const PAUSE_MS = 50;

const syscall: (number: number, command: number, flags: number, cpu: number) => number = koffi
  .load('libc.so.6')
  .func('long syscall(long number, int command, unsigned int flags, int cpu)');

export function gracePeriod(): void {
  const number = NUMBERS[process.arch];
  if (number !== undefined && Number(syscall(number, MEMBARRIER_CMD_GLOBAL, 0, 0)) === 0) return;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
