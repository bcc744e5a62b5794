import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import { Priority } from '../../../src/engine/priority.ts';

/** Of proc_pid_sched(5): SCHED_OTHER is 0, SCHED_RR 2. */
const SCHED = `
  const sched = require('node:fs').readFileSync('/proc/thread-self/sched', 'utf8');
  require('node:worker_threads').parentPort.postMessage(/^policy +: +(\\d+)$/m.exec(sched)[1]);
`;

function field(name: string): string | undefined {
  const sched = readFileSync('/proc/thread-self/sched', 'utf8');
  return new RegExp(`^${name} +: +(\\d+)$`, 'm').exec(sched)?.[1];
}

/** Nanoseconds of the slice; kernels before 6.12 have none. */
const look = () => ({ policy: field('policy'), nice: getPriority(0), slice: field('se\\.slice') });

const told: unknown[] = [];
const priority = new Priority((notice) => told.push(notice));
const first = look();
priority.turned(performance.now() + 1_000);
const turned = look();
const long = priority.ordinarily(look);
const child = await new Promise((resolve) => new Worker(SCHED, { eval: true }).once('message', resolve));
parentPort?.postMessage({ first, turned, long, child, told });
