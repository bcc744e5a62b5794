/**
 * Loaded into the daemon with `--import`: its wall clock is off by as many milliseconds as the file says that the
 * environment variable PENSTOCK_TEST_CLOCK names. A time namespace cannot move CLOCK_REALTIME (time_namespaces(7)),
 * and the machine's own clock is not ours to set. As after a real jump, the kernel's timeouts, CLOCK_MONOTONIC and
 * CLOCK_BOOTTIME go on as they did; unlike one, the kernel's own event times do not jump.
 */
import { readFileSync } from 'node:fs';

const path = process.env.PENSTOCK_TEST_CLOCK;
if (path === undefined) throw new Error('PENSTOCK_TEST_CLOCK names no file');

/** So often at most the file is read: the hot path asks for the time at every packet. */
const FRESH_MS = 20;
const RealDate = Date;
let offsetMs = 0;
let readAtMs = Number.NEGATIVE_INFINITY;

function now(): number {
  const monotonicMs = performance.now();
  if (monotonicMs - readAtMs > FRESH_MS) {
    readAtMs = monotonicMs;
    offsetMs = Number(readFileSync(path as string, 'utf8'));
  }
  return RealDate.now() + offsetMs;
}

globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, given: number[]) =>
    given.length === 0 ? new target(now()) : Reflect.construct(target, given),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
