/**
 * Deny lists that come from files, kept fresh while the policy is in force.
 *
 *            read good                 read bad, onError keepLast          older than maxAge
 *   fresh ---------------> fresh    fresh --------------------> kept    kept ---------------> dropped (empty)
 *                                        --------------------> dropped                        a good read: fresh
 *                                      read bad, onError drop
 */
import { MAX_FEED_BYTES, parseFeed } from './feed-text.ts';
import type { DenyList, Feed, Policy } from './policy.ts';
import { type Problem, ProblemList } from './problem.ts';
import { folderReader, type SourceReader } from './source-reader.ts';

export interface FeedRefresh {
  /** All deny lists of the policy, inline ones too: for CompiledPolicy.replaceDenyLists. */
  readonly lists: readonly DenyList[];
  readonly changed: boolean;
  /** Why a list was kept or dropped. */
  readonly problems: readonly Problem[];
}

interface FeedState {
  list: DenyList;
  readonly feed: Feed;
  goodAtMs: number;
  triedAtMs: number;
}

export class DenyListFeeds {
  readonly #lists: DenyList[];
  readonly #states: FeedState[];
  readonly #read: SourceReader | undefined;

  /** `folder`: that of the policy file; null when the policy came without one, so that nothing can be read again. */
  constructor(policy: Policy, folder: string | null, nowMs: number) {
    this.#lists = [...policy.denyLists];
    this.#read = folder === null ? undefined : folderReader(folder);
    this.#states = policy.denyLists.flatMap((list) =>
      list.feed === null ? [] : [{ list, feed: list.feed, goodAtMs: nowMs, triedAtMs: nowMs }],
    );
  }

  /** When {@link refresh} has something to do next, or null. */
  get nextAtMs(): number | null {
    const times = this.#states.flatMap((state) => [this.#readAt(state), dropAt(state)]);
    const next = Math.min(...times);
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  /** Read what is due, drop what is too old. */
  refresh(nowMs: number): FeedRefresh {
    const problems = new ProblemList();
    let changed = false;
    for (const state of this.#states) {
      const { list } = state;
      if (this.#readAt(state) <= nowMs) this.#reread(state, nowMs, problems);
      if (dropAt(state) <= nowMs) {
        problems.add(
          list.place,
          `deny list ${list.id} is older than its maxAge and is dropped`,
          'a fresh file',
        );
        state.list = { ...list, prefixes: [] };
      }
      if (state.list === list) continue;
      this.#lists[this.#lists.indexOf(list)] = state.list;
      changed = true;
    }
    return { lists: [...this.#lists], changed, problems: problems.list() };
  }

  #readAt({ feed, triedAtMs }: FeedState): number {
    return this.#read && feed.refreshMs !== null ? triedAtMs + feed.refreshMs : Number.POSITIVE_INFINITY;
  }

  #reread(state: FeedState, nowMs: number, problems: ProblemList): void {
    const { list, feed } = state;
    state.triedAtMs = nowMs;
    const found = new ProblemList();
    const reading = this.#read?.(feed.file, MAX_FEED_BYTES);
    if (reading?.ok) {
      const prefixes = parseFeed(feed.file, reading.text, found);
      if (!found.any) {
        state.list = { ...list, prefixes };
        state.goodAtMs = nowMs;
        return;
      }
    } else if (reading) found.add({ ...list.place, file: feed.file }, reading.message, reading.expected);
    for (const problem of found.list()) problems.add(problem, problem.message, problem.expected);
    if (feed.onError === 'drop') state.list = { ...list, prefixes: [] };
  }
}

function dropAt({ list, feed, goodAtMs }: FeedState): number {
  if (feed.maxAgeMs === null || list.prefixes.length === 0) return Number.POSITIVE_INFINITY;
  return goodAtMs + feed.maxAgeMs;
}
