/**
 * packets-leaked: of a flow that the policy does not allow, sent at a steady rate, the packets that reach the server
 * after the first; beside the packets that are sent in the time that `nft add element` takes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { type Figure, figure, median } from './figure.ts';
import { nftAddElement } from './nft-element.ts';
import { blockingPolicy } from './policy-files.ts';

const GENERATOR = new URL('./flow-generator.ts', import.meta.url).pathname;
const DENIED = 0xc612_0000;
const SECONDS = 0.3;

export interface LeakLoad {
  /** Before the first flow: the start of the daemon is not measured. */
  readonly leadSeconds: number;
  readonly packetsASecond: number;
  readonly flows: number;
}

export async function benchLeak({ leadSeconds, packetsASecond, flows }: LeakLoad): Promise<Figure[]> {
  const network = new Network('leak');
  const daemon = new DaemonProcess(network, { policy: blockingPolicy() });
  try {
    network.inside('culprit', 10).outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    count(network);
    using _ = network.enter('gateway');
    await daemon.start();
    await pause(leadSeconds * 1_000);
    const leaked: number[] = [];
    for (let flow = 0; flow < flows; flow++) {
      const before = arrived(network);
      const args = [GENERATOR, packetsASecond, SECONDS, DENIED + flow, 1, 4433].map(String);
      await network.runAsync('culprit', process.execPath, args);
      const blocks = async () => (await daemon.call('GET', '/v1/status')).body.decisions.active;
      await until('a block', async () => (await blocks()) > flow);
      leaked.push(arrived(network) - before - 1);
    }
    const nftMs = nftAddElement(network);
    const meanwhile = (nftMs / 1_000) * packetsASecond;
    return [figure('packets-leaked', median(leaked), 'packets', 'sent while nft adds an element', meanwhile)];
  } finally {
    await daemon.discard();
    await network.destroy();
  }
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
