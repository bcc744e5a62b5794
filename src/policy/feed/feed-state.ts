/**
 * One deny list that is kept fresh.
 *
 *            good content                  failure, onError keepLast         content older than maxAge
 *   fresh ---------------> fresh    fresh -----------------------> kept    kept -----------------------> empty
 *   empty                                 -----------------------> empty   fresh
 *   kept                                      onError drop
 *
 * Told once: when the list gets into trouble, when the cause changes, when it is emptied, when it has recovered.
 */

import type { DenyList } from '../policy.ts';
import { samePrefixes } from '../prefix-columns.ts';
import { NO_PREFIXES } from '../prefix-packing.ts';
import { formatProblem } from '../problem.ts';
import type { FeedFailure } from './failure.ts';
import type { Feed, FeedContent } from './feed.ts';
import { jumpBetween } from './jump.ts';
import type { ParsedFeed } from './parser.ts';

/** What came of reading a list. */
export type FeedOutcome =
  | { readonly ok: true; readonly content: FeedContent; readonly parsed: ParsedFeed }
  | { readonly ok: false; readonly failure: FeedFailure };

export interface FeedChange {
  /** The list holds other networks than before. */
  readonly changed: boolean;
  /** The trouble that was told is over. */
  readonly recovered: boolean;
  /** Fresh content was taken. */
  readonly taken: boolean;
  /** What a person has to know now, one sentence each. */
  readonly news: readonly string[];
}

/** For a person. Times are ms since the epoch. */
export interface FeedStatus {
  readonly list: string;
  readonly source: Pick<Feed, 'file' | 'url'>;
  readonly prefixes: number;
  /** Entries of the content that cannot be blocked by address, and those that must not be listed. */
  readonly unusable: number;
  readonly leftOut: number;
  /** null: there is no content. */
  readonly fetchedAtMs: number | null;
  readonly triedAtMs: number | null;
  readonly trouble: (FeedFailure & { readonly sinceMs: number }) | null;
}

export type FedList = DenyList & { readonly feed: Feed };

type GoodFeed = Extract<ParsedFeed, { ok: true }>;

const NEVER = Number.POSITIVE_INFINITY;
const NOTHING: FeedChange = { changed: false, recovered: false, taken: false, news: [] };
/** Problems of one content that a sentence names. */
const TOLD_PROBLEMS = 3;

export class FeedState {
  readonly #refreshMs: number;
  #list: FedList;
  /** null: the list is empty for want of content. */
  #fetchedAtMs: number | null;
  #triedAtMs: number | null;
  /** What the list's content came to; null: there is none, or it came with the policy. */
  #parsed: GoodFeed | null = null;
  #trouble: FeedStatus['trouble'] = null;
  #reading = false;

  /** A file came with the policy just now; a URL was never read. */
  constructor(list: FedList, nowMs: number, isReadable: boolean) {
    this.#list = list;
    this.#refreshMs = isReadable ? (list.feed.refreshMs ?? NEVER) : NEVER;
    this.#fetchedAtMs = list.feed.url === null ? nowMs : null;
    this.#triedAtMs = this.#fetchedAtMs;
  }

  get list(): FedList {
    return this.#list;
  }

  get status(): FeedStatus {
    const { id, feed, prefixes } = this.#list;
    return {
      list: id,
      source: { file: feed.file, url: feed.url },
      prefixes: prefixes.length,
      unusable: this.#parsed?.unusable ?? 0,
      leftOut: this.#parsed?.leftOut.count ?? 0,
      fetchedAtMs: this.#fetchedAtMs,
      triedAtMs: this.#triedAtMs,
      trouble: this.#trouble,
    };
  }

