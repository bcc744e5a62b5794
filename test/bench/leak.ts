/**
 * What passes of a flow that the policy does not allow, sent at a steady rate by a program in C, each packet when it is due:
 *
 *   packets-leaked   those that reach the server after the first; beside the packets that are sent in the time that
 *                    `nft add element` takes
 *   packets-passed   the same with the first; beside those of the kernel's own limit on this machine, a program in C that
 *                    has nothing to decide and to record
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { blockedSet, ConntrackTool } from './conntrack-entries.ts';
import { type Figure, figure, median } from './figure.ts';
import { nftAddElement } from './nft-element.ts';
import { blockingPolicy } from './policy-files.ts';
import { Violation } from './violation.ts';

const DENIED = 0xc612_0000;
const PORT = 4433;
const SECONDS = 0.3;

export interface LeakLoad {
  /** Before the first flow: the start of the daemon is not measured. */
  readonly leadSeconds: number;
  readonly packetsASecond: number;
  readonly flows: number;
}

export async function benchLeak(load: LeakLoad): Promise<Figure[]> {
  using sender = new Violation();
  const ours = await withGateway((network) => byPenstock(network, sender, load));
  const { limit, nftMs } = await withGateway((network) => byC(network, sender, load));
  const meanwhile = (nftMs / 1_000) * load.packetsASecond;
  return [
    figure('packets-leaked', median(ours) - 1, 'packets', 'sent while nft adds an element', meanwhile),
    figure('packets-passed', median(ours), 'packets', 'C that only adds the element', median(limit)),
  ];
}

async function withGateway<T>(work: (network: Network) => Promise<T>): Promise<T> {
  const network = new Network('leak');
  try {
    network.inside('culprit', 10).outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    count(network);
    return await work(network);
  } finally {
    await network.destroy();
  }
}

async function byPenstock(network: Network, sender: Violation, load: LeakLoad): Promise<number[]> {
  const daemon = new DaemonProcess(network, { policy: blockingPolicy() });
  try {
    using _ = network.enter('gateway');
    await daemon.start();
    await pause(load.leadSeconds * 1_000);
    return await passed(network, sender, load, async (flows) => {
      const blocks = async () => (await daemon.call('GET', '/v1/status')).body.decisions.active;
      await until('a block', async () => (await blocks()) >= flows);
    });
  } finally {
    await daemon.discard();
  }
}

async function byC(
  network: Network,
  sender: Violation,
  load: LeakLoad,
): Promise<{ limit: number[]; nftMs: number }> {
  using tool = new ConntrackTool();
  const nftMs = nftAddElement(network);
  blockedSet(network);
  const limit = await tool.blocking(network, DENIED, () => passed(network, sender, load, async () => {}));
  return { limit, nftMs };
}

/** Of each flow, packets that reached the server. `settled`: so many flows are blocked. */
async function passed(
  network: Network,
  sender: Violation,
  { packetsASecond, flows }: LeakLoad,
  settled: (flows: number) => Promise<unknown>,
): Promise<number[]> {
  const all: number[] = [];
  for (let flow = 0; flow < flows; flow++) {
    const before = arrived(network);
    const steady = { packetsASecond, seconds: SECONDS, address: DENIED + flow, port: PORT };
    await sender.flow(network, 'culprit', steady);
    await settled(flow + 1);
    all.push(arrived(network) - before);
  }
  return all;
}

/** What is sent to 198.18.0.0/15 is counted and dropped by the machine that it is routed to. */
function count(network: Network): void {
  const chain = '{ type filter hook prerouting priority -300; ip daddr 198.18.0.0/15 counter drop; }';
  network.run('sink', 'nft', ['add', 'table', 'inet', 'count']);
  network.run('sink', 'nft', ['add', 'chain', 'inet', 'count', 'prerouting', chain]);
}

function arrived(network: Network): number {
  const { stdout } = network.run('sink', 'nft', ['list', 'table', 'inet', 'count']);
  return Number(/counter packets (\d+)/.exec(stdout)?.[1]);
}
