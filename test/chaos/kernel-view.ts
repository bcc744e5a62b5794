/** What `nft` says of our table and of the others, told apart into what never changes and what comes and goes. */
import type { Network } from '../network/network.ts';

/** Of decisions: see the table of sets in src/enforcement/sets.ts. Each has IPv4 and IPv6. */
const BLOCK_SETS = /^(destination|prefix|flow|pair|quarantine|exception)[46]$/;

export interface KernelElement {
  readonly set: string;
  /** As nft's JSON has it. */
  readonly value: unknown;
  /** Whole seconds; undefined when it has none. */
  readonly timeoutS?: number;
  readonly expiresInS?: number;
}

export interface KernelView {
  readonly blocks: readonly KernelElement[];
  /** How many elements the other sets and maps have, by name. */
  readonly others: ReadonlyMap<string, number>;
  /** Everything of the table but elements and counts, as text; empty when there is no table. */
  readonly fixed: string;
}

interface Listed {
  [kind: string]: ListedSet | undefined;
}

interface ListedSet {
  name?: string;
  elem?: unknown[];
}

export function readKernel(network: Network): KernelView {
  const { status, stdout } = network.run('gateway', 'nft', ['-j', 'list', 'table', 'inet', 'penstock']);
  if (status !== 0) return { blocks: [], others: new Map(), fixed: '' };
  const objects: Listed[] = JSON.parse(stdout).nftables;
  const sets = objects.flatMap(({ set, map }): ListedSet[] => [set ?? map ?? []].flat());
  return {
    blocks: sets.flatMap(({ name = '', elem = [] }) =>
      BLOCK_SETS.test(name) ? elem.map((each) => elementOf(name, each)) : [],
    ),
    others: new Map(
      sets.flatMap(({ name = '', elem = [] }) => (BLOCK_SETS.test(name) ? [] : [[name, elem.length]])),
    ),
    fixed: fixedPart(objects),
  };
}

/** Tables and their whole text, but ours; the bystander's rules count nothing. */
export function readOthers(network: Network): string {
  const { stdout } = network.run('gateway', 'nft', ['list', 'tables']);
  const others = stdout.split('\n').filter((line) => line !== '' && line !== 'table inet penstock');
  const texts = others.map((line) => network.run('gateway', 'nft', ['list', ...line.split(' ')]).stdout);
  return texts.join('');
}

function elementOf(set: string, listed: unknown): KernelElement {
  if (typeof listed !== 'object' || listed === null || !('elem' in listed)) return { set, value: listed };
  const { val, timeout, expires } = listed.elem as { val: unknown; timeout?: number; expires?: number };
  return {
    set,
    value: val,
    ...(timeout !== undefined && { timeoutS: timeout }),
    ...(expires !== undefined && { expiresInS: expires }),
  };
}

function fixedPart(objects: readonly Listed[]): string {
  const bare = (key: string, value: unknown) =>
    ['handle', 'elem', 'metainfo', 'packets', 'bytes'].includes(key) ? undefined : value;
  return objects.map((each) => JSON.stringify(each, bare)).join('\n');
}