  /** When the list is to be read; never while it is being read. */
  get readAtMs(): number {
    if (this.#reading || this.#refreshMs === NEVER) return NEVER;
    return this.#triedAtMs === null ? Number.NEGATIVE_INFINITY : this.#triedAtMs + this.#refreshMs;
  }

  get dropAtMs(): number {
    const { maxAgeMs } = this.#list.feed;
    if (maxAgeMs === null || this.#fetchedAtMs === null) return NEVER;
    return this.#fetchedAtMs + maxAgeMs;
  }

  /** What content comes to that the list holds already; undefined for any other, and where that is a matter of time. */
  known(sha256: string): ParsedFeed | undefined {
    const { content, feed } = this.#list;
    if (content?.sha256 !== sha256 || feed.format.name === 'stix') return undefined;
    return this.#parsed ?? undefined;
  }

  /** The list is being read until {@link take}. */
  begin(): void {
    this.#reading = true;
  }

  take(outcome: FeedOutcome, nowMs: number): FeedChange {
    this.#reading = false;
    this.#triedAtMs = nowMs;
    if (!outcome.ok) return this.#fail(outcome.failure, nowMs);
    const { parsed, content } = outcome;
    if (!parsed.ok) return this.#fail(failureOf(parsed), nowMs);
    const { prefixes, leftOut } = parsed;
    const jump =
      this.#fetchedAtMs === null
        ? undefined
        : jumpBetween(this.#list.prefixes, prefixes, this.#list.feed.limits);
    if (jump !== undefined) return this.#fail({ code: 'jumped', message: jump }, nowMs);
    const changed = !samePrefixes(prefixes, this.#list.prefixes);
    this.#list = { ...this.#list, prefixes, content };
    // A clock that was set back must not make content young for ever.
    this.#fetchedAtMs = Math.min(content.fetchedAtMs, nowMs);
    this.#triedAtMs = this.#fetchedAtMs;
    this.#parsed = parsed;
    if (leftOut.alarming.length === 0) return { ...this.#recover(), changed, taken: true };
    const message = `${leftOut.alarming.join(', ')}: left out of the list, the rest is used`;
    return { ...this.#tell({ code: 'leftOut', message }, message, nowMs), changed, taken: true };
  }

  /** Content of an earlier run; what is no good any more is left, for fresh content to come at once. */
  restore(content: FeedContent, parsed: ParsedFeed, nowMs: number): FeedChange {
    return parsed.ok ? this.take({ ok: true, content, parsed }, nowMs) : NOTHING;
  }

  /** Content that has become too old goes. */
  expire(nowMs: number): FeedChange {
    if (this.dropAtMs > nowMs) return NOTHING;
    const cause = this.#trouble?.code === 'leftOut' ? null : this.#trouble;
    const message = `its content is older than maxAge${cause ? `: ${cause.message}` : ''}`;
    return this.#drop({ code: cause?.code ?? 'tooOld', message }, nowMs);
  }

  #fail(failure: FeedFailure, nowMs: number): FeedChange {
    if (this.#list.feed.onError === 'drop' && this.#fetchedAtMs !== null) return this.#drop(failure, nowMs);
    return this.#tell(failure, `${failure.message}; ${this.#standing()}`, nowMs);
  }

  #drop(failure: FeedFailure, nowMs: number): FeedChange {
    const changed = this.#list.prefixes.length > 0;
    this.#list = { ...this.#list, prefixes: NO_PREFIXES, content: null };
    this.#parsed = null;
    this.#fetchedAtMs = null;
    // The cause may be known, that the list is empty now is not.
    this.#trouble = null;
    return { ...this.#tell(failure, `${failure.message}; ${this.#standing()}`, nowMs), changed };
  }

  #tell(failure: FeedFailure, sentence: string, nowMs: number): FeedChange {
    const known = this.#trouble?.code === failure.code;
    this.#trouble = { ...failure, sinceMs: known && this.#trouble ? this.#trouble.sinceMs : nowMs };
    return known ? NOTHING : { ...NOTHING, news: [`deny list ${this.#list.id}: ${sentence}`] };
  }

  #recover(): FeedChange {
    const recovered = this.#trouble !== null;
    this.#trouble = null;
    return { ...NOTHING, recovered };
  }

  #standing(): string {
    if (this.#fetchedAtMs === null) return 'the list is empty';
    const time = new Date(this.#fetchedAtMs).toISOString();
    return `the last good content stays, ${this.#list.prefixes.length} networks of ${time}`;
  }
}

function failureOf({ code, problems }: Extract<ParsedFeed, { ok: false }>): FeedFailure {
  const told = problems.slice(0, TOLD_PROBLEMS).map(formatProblem);
  const more = problems.length > told.length ? [`and ${problems.length - told.length} more`] : [];
  return { code, message: [...told, ...more].join(', ') };
}
