/**
 * From the kernel's event to the acknowledged set element, by the daemon's own metric, while other new flows go
 * through the gateway. Beside it the time that one `nft add element` takes on the same machine.
 */
import type { EngineStatus } from '../../src/engine/commands.ts';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { type Figure, figure } from './figure.ts';
import { nftAddElement } from './nft-element.ts';
import { blockingPolicy } from './policy-files.ts';

const GENERATOR = new URL('./flow-generator.ts', import.meta.url).pathname;
/** No rule allows it. What is on a deny list would be in the kernel before it is asked for. */
const DENIED = 0xc612_0000;
const ALLOWED = 0xc613_0000;
const BLOCKS_A_SECOND = 100;
/** Time for the background to be there before, and for as long as, blocks are measured. */
const LEAD_SECONDS = 6;

const POLICY = blockingPolicy(`
  services: {high: [{protocol: udp, ports: [1024-65535]}]}
  rules: [{id: background, from: [lan], to: {cidrs: [198.19.0.0/16]}, services: [high], owner: bench}]`);

export interface LatencyLoad {
  /** New flows a second beside the ones that are blocked. */
  readonly background: number;
  readonly seconds: number;
}

export async function benchBlockLatency({ background, seconds }: LatencyLoad): Promise<Figure[]> {
  const network = new Network('bench');
  const daemon = new DaemonProcess(network, { policy: POLICY });
  try {
    network.inside('culprit', 10).inside('others', 11);
    // 198.18.0.0/15 is for benchmarks (RFC 2544); this machine drops what it gets.
    network.outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    daemon.launch();
    const status = () => JSON.parse(daemon.cli('status', '--json').stdout) as EngineStatus;
    await until('the daemon', () => daemon.cli('status').status === 0, { timeoutMs: 20_000 });
    network.sysctl('gateway', 'net.netfilter.nf_conntrack_udp_timeout', '2');
    const load = (host: string, rate: number, forSeconds: number, base: number, count: number) => {
      const args = [GENERATOR, rate, forSeconds, base, count].map(String);
      return network.runAsync(host, process.execPath, args, (seconds + 60) * 1000);
    };
    // The background flows before the first block: the start of its process is not what is measured.
    const beside =
      background > 0 ? load('others', background, seconds + LEAD_SECONDS, ALLOWED, 256) : undefined;
    if (beside) await until('background', () => status().conntrack.events > background, { everyMs: 500 });
    await load('culprit', BLOCKS_A_SECOND, seconds, DENIED, 60_000);
    await beside;
    const { blockLatency, conntrack } = status();
    const nftMs = nftAddElement(network);
    const name = (what: string) => `block-latency-${what} (${background} new flows/s beside it)`;
    process.stderr.write(
      `${blockLatency.count} blocks, most ${blockLatency.maxMs.toFixed(2)} ms; ${conntrack.events} events, lost ${conntrack.lost} times\n`,
    );
    return [
      figure(name('median'), blockLatency.medianMs, 'ms', 'nft add element, median', nftMs),
      figure(name('p99'), blockLatency.p99Ms, 'ms', 'nft add element, median', nftMs),
    ];
  } finally {
    await daemon.discard();
    await network.destroy();
  }
}
