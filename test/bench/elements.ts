/**
 * Set elements on the real kernel, in a namespace of their own:
 *
 *   element   one element into a set that holds many; beside one `nft add element`
 *   bulk      many blocks from nothing into the kernel, each told back by it and compared; beside `nft -f` of the same
 *   look      all of them read back and compared, as now and then; beside `nft list set`
 */
import { execFileSync } from 'node:child_process';
import { Nftables, SetElements } from 'node-nftables';
import { Enforcer } from '../../src/enforcement/enforcer.ts';
import { KernelTable } from '../../src/enforcement/kernel-table.ts';
import { ThreadNamespace } from '../namespaces/thread.ts';
import { blockOf, loadByNft } from './blocks.ts';
import { type Figure, figure, median, quantile } from './figure.ts';

export interface ElementsLoad {
  readonly blocks: number;
  readonly rounds: number;
}

const LIST = ['list', 'set', 'inet', 'penstock', 'destination4'];
const MOST_LOOKS = 5;
const SINGLES = 500;
const NFT_SINGLES = 10;

export function benchElements({ blocks, rounds }: ElementsLoad): Figure[] {
  const bulk: number[] = [];
  const byNft: number[] = [];
  const looks: number[] = [];
  const lists: number[] = [];
  let singles: Figure[] = [];
  for (let round = 0; round < rounds; round++) {
    using _ = new ThreadNamespace();
    using nft = Nftables.open();
    using elements = SetElements.open();
    const enforcer = new Enforcer(new KernelTable(nft, elements));
    for (let i = 0; i < blocks; i++) enforcer.expect(blockOf(i));
    bulk.push(timed(() => putAll(enforcer)));
    byNft.push(loadByNft(enforcer));
    looks.push(timed(() => look(enforcer)));
    lists.push(timed(() => execFileSync('nft', LIST, { stdio: 'ignore' })));
    if (round === rounds - 1) singles = oneMore(enforcer, blocks);
  }
  return [
    ...singles,
    figure(`bulk (${blocks} blocks)`, median(bulk), 'ms', 'nft -f of the whole table', median(byNft)),
    figure(`look (${blocks} blocks)`, median(looks), 'ms', 'nft list set', median(lists)),
  ];
}

/** Until all that was put in has been seen in the kernel. */
function putAll(enforcer: Enforcer): void {
  for (let turn = 0; turn < MOST_LOOKS; turn++) {
    const { error, isUnconfirmed } = enforcer.reconcile(Date.now());
    if (error !== undefined) throw new Error(error);
    if (!isUnconfirmed) return;
  }
  throw new Error('the table is never in place');
}

/** It finds what `putAll` says is there. */
function look(enforcer: Enforcer): void {
  const { differences, error } = enforcer.reconcile(Date.now());
  if (error !== undefined || differences.length > 0) throw new Error(error ?? differences.join('; '));
}

function oneMore(enforcer: Enforcer, blocks: number): Figure[] {
  const times = Array.from({ length: SINGLES }, (_, i) => {
    const change = enforcer.expect(blockOf(blocks + i));
    return timed(() => {
      const outcome = enforcer.carryOut(change, Date.now());
      if (!outcome.ok) throw new Error(outcome.error);
    });
  });
  const byNft = Array.from({ length: NFT_SINGLES }, (_, i) =>
    timed(() =>
      execFileSync('nft', [
        'add',
        'element',
        'inet',
        'penstock',
        'destination4',
        `{ 192.0.2.${i} timeout 1h }`,
      ]),
    ),
  );
  const name = (what: string) => `element-${what} (set of ${blocks})`;
  const command = ['ms', 'nft add element, median', median(byNft)] as const;
  return [
    figure(name('median'), median(times), ...command),
    figure(name('p99'), quantile(times, 0.99), ...command),
  ];
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
