/** The files of a policy's deny lists, read with the policy: a bad one is a problem of the policy. */
import { Made } from '../made.ts';
import type { DenyList, Policy } from '../policy.ts';
import type { Place, ProblemList } from '../problem.ts';
import type { Feed } from './feed.ts';
import type { Protected } from './guard.ts';
import { ParsedFeeds } from './parsed-feeds.ts';
import { type ParsedFeed, parseOrder } from './parser.ts';

const parsedFeeds = new ParsedFeeds();
const filled = new Made<DenyList>();

export type FileFeed = Extract<Feed, { file: string }>;

export interface FileLoading {
  /** Text of a list's file; undefined when it cannot be read, which is then among the problems. */
  readonly text: (feed: FileFeed, list: string) => string | undefined;
  /** Of the lists. */
  readonly places: readonly Place[];
  /** Ms since the epoch. */
  readonly nowMs: number;
  readonly problems: ProblemList;
  readonly warnings: ProblemList;
}

type Guarded = Pick<Policy, 'denyLists' | 'hostGroups' | 'neverBlock'>;

export function loadFileFeeds(policy: Guarded, loading: FileLoading): readonly DenyList[] {
  const safe = protectedBy(policy);
  return policy.denyLists.map((list, i) => {
    if (list.feed === null || list.feed.file === null) return list;
    const text = loading.text(list.feed, list.id);
    if (text === undefined) return list;
    const parsed = parsedFeeds.parse(text, parseOrder(list.feed, safe, loading.nowMs));
    if (parsed.ok) {
      warn(list, loading.places[i], parsed, loading.warnings);
      const { prefixes } = parsed;
      return filled.of(list, [prefixes], () => ({ ...list, prefixes }));
    }
    for (const problem of parsed.problems) loading.problems.add(problem, problem.message, problem.expected);
    return list;
  });
}

/** What no feed may list. */
export function protectedBy({ neverBlock, hostGroups }: Guarded): Protected {
  return { neverBlock: neverBlock.destinations, own: hostGroups.flatMap(({ cidrs }) => cidrs) };
}

function warn(
  { id }: DenyList,
  place: Place,
  { unusable, leftOut }: Extract<ParsedFeed, { ok: true }>,
  warnings: ProblemList,
): void {
  if (unusable > 0) {
    const message = `deny list ${id}: ${unusable} entries cannot be blocked by address and count for nothing`;
    warnings.add(place, message, 'addresses or networks');
  }
  if (leftOut.count > 0) {
    const which = leftOut.alarming.length > 0 ? `: ${leftOut.alarming.join(', ')}` : '';
    warnings.add(place, `deny list ${id}: ${leftOut.count} entries are left out${which}`, 'no such entries');
  }
}
