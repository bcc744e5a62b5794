/** What `nft` says of our table and of the others, told apart into what never changes and what comes and goes. */
import { execFileSync } from 'node:child_process';

/** Of decisions: see the table of sets in src/enforcement/sets.ts. Each has IPv4 and IPv6. */
const BLOCK_SETS = /^(destination|prefix|flow|pair|quarantine|exception)[46]$/;

/** Of the policy in force and its deny lists. */
const POLICY_SETS = /^((inside|allow|sparedto|denied|deniedsingle)[46]|strict|pass)$/;

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
  /** What the policy itself puts in. */
  readonly ofPolicy: readonly KernelElement[];
  /** Everything of the table but elements and counts, as text; empty when there is no table. */
  readonly fixed: string;
  /** All tables of others, as text. */
  readonly foreign: string;
}

interface Listed {
  [kind: string]: ListedObject | undefined;
}

interface ListedObject {
  family?: string;
  table?: string;
  name?: string;
  elem?: unknown[];
}

/** One look at the whole ruleset, so that all of it is of one moment. The caller's thread is in the gateway's namespace. */
export function readKernel(): KernelView {
  const text = execFileSync('nft', ['-j', 'list', 'ruleset'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const objects: Listed[] = JSON.parse(text).nftables.slice(1);
  const ours = objects.filter((each) => isOurs(each));
  const sets = ours.flatMap(({ set, map }): ListedObject[] => [set ?? map ?? []].flat());
  const elements = (wanted: RegExp) =>
    sets.flatMap(({ name = '', elem = [] }) =>
      wanted.test(name) ? elem.map((each) => elementOf(name, each)) : [],
    );
  return {
    blocks: elements(BLOCK_SETS),
    ofPolicy: elements(POLICY_SETS),
    fixed: textOf(ours, ['handle', 'elem', 'packets', 'bytes']),
    foreign: textOf(
      objects.filter((each) => !isOurs(each) && !isOurs(each, 'bridge')),
      ['handle'],
    ),
  };
}

/** Table `bridge penstock` comes and goes with quarantines (src/enforcement/bridge/). */
function isOurs(listed: Listed, family = 'inet'): boolean {
  const [[kind, object]] = Object.entries(listed);
  const table = kind === 'table' ? object?.name : object?.table;
  return object?.family === family && table === 'penstock';
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

function textOf(objects: readonly Listed[], without: readonly string[]): string {
  const bare = (key: string, value: unknown) => (without.includes(key) ? undefined : value);
  return objects.map((each) => JSON.stringify(each, bare)).join('\n');
}
