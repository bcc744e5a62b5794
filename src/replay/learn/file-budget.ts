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
  let bytes = 0;
  let values = 0;
  const spend = (cost: FileBudget, times: number) => {
    bytes += cost.bytes * times;
    values += cost.values * times;
  };
  const left = drafts.map(({ networks, services, groups }) => {
    spend(RULE, 1);
    spend(SERVICE, services.length);
    spend(GROUP, groups.length);
    if (networks.length <= SHORT_LIST) spend({ bytes: REMARK_BYTES, values: 0 }, networks.length);
    for (const network of networks) spend(costOf(network), 1);
    return new Set(networks);
  });
  const rarest = drafts
    .flatMap(({ networks }, place) => networks.map((network) => ({ network, place })))
    .sort(
      (x, y) => x.network.seen.hits - y.network.seen.hits || x.network.seen.lastMs - y.network.seen.lastMs,
    );
  let leftOut = 0;
  for (const { network, place } of rarest) {
    if (bytes <= budget.bytes && values <= budget.values) break;
    left[place].delete(network);
    leftOut += network.seen.hits;
    spend(costOf(network), -1);
    if (left[place].size > 0) continue;
    spend(RULE, -1);
    spend(SERVICE, -drafts[place].services.length);
  }
  return { drafts: drafts.flatMap((draft, place) => remaining(draft, left[place])), leftOut };
}

function remaining(draft: Draft, left: ReadonlySet<SeenNetwork>): Draft[] {
  if (left.size === draft.networks.length) return [draft];
  if (left.size === 0) return [];
  const networks = [...left];
  return [{ ...draft, networks, seen: Sightings.sum(networks.map(({ seen }) => seen)) }];
}

function costOf({ prefix }: SeenNetwork): FileBudget {
  return { bytes: NETWORK.bytes + formatPrefix(prefix).length, values: NETWORK.values };
}
