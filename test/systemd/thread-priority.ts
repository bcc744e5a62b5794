/** Which threads of the service go before others, by the unit's LimitNICE and LimitRTPRIO. */
import assert from 'node:assert/strict';
import type { Machine } from './machine.ts';

/** src/engine/priority.ts */
const ENGINE_NICE = -10;
/** LimitNICE=-10 as the kernel counts it: 20 less (getrlimit(2)). */
const LIMIT = 30;
/** Of proc_pid_stat(5): its place behind the name, which may hold blanks. */
const NICE = 16;
/** SCHED_RR, which it has while there is little to do (src/engine/priority.ts). */
const REAL_TIME = /^policy +: +2$/gm;
const DROP_IN = '/run/systemd/system/penstock.service.d/nice.conf';

/**
 * The engine's thread goes first, and no other. Where systemd itself may not raise limits (a container without
 * CAP_SYS_RESOURCE) the service gets CAP_SYS_NICE for as long: the rest of the way is the same.
 */
export function assertEngineGoesFirst(machine: Machine): string | undefined {
  if (limitOf(machine) === LIMIT) {
    assertOneFirst(machine);
    return undefined;
  }
  const text = '[Service]\nAmbientCapabilities=CAP_SYS_NICE\nCapabilityBoundingSet=CAP_SYS_NICE\n';
  machine.run('sh', '-c', `mkdir -p $(dirname ${DROP_IN}) && printf '${text}' > ${DROP_IN}`);
  restart(machine);
  try {
    assertOneFirst(machine);
  } finally {
    machine.run('rm', DROP_IN);
    restart(machine);
  }
  return 'with CAP_SYS_NICE, since systemd may not raise limits here: LimitNICE and LimitRTPRIO were not tried';
}

function restart(machine: Machine): void {
  machine.run('systemctl', 'daemon-reload');
  machine.run('systemctl', 'restart', 'penstock');
}

function assertOneFirst(machine: Machine): void {
  const nices = machine
    .run('sh', '-c', `cat /proc/${processOf(machine)}/task/*/stat`)
    .split('\n')
    .map(niceOf);
  const others = nices.filter((nice) => nice !== ENGINE_NICE);
  assert.equal(others.length, nices.length - 1, `nice values: ${nices.join(' ')}`);
  assert.ok(
    others.every((nice) => nice === 0),
    `nice values: ${nices.join(' ')}`,
  );
  const sched = machine.run('sh', '-c', `cat /proc/${processOf(machine)}/task/*/sched`);
  assert.equal(sched.match(REAL_TIME)?.length, 1, 'threads of real time');
}

function niceOf(stat: string): number {
  return Number(stat.split(') ')[1].split(' ')[NICE]);
}

function limitOf(machine: Machine): number {
  const limits = machine.run('cat', `/proc/${processOf(machine)}/limits`);
  return Number(/^Max nice priority +(\d+) /m.exec(limits)?.[1]);
}

function processOf(machine: Machine): string {
  return machine.run('systemctl', 'show', '--property', 'MainPID', '--value', 'penstock');
}
