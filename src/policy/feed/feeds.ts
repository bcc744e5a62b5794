/** The deny lists of the policy in force, those that are kept fresh among them. It reads nothing itself. */
import type { DenyList, Policy } from '../policy.ts';
import type { FeedContent } from './feed.ts';
import { type FedList, type FeedChange, type FeedOutcome, FeedState, type FeedStatus } from './feed-state.ts';
import { protectedBy } from './file-feeds.ts';
import type { Protected } from './guard.ts';
import type { ParsedFeed } from './parser.ts';

export class DenyListFeeds {
  /** What no feed may list. */
  readonly protected: Protected;
  readonly #lists: readonly (DenyList | FeedState)[];
  readonly #states: readonly FeedState[];

  /** `readsFiles`: whether the policy has a folder whose files can be read again; without one, only their age counts. */
  constructor(policy: Policy, nowMs: number, readsFiles: boolean) {
    this.protected = protectedBy(policy);
    this.#lists = policy.denyLists.map((list) => {
      if (!isFed(list)) return list;
      return new FeedState(list, nowMs, readsFiles || list.feed.url !== null);
    });
    this.#states = this.#lists.filter((list) => list instanceof FeedState);
  }

  /** All of them as they are now, inline ones too, in the policy's order. */
  get lists(): readonly DenyList[] {
    return this.#lists.map((list) => (list instanceof FeedState ? list.list : list));
  }

  get fed(): readonly FedList[] {
    return this.#states.map(({ list }) => list);
  }

  get status(): readonly FeedStatus[] {
    return this.#states.map(({ status }) => status);
  }

  /** When there is something to do next; null: never. */
  get nextAtMs(): number | null {
    const next = Math.min(...this.#states.flatMap(({ readAtMs, dropAtMs }) => [readAtMs, dropAtMs]));
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  /** The lists to read now; each must be followed by {@link take}. */
  due(nowMs: number): FedList[] {
    const due = this.#states.filter(({ readAtMs }) => readAtMs <= nowMs);
    for (const state of due) state.begin();
    return due.map(({ list }) => list);
  }

  /** What content comes to, when the list holds it already: nothing has to be parsed. */
  known(id: string, sha256: string): ParsedFeed | undefined {
    return this.#state(id).known(sha256);
  }

  take(id: string, outcome: FeedOutcome, nowMs: number): FeedChange {
    return this.#state(id).take(outcome, nowMs);
  }

  /** Content of an earlier run, before anything is {@link due}. */
  restore(id: string, content: FeedContent, parsed: ParsedFeed, nowMs: number): FeedChange {
    return this.#state(id).restore(content, parsed, nowMs);
  }

  #state(id: string): FeedState {
    const state = this.#states.find(({ list }) => list.id === id);
    if (state === undefined) throw new Error(`no deny list ${id} is kept fresh`);
    return state;
  }

  /** Drop what is too old. */
  expire(nowMs: number): FeedChange {
    const changes = this.#states.map((state) => state.expire(nowMs));
    return {
      changed: changes.some(({ changed }) => changed),
      recovered: false,
      taken: false,
      news: changes.flatMap(({ news }) => news),
    };
  }
}

function isFed(list: DenyList): list is FedList {
  return list.feed !== null;
}
