/**
 * By blocks that stand, put there by a ledger that says so:
 *
 *   start                        seconds from the start of the process until all of them stand in an empty kernel
 *   one-more-block               milliseconds that a person's block by the API takes
 *   block-latency-median, -p99   milliseconds from the kernel's event to the acknowledged element, 100 a second
 */
import { rmSync } from 'node:fs';
import { DaemonProcess } from '../../network/daemon-process.ts';
import { Network } from '../../network/network.ts';
import { until } from '../../network/waiting.ts';
import type { Size } from '../benches.ts';
import { sendNewFlows } from '../flow-generator.ts';
import { oneMoreBlock } from '../gateway.ts';
import { blockingPolicy } from '../policy-files.ts';
import type { Measured } from './growths.ts';
import { fillLedger } from './ledger-filling.ts';

const DENIED = 0xc612_0000;
const BLOCKS_A_SECOND = 100;
const SECONDS = { full: 5, smoke: 0.5 };

export async function costOfStandingBlocks(blocks: number, form: Size): Promise<Measured> {
  const network = new Network('standing');
  const daemon = new DaemonProcess(network, { policy: blockingPolicy() });
  try {
    network.inside('culprit', 10).outside('sink', ['198.51.100.9/24', '2001:db8:66::9/64']);
    network.ip('gateway', 'route add 198.18.0.0/15 via 198.51.100.9');
    using _ = network.enter('gateway');
    // A ledger with a policy, and a kernel without a table.
    await daemon.start();
    await daemon.stop();
    fillLedger(`${daemon.stateDir}/ledger.db`, blocks);
    // Those blocks were told long ago: without the file, alerts start with the next entry.
    rmSync(`${daemon.stateDir}/alerts.db`);
    network.run('gateway', 'nft', ['delete', 'table', 'inet', 'penstock']);
    const began = performance.now();
    await daemon.start();
    const seconds = (performance.now() - began) / 1_000;
    if ((await standing(daemon)) < blocks) throw new Error(`${await standing(daemon)} blocks of ${blocks}`);
    const oneMore = await oneMoreBlock(daemon, 0);
    const { medianMs, p99Ms } = await latency(network, daemon, SECONDS[form]);
    return {
      start: { cost: seconds, unit: 's' },
      'one-more-block': { cost: oneMore, unit: 'ms' },
      'block-latency-median': { cost: medianMs, unit: 'ms' },
      'block-latency-p99': { cost: p99Ms, unit: 'ms' },
    };
  } catch (error) {
    process.stderr.write(daemon.output.slice(-4_000));
    throw error;
  } finally {
    await daemon.discard();
    await network.destroy();
  }
}

async function standing(daemon: DaemonProcess): Promise<number> {
  return (await daemon.call('GET', '/v1/status')).body.decisions.active;
}

async function latency(
  network: Network,
  daemon: DaemonProcess,
  seconds: number,
): Promise<{ medianMs: number; p99Ms: number }> {
  const before = await standing(daemon);
  const count = BLOCKS_A_SECOND * seconds;
  await sendNewFlows(network, 'culprit', { rate: BLOCKS_A_SECOND, seconds, base: DENIED, count });
  await until('the blocks', async () => (await standing(daemon)) >= before + count - 1, {
    timeoutMs: 30_000,
  });
  return (await daemon.call('GET', '/v1/status')).body.blockLatency;
}
