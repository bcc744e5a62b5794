/** Processor time and memory of another process (proc_pid_stat(5), proc_pid_status(5)). */
import { readFileSync } from 'node:fs';

const TICK_S = 0.01;
const UTIME = 11;
const STIME = 12;

/** Seconds, in user and kernel mode. */
export function processorSeconds(pid: number): number {
  // The name before may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_S;
}

/** The most it ever had resident, in MB. */
export function peakMegabytes(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]) / 1_000;
}
