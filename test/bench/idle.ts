/** idle: share of a processor that the daemon takes with standing flows that do not change; beside the goal. */
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
  readonly seconds: number;
}

export async function benchIdle({ flows, seconds }: IdleLoad): Promise<Figure[]> {
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
    const before = processorSeconds(daemon.pid);
    // A span of time is what is measured here.
    await pause(seconds * 1_000);
    const share = (processorSeconds(daemon.pid) - before) / seconds;
    return [figure(`idle (${flows} standing flows)`, share, 'of a core', 'the goal', GOAL_SHARE)];
  } finally {
    await daemon.discard();
    await network.destroy();
  }
}
