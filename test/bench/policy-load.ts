/**
 * A large policy and a large feed from files to the kernel, by the start of the daemon:
 *
 *   policy-load       seconds from the start of the process until the feed stands in the kernel; beside the goal
 *   policy-load-rss   the most memory it took meanwhile, in MB; beside the goal
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { type Figure, figure } from './figure.ts';
import { ENTRY, policyFiles } from './policy-files.ts';
import { peakMegabytes } from './processor.ts';

const GOAL_S = 10;
const GOAL_MB = 600;

/** Whoever blocks by the list wants it in the kernel. */
const BY_FEED = `
  denyLists: [{id: feed, file: feed.txt, format: text}]
  response:
    actions: [{detector: denyList, action: block, target: destination, ttl: 1h, approval: none}]
`;

export interface PolicyLoad {
  readonly rules: number;
  readonly prefixes: number;
}

export async function benchPolicyLoad({ rules, prefixes }: PolicyLoad): Promise<Figure[]> {
  const network = new Network('load');
  // The first daemon ever compiles what it loads, and keeps it for those that come.
  const first = daemonWith(network, { rules: 2, prefixes: 1 });
  const daemon = daemonWith(network, { rules, prefixes });
  try {
    using _ = network.enter('gateway');
    await first.start();
    await first.stop();
    network.run('gateway', 'nft', ['flush', 'ruleset']);
    const began = performance.now();
    daemon.launch();
    await until('the feed in the kernel', () => inKernel(daemon), { timeoutMs: 300_000, everyMs: 50 });
    const seconds = (performance.now() - began) / 1_000;
    const of = (what: string) => `${what} (${rules} rules, ${prefixes} prefixes)`;
    return [
      figure(of('policy-load'), seconds, 's', 'the goal', GOAL_S),
      figure(of('policy-load-rss'), peakMegabytes(daemon.pid), 'MB', 'the goal', GOAL_MB),
    ];
  } catch (error) {
    process.stderr.write(daemon.output.slice(-4_000));
    throw error;
  } finally {
    await first.discard();
    await daemon.discard();
    await network.destroy();
  }
}

function daemonWith(network: Network, { rules, prefixes }: PolicyLoad): DaemonProcess {
  const shape = { rules, hosts: '10.1.0.0/24', server: '198.51.100.9/32', more: BY_FEED };
  const files = policyFiles({ mode: 'respond', ...shape });
  const daemon = new DaemonProcess(network, { policy: files[ENTRY] });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(daemon.stateDir, name), text);
  writeFileSync(join(daemon.stateDir, 'feed.txt'), feed(prefixes));
  return daemon;
}

/** Addresses and small networks, apart from each other. */
function feed(prefixes: number): string {
  const lines = Array.from({ length: prefixes }, (_, i) => {
    const first = 0x1400_0000 + i * 16;
    const address = `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}`;
    return i % 4 === 0 ? `${address}/29` : address;
  });
  return `${lines.join('\n')}\n`;
}

async function inKernel(daemon: DaemonProcess): Promise<boolean> {
  if (daemon.hasEnded) throw new Error('the daemon ended early');
  try {
    const { denyLists } = (await daemon.call('GET', '/v1/status')).body;
    return denyLists.state === 'loaded' && denyLists.ranges > 0;
  } catch {
    return false;
  }
}
