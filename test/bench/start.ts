/**
 * How long a gateway is without its daemon's word: the daemon is killed and its table deleted, as by a boot; from the
 * start of the process until the API answers that all of it stands again.
 */
import { execFileSync } from 'node:child_process';
import type { DaemonProcess } from '../network/daemon-process.ts';
import type { Network } from '../network/network.ts';
import { type Figure, figure, median } from './figure.ts';

const GOAL_S = 1.5;
/** Of a table as nft lists it: some 100 bytes an element. */
const MOST_LISTED_BYTES = 256 << 20;

export interface StartLoad {
  /** That stand. */
  readonly blocks: number;
  readonly rounds: number;
  /** From the large policy to one of one rule. */
  readonly dropRules: () => Promise<unknown>;
}

/** With the large policy in force, beside what nft takes for the same table; then with the blocks alone. */
export async function starts(
  network: Network,
  daemon: DaemonProcess,
  { blocks, rounds, dropRules }: StartLoad,
): Promise<Figure[]> {
  const withRules = await restarts(network, daemon, blocks, rounds);
  const nft = median(Array.from({ length: rounds }, () => loadTable(network)));
  await dropRules();
  const alone = await restarts(network, daemon, blocks, rounds);
  return [
    figure('start', alone, 's', 'the goal', GOAL_S),
    figure('start-rules', withRules, 's', 'the goal', GOAL_S),
    figure('start-rules-nft', withRules, 's', '`nft -f` of the same table', nft),
  ];
}

/** Seconds; median. */
async function restarts(network: Network, daemon: DaemonProcess, blocks: number, rounds: number) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await restart(network, daemon, blocks));
  return median(times);
}

async function restart(network: Network, daemon: DaemonProcess, blocks: number): Promise<number> {
  await daemon.stop('SIGKILL');
  network.run('gateway', 'nft', ['delete', 'table', 'inet', 'penstock']);
  const began = performance.now();
  await daemon.start();
  const { kernel, decisions } = (await daemon.call('GET', '/v1/status')).body;
  if (kernel.table !== 'in-place' || decisions.active < blocks)
    throw new Error(`${kernel.table}, ${decisions.active} blocks`);
  return (performance.now() - began) / 1_000;
}

/** Seconds that nft takes to load a copy of the daemon's table, on another machine of the network. */
function loadTable(network: Network): number {
  const nft = (host: string, args: string[], input = '') =>
    execFileSync('ip', ['netns', 'exec', network.namespace(host), 'nft', ...args], {
      encoding: 'utf8',
      maxBuffer: MOST_LISTED_BYTES,
      input,
    });
  const table = nft('gateway', ['list', 'table', 'inet', 'penstock']);
  const began = performance.now();
  nft('culprit', ['-f', '-'], table);
  const seconds = (performance.now() - began) / 1_000;
  nft('culprit', ['delete', 'table', 'inet', 'penstock']);
  return seconds;
}
