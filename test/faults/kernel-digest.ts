/** The digest of revisions, worked out from the kernel alone: static rules as nft lists them, elements of blocks. */
import { Nftables, SetElements } from 'node-nftables';
import { KernelTable } from '../../src/enforcement/kernel-table.ts';
import { RulesetDigest } from '../../src/enforcement/ruleset-digest.ts';
import { SETS } from '../../src/enforcement/sets.ts';

/** A tick of the kernel's clock is at most this long (CONFIG_HZ=100): life times are kept in whole ticks. */
const TICK_MS = 10;
const SECOND_MS = 1_000;

/** The caller's thread is in the gateway's namespace; all blocks were given whole seconds. */
export function kernelDigest(): string {
  using nft = Nftables.open();
  using elements = SetElements.open();
  const table = new KernelTable(nft, elements);
  const digest = new RulesetDigest();
  for (const { name } of SETS.filter(({ owner }) => owner === 'blocks')) {
    for (const [id, { timeoutMs = 0 }] of table.readSet(name)) {
      const seconds = Math.round(timeoutMs / SECOND_MS);
      if (Math.abs(timeoutMs - seconds * SECOND_MS) > TICK_MS)
        throw new Error(`${id} was given ${timeoutMs} ms, which are no whole seconds`);
      digest.add(id, seconds * SECOND_MS);
    }
  }
  return digest.value(table.listing() ?? '');
}
