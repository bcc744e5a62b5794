/** Whether our bits of the connection mark are ours alone, looked at when the daemon starts. */
import type { NftablesDriver } from 'node-nftables';
import { BRIDGE_TABLE } from '../enforcement/bridge/rules.ts';
import { CAPTURE_TABLE } from '../enforcement/capture/capture-table.ts';
import { LIMIT_TABLE } from '../enforcement/limits/limit-rules.ts';
import { markOverlaps } from '../enforcement/mark-overlap.ts';
import { DNS_TABLE } from '../enforcement/names/dns-table.ts';
import { DEFAULT_MARK_MASK } from '../enforcement/ruleset/generation.ts';
import { TABLE } from '../enforcement/sets.ts';
import type { Journal } from './journal.ts';

const OURS = [TABLE, BRIDGE_TABLE, CAPTURE_TABLE, DNS_TABLE, LIMIT_TABLE];

/** It keeps nobody from starting: without Penstock nothing is enforced at all. */
export function warnOfMarks(
  nft: Pick<NftablesDriver, 'listTables' | 'listTable'>,
  mask = DEFAULT_MARK_MASK,
  journal: Pick<Journal, 'log'>,
): void {
  for (const overlap of markOverlaps(nft, mask, OURS))
    journal.log('warn', `${overlap}: set markMask to four bits that nobody else uses`);
}
