/**
 * What one policy file can hold (1 MiB and 50,000 values, see src/policy/loader.ts and yaml-guard.ts) bounds what can be
 * learnt. The destinations that were seen the least go first.
 */
import { formatPrefix } from '../../address/prefix.ts';
import type { Draft } from './rule-draft.ts';
import type { SeenNetwork } from './seen-network.ts';
import { Sightings } from './sightings.ts';

export interface FileBudget {
  readonly bytes: number;
  readonly values: number;
}

/** The rest is for the head of the file and for what is withheld. */
export const ONE_FILE: FileBudget = { bytes: 800_000, values: 40_000 };

/** About what a rule takes with its set, its comments and its test; a group and a service in it; a network. */
const RULE = { bytes: 900, values: 40 };
const GROUP = { bytes: 60, values: 1 };
const SERVICE = { bytes: 120, values: 8 };
const NETWORK = { bytes: 14, values: 1 };
const REMARK_BYTES = 80;
/** Networks of a short list have a remark each. */
export const SHORT_LIST = 16;

interface Fitted {
  readonly drafts: readonly Draft[];
  /** Flows of the destinations that were left out. */
  readonly leftOut: number;
}

export function fitFile(drafts: readonly Draft[], budget = ONE_FILE): Fitted {
  const left = drafts.map(({ networks }) => new Set(networks));
  const networks = drafts.flatMap((draft, place) =>
    draft.networks.map((network) => ({ network, place, cost: costOfNetwork(network, draft) })),
  );
  let spent = sumOf([...drafts.map(costOfRule), ...networks.map(({ cost }) => cost)]);
  let leftOut = 0;
  for (const { network, place, cost } of networks.sort(rarestFirst)) {
    if (spent.bytes <= budget.bytes && spent.values <= budget.values) break;
    left[place].delete(network);
    leftOut += network.seen.hits;
    spent = sumOf([spent, cost], -1);
    if (left[place].size === 0) spent = sumOf([spent, costOfRule(drafts[place])], -1);
  }
  return { drafts: drafts.flatMap((draft, place) => remaining(draft, left[place])), leftOut };
}

function rarestFirst(
  { network: x }: { network: SeenNetwork },
  { network: y }: { network: SeenNetwork },
): number {
  return x.seen.hits - y.seen.hits || x.seen.lastMs - y.seen.lastMs;
}

/** The first, and `times` the others. */
function sumOf([first, ...others]: readonly FileBudget[], times = 1): FileBudget {
  return others.reduce(
    ({ bytes, values }, other) => ({
      bytes: bytes + times * other.bytes,
      values: values + times * other.values,
    }),
    first ?? { bytes: 0, values: 0 },
  );
}

function remaining(draft: Draft, left: ReadonlySet<SeenNetwork>): Draft[] {
  if (left.size === draft.networks.length) return [draft];
  if (left.size === 0) return [];
  const networks = [...left];
  return [{ ...draft, networks, seen: Sightings.sum(networks.map(({ seen }) => seen)) }];
}

function costOfRule({ groups, services }: Draft): FileBudget {
  return {
    bytes: RULE.bytes + GROUP.bytes * groups.length + SERVICE.bytes * services.length,
    values: RULE.values + GROUP.values * groups.length + SERVICE.values * services.length,
  };
}

function costOfNetwork({ prefix }: SeenNetwork, { networks }: Draft): FileBudget {
  const remark = networks.length <= SHORT_LIST ? REMARK_BYTES : 0;
  return { bytes: NETWORK.bytes + formatPrefix(prefix).length + remark, values: NETWORK.values };
}
