/**
 * From the kernel's event to the acknowledged set element, by the daemon's own metric: alone, while other new flows go
 * through the gateway, and while people ask the API besides. Beside it the same of a program in C that does nothing but
 * add the element, and the time that one `nft add element` takes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { answered, type Beside, beside, nameOf } from './beside.ts';
import { ConntrackTool } from './conntrack-entries.ts';
import { type Figure, figure, median, quantile } from './figure.ts';
import { sendNewFlows } from './flow-generator.ts';
import { nftAddElement } from './nft-element.ts';
import { blockingPolicy } from './policy-files.ts';

/** No rule allows it. What is on a deny list would be in the kernel before it is asked for. */
const DENIED = 0xc612_0000;
const BLOCKS_A_SECOND = 100;

export interface LatencyLoad extends Beside {
  /** Before the first block: the start of the daemon and of what is beside it is not measured. */
  readonly leadSeconds: number;
  readonly seconds: number;
}

interface Quantiles {
  readonly medianMs: number;
  readonly p99Ms: number;
}

export async function benchBlockLatency(load: LatencyLoad): Promise<Figure[]> {
  const ours = await withGateway((network) => byPenstock(network, load));
  const { limit, nftMs } = await withGateway((network) => byC(network, load));
  const name = (what: string) => `block-latency-${what} (${nameOf(load)})`;
  return [
    figure(name('median'), ours.medianMs, 'ms', 'C that only adds the element, median', limit.medianMs),
    figure(name('p99'), ours.p99Ms, 'ms', 'C that only adds the element, p99', limit.p99Ms),
    figure(name('nft'), ours.medianMs, 'ms', 'nft add element, median', nftMs),
  ];
}

async function withGateway<T>(work: (network: Network) => Promise<T>): Promise<T> {
  const network = new Network('bench');
  try {
    network.inside('culprit', 10).inside('others', 11);
    // 198.18.0.0/15 is for benchmarks (RFC 2544); this machine drops what it gets.
    network.outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    using _ = network.enter('gateway');
    return await work(network);
  } finally {
    await network.destroy();
  }
}

async function byPenstock(network: Network, load: LatencyLoad): Promise<Quantiles> {
  const daemon = new DaemonProcess(network, { policy: blockingPolicy() });
  try {
    await daemon.start();
    network.sysctl('gateway', 'net.netfilter.nf_conntrack_udp_timeout', '2');
    await beside(network, load, daemon, () => violations(network, load));
    const { blockLatency, conntrack } = (await daemon.call('GET', '/v1/status')).body;
    const { count, maxMs } = blockLatency;
    process.stderr.write(
      `${count} blocks, most ${maxMs.toFixed(2)} ms; ${conntrack.events} events, lost ${conntrack.lost} times; ${await answered(daemon)}\n`,
    );
    return blockLatency;
  } finally {
    await daemon.discard();
  }
}

/** The kernel's own limit on this machine: as long as it takes a program that has nothing to decide and to record. */
async function byC(network: Network, load: LatencyLoad): Promise<{ limit: Quantiles; nftMs: number }> {
  using tool = new ConntrackTool();
  const nftMs = nftAddElement(network);
  const chain = '{ type filter hook forward priority 0; ct state established accept; }';
  network.run('gateway', 'nft', ['add', 'chain', 'inet', 'bench', 'forward', chain]);
  for (const setting of ['nf_conntrack_events', 'nf_conntrack_timestamp'])
    network.sysctl('gateway', `net.netfilter.${setting}`, '1');
  network.sysctl('gateway', 'net.netfilter.nf_conntrack_udp_timeout', '2');
  const blocks = tool.blocks(network, DENIED, load.leadSeconds + load.seconds + 1);
  const [times] = await beside(network, load, undefined, () =>
    Promise.all([blocks, violations(network, load)]),
  );
  return { limit: { medianMs: median(times), p99Ms: quantile(times, 0.99) }, nftMs };
}

async function violations(network: Network, { leadSeconds, seconds }: LatencyLoad): Promise<void> {
  await pause(leadSeconds * 1_000);
  await sendNewFlows(network, 'culprit', { rate: BLOCKS_A_SECOND, seconds, base: DENIED, count: 60_000 });
}
