/**
 * What sinks of alerts that are out of order cost a block: from the kernel's event to the acknowledged set element, by
 * the daemon's own metric, while each block makes alerts. Five sinks do not answer, hang, answer 500, restart and
 * cannot be written to. Beside it the same daemon without them, in turns, each as often the first: a machine that gets
 * slower or faster meanwhile says nothing about sinks. Each measurement is a daemon's first seconds, compiling and all.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineStatus } from '../../src/engine/commands.ts';
import { DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { type Figure, figure, median } from './figure.ts';
import { sendNewFlows } from './flow-generator.ts';
import { blockingPolicy } from './policy-files.ts';

const RECEIVERS = new URL('./broken-receivers.ts', import.meta.url).pathname;
/** 198.18.0.0/15 is for benchmarks (RFC 2544); what gets it here drops it. */
const DENIED = 0xc612_0000;
const BLOCKS_A_SECOND = 100;

export interface AlertLoad {
  readonly rounds: number;
  /** Of one measurement. */
  readonly seconds: number;
}

type Latency = EngineStatus['blockLatency'];

export async function benchAlerts({ rounds, seconds }: AlertLoad): Promise<Figure[]> {
  const network = new Network('alerts').inside('culprit', 10);
  network.outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
  network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
  const [without, broken]: [Latency[], Latency[]] = [[], []];
  try {
    const port = await startReceivers(network);
    const turns = [
      async () => without.push(await measure(network, seconds, [])),
      async () => broken.push(await measure(network, seconds, brokenSinks(port))),
    ];
    for (let round = 0; round < rounds; round++)
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
  } finally {
    await network.destroy();
  }
  const middle = (all: readonly Latency[], of: 'medianMs' | 'p99Ms') => median(all.map((one) => one[of]));
  return (['medianMs', 'p99Ms'] as const).map((of) =>
    figure(
      `block-latency-${of.replace('Ms', '')} beside 5 broken sinks`,
      middle(broken, of),
      'ms',
      'without them',
      middle(without, of),
    ),
  );
}

/** One process with all of them. @returns the HTTP receiver's port; the next one is syslog's */
async function startReceivers(network: Network): Promise<number> {
  const child = network.start('gateway', process.execPath, [RECEIVERS]);
  if (child.stdout === null) throw new Error('the receivers have no output');
  const [port] = await once(child.stdout, 'data');
  return Number(port);
}

function brokenSinks(port: number): object[] {
  const url = (path: string) => `http://127.0.0.1:${port}/${path}`;
  return [
    { type: 'http', name: 'error', url: url('error'), body: 'lines' },
    { type: 'http', name: 'hanging', url: url('hang'), body: 'lines' },
    { type: 'syslog', name: 'restarting', address: `127.0.0.1:${port + 1}`, transport: 'tcp' },
    { type: 'syslog', name: 'unreachable', address: '198.51.100.200:6514', transport: 'tls' },
    { type: 'file', name: 'unwritable', path: '/nonexistent/alerts.ndjson' },
  ];
}

/** With a daemon of its own. */
async function measure(network: Network, seconds: number, sinks: readonly object[]): Promise<Latency> {
  const flags: string[] = [];
  const daemon = new DaemonProcess(network, { policy: blockingPolicy(), flags });
  const configuration = join(daemon.stateDir, 'penstock.yaml');
  writeFileSync(configuration, JSON.stringify({ alerts: { sinks } }));
  flags.push('--config', configuration);
  try {
    using _ = network.enter('gateway');
    await daemon.start();
    await sendNewFlows(network, 'culprit', { rate: BLOCKS_A_SECOND, seconds, base: DENIED, count: 60_000 });
    const status = async () => (await daemon.call('GET', '/v1/status')).body as EngineStatus;
    // A busy machine makes fewer, and what is found by a walk through the table has no event to count from.
    const due = (BLOCKS_A_SECOND * seconds) / 2;
    await until('the blocks', async () => (await status()).blockLatency.count >= due, { timeoutMs: 60_000 });
    const lanes: { sink: string; backlog: number }[] = (await daemon.call('GET', '/v1/alerts/sinks')).body
      .items;
    const told = lanes.map(({ sink, backlog }) => `${sink} ${backlog}`).join(', ');
    const { blockLatency } = await status();
    const { count, medianMs, p99Ms, maxMs } = blockLatency;
    const [middle, p99, most] = [medianMs, p99Ms, maxMs].map((ms) => ms.toFixed(2));
    const of = sinks.length > 0 ? 'broken' : 'without';
    process.stderr.write(
      `${of}: ${count} blocks, ${middle} ms, p99 ${p99}, most ${most}; waiting: ${told || 'none'}\n`,
    );
    return blockLatency;
  } finally {
    await daemon.discard();
  }
}
