/**
 * Share of a processor that the daemon takes with standing flows that do not change; beside the goal:
 *
 *   idle         once the history of their beginning is written, walks through conntrack among it
 *   idle-first   in the seconds from when they were made: they go into the history at the next full minute
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { ConntrackTool, conntrackRoom } from './conntrack-entries.ts';
import { type Figure, figure } from './figure.ts';
import { ENTRY, policyFiles } from './policy-files.ts';
import { processorSeconds } from './processor.ts';

const GOAL_SHARE = 0.01;
const SPARE = 100_000;

export interface IdleLoad {
  readonly flows: number;
  /** From when they were made; left out: not measured. */
  readonly firstSeconds?: number;
  readonly settledSeconds: number;
}

export async function benchIdle({ flows, firstSeconds, settledSeconds }: IdleLoad): Promise<Figure[]> {
  using _ = conntrackRoom(flows + SPARE);
  using tool = new ConntrackTool();
  const network = new Network('idle');
  const shape = { mode: 'respond', rules: 1, hosts: '10.1.0.0/16', server: '198.18.0.0/15' } as const;
  const daemon = new DaemonProcess(network, { policy: policyFiles(shape)[ENTRY] });
  try {
    using _inside = network.enter('gateway');
    await daemon.start();
    tool.fill(flows);
    const standing = async () => (await daemon.call('GET', '/v1/status')).body.conntrack.standingFlows;
    await until('all flows', async () => (await standing()) >= flows, { timeoutMs: 60_000 });
    const first =
      firstSeconds === undefined ? [] : [await measured('idle-first', daemon, flows, firstSeconds)];
    await digested(daemon);
    return [await measured('idle', daemon, flows, settledSeconds), ...first];
  } finally {
    await daemon.discard();
    await network.destroy();
  }
}

/** A span of time is what is measured here. */
async function measured(
  name: string,
  daemon: DaemonProcess,
  flows: number,
  seconds: number,
): Promise<Figure> {
  const before = processorSeconds(daemon.pid);
  await pause(seconds * 1_000);
  const share = (processorSeconds(daemon.pid) - before) / seconds;
  const what = `${name} (${flows} standing flows, ${seconds} s)`;
  return figure(what, share, 'of a core', 'the goal', GOAL_SHARE);
}

/** Who asks for the history gets it with all that was counted until then. */
async function digested(daemon: DaemonProcess): Promise<void> {
  const { status, body } = await daemon.call('GET', '/v1/history');
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
}
