/**
 * Set elements on the real kernel, in a namespace of their own:
 *
 *   element   one element into a set that holds many; beside one `nft add element`
 *   bulk      many blocks from nothing into the kernel, read back and compared; beside `nft -f` of the same table
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

const MOST_LOOKS = 5;
const SINGLES = 500;
const NFT_SINGLES = 10;

export function benchElements({ blocks, rounds }: ElementsLoad): Figure[] {
  const bulk: number[] = [];
  const byNft: number[] = [];
  let singles: Figure[] = [];
  for (let round = 0; round < rounds; round++) {
    using _ = new ThreadNamespace();
    using nft = Nftables.open();
    using elements = SetElements.open();
    const enforcer = new Enforcer(new KernelTable(nft, elements));
    for (let i = 0; i < blocks; i++) enforcer.expect(blockOf(i));
    bulk.push(timed(() => putAll(enforcer)));
    byNft.push(loadByNft(enforcer));
    if (round === rounds - 1) singles = oneMore(enforcer, blocks);
  }
  return [
    ...singles,
    figure(`bulk (${blocks} blocks)`, median(bulk), 'ms', 'nft -f of the whole table', median(byNft)),
  ];
}

/** What a table comes to is put in by parts: read and mended until nothing differs. */
function putAll(enforcer: Enforcer): void {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const { differences, error } = enforcer.reconcile(Date.now());
    if (error !== undefined) throw new Error(error);
    if (differences.length === 0) return;
  }
  throw new Error('the table is never in place');
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
