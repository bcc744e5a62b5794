/**
 * From the kernel's event to the acknowledged set element, by the daemon's own metric: alone, while other new flows go
 * through the gateway, and while people ask the API besides. Beside it the time that one `nft add element` takes on the
 * same machine.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { type Figure, figure } from './figure.ts';
import { nftAddElement } from './nft-element.ts';
import { blockingPolicy } from './policy-files.ts';

const GENERATOR = new URL('./flow-generator.ts', import.meta.url).pathname;
const CLIENT = new URL('./api-client.ts', import.meta.url).pathname;
/** No rule allows it. What is on a deny list would be in the kernel before it is asked for. */
const DENIED = 0xc612_0000;
const ALLOWED = 0xc613_0000;
const BLOCKS_A_SECOND = 100;
const POLICY = blockingPolicy(`
  services: {high: [{protocol: udp, ports: [1024-65535]}]}
  rules: [{id: background, from: [lan], to: {cidrs: [198.19.0.0/16]}, services: [high], owner: bench}]`);

export interface LatencyLoad {
  /** New flows a second beside the ones that are blocked. */
  readonly flows: number;
  /** Of the API, a second. */
  readonly requests: number;
  /** Before the first block: the start of the daemon and of what is beside it is not measured. */
  readonly leadSeconds: number;
  readonly seconds: number;
}

export async function benchBlockLatency(load: LatencyLoad): Promise<Figure[]> {
  const { flows, requests, leadSeconds, seconds } = load;
  const network = new Network('bench');
  const daemon = new DaemonProcess(network, { policy: POLICY });
  try {
    network.inside('culprit', 10).inside('others', 11);
    // 198.18.0.0/15 is for benchmarks (RFC 2544); this machine drops what it gets.
    network.outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    using _ = network.enter('gateway');
    await daemon.start();
    network.sysctl('gateway', 'net.netfilter.nf_conntrack_udp_timeout', '2');
    const run = async (host: string, ...args: (string | number)[]) => {
      const { status, stdout, stderr } = await network.runAsync(
        host,
        process.execPath,
        args.map(String),
        (seconds + leadSeconds + 60) * 1_000,
      );
      if (status !== 0) throw new Error(`${args[0]}: ${stderr}`);
      return stdout;
    };
    const whole = leadSeconds + seconds;
    const beside = [
      ...(flows > 0 ? [run('others', GENERATOR, flows, whole, ALLOWED, 256)] : []),
      ...(requests > 0 ? [run('gateway', CLIENT, daemon.url, daemon.token, requests, whole)] : []),
    ];
    await pause(leadSeconds * 1_000);
    await run('culprit', GENERATOR, BLOCKS_A_SECOND, seconds, DENIED, 60_000);
    const told = await Promise.all(beside);
    const { blockLatency, conntrack } = (await daemon.call('GET', '/v1/status')).body;
    const { count, maxMs, medianMs, p99Ms } = blockLatency;
    process.stderr.write(
      `${count} blocks, most ${maxMs.toFixed(2)} ms; ${conntrack.events} events, lost ${conntrack.lost} times\n${told.join('')}`,
    );
    const nftMs = nftAddElement(network);
    const name = (what: string) => `block-latency-${what} (${besides(load)})`;
    return [
      figure(name('median'), medianMs, 'ms', 'nft add element, median', nftMs),
      figure(name('p99'), p99Ms, 'ms', 'nft add element, median', nftMs),
    ];
  } finally {
    await daemon.discard();
    await network.destroy();
  }
}

function besides({ flows, requests }: LatencyLoad): string {
  if (flows === 0 && requests === 0) return 'alone';
  const parts = [`${flows} new flows/s`, ...(requests > 0 ? [`${requests} API requests/s`] : [])];
  return `${parts.join(' and ')} beside it`;
}
