/**
 * Whether other tables use the bits of the connection mark that are ours (ruleset/generation.ts). Whoever writes them may
 * let a connection pass that no rule judged; whoever compares a whole mark no longer finds it.
 *
 *   ct mark & 0xff == 1                 reads 0xff          ct mark set ct mark & 0xffffff00 | 1    writes 0xff
 *   ct mark 1, meta mark set ct mark    reads all           ct mark set 1                           writes all
 *
 * What xtables rules (CONNMARK, connmark) use is not in what nft lists; that they are there is.
 */
import type { Expression, Listing, NftablesDriver, TableRef } from 'node-nftables';
import { NftablesError } from 'node-nftables';

const ALL = 0xffffffff;
/** Tables looked at. */
const MOST_TABLES = 64;

/** In words, a sentence each; empty when nobody else uses them. */
export function markOverlaps(
  nft: Pick<NftablesDriver, 'listTables' | 'listTable'>,
  mask: number,
  ours: readonly TableRef[],
): string[] {
  const isOurs = (table: TableRef) => ours.some((own) => nameOf(own) === nameOf(table));
  const others = nft.listTables().filter((table) => !isOurs(table));
  return others.slice(0, MOST_TABLES).flatMap((table) => {
    const bits = bitsIn(nft, table);
    if (bits === 'xtables')
      return [
        `table ${nameOf(table)} has rules of xtables about the connection mark: which bits is not told`,
      ];
    const shared = (bits & mask) >>> 0;
    if (shared === 0) return [];
    return [
      `table ${nameOf(table)} uses ${hex(shared)} of the connection mark, which are ours (${hex(mask)})`,
    ];
  });
}

function bitsIn(nft: Pick<NftablesDriver, 'listTable'>, table: TableRef): number | 'xtables' {
  try {
    return markBits(nft.listTable(table, { terse: true }));
  } catch (error) {
    // It went meanwhile, or holds what this nft cannot list.
    if (!(error instanceof NftablesError)) throw error;
    return 0;
  }
}

/** Bits of the connection mark that the rules of a table read or write. */
export function markBits(listing: Listing): number | 'xtables' {
  let bits = 0;
  for (const object of listing) {
    if (!('rule' in object)) continue;
    for (const statement of object.rule.expr as readonly unknown[]) {
      if (isXtables(statement)) return 'xtables';
      bits |= bitsOf(statement);
    }
  }
  return bits >>> 0;
}

function bitsOf(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0;
  if (isMark(node)) return ALL;
  if ('mangle' in node) {
    const { key, value } = node.mangle as { key: Expression; value: Expression };
    return isMark(key) ? written(value) : bitsOf(value);
  }
  const masked = '&' in node ? maskOf(node['&']) : undefined;
  if (masked !== undefined) return masked;
  return Object.values(node).reduce((bits, each) => bits | bitsOf(each), 0);
}

/** By `ct mark set VALUE`: what VALUE does not leave as it was. */
function written(value: unknown): number {
  if (isMark(value)) return 0;
  if (typeof value !== 'object' || value === null) return ALL;
  const [name, operands] = Object.entries(value)[0] ?? [];
  if (!Array.isArray(operands)) return ALL;
  const [kept, ...numbers] = operands;
  if (!numbers.every((each) => typeof each === 'number')) return ALL;
  if (name === '&') return written(kept) | ~numbers.reduce((all, each) => all & each, ALL);
  if (name === '|' || name === '^') return written(kept) | numbers.reduce((all, each) => all | each, 0);
  return ALL;
}

/** Of `ct mark & MASK`; undefined for another `&`. */
function maskOf(operands: unknown): number | undefined {
  if (!Array.isArray(operands) || !operands.some(isMark)) return undefined;
  const mask = operands.find((each) => typeof each === 'number');
  return typeof mask === 'number' ? mask : ALL;
}

function isMark(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || !('ct' in node)) return false;
  return (node.ct as { key?: unknown }).key === 'mark';
}

function isXtables(statement: unknown): boolean {
  if (typeof statement !== 'object' || statement === null || !('xt' in statement)) return false;
  return /connmark/i.test(JSON.stringify(statement.xt));
}

function nameOf({ family, name }: TableRef): string {
  return `${family} ${name}`;
}

export function hex(bits: number): string {
  return `0x${(bits >>> 0).toString(16).padStart(8, '0')}`;
}
