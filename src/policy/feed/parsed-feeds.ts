/**
 * Files of deny lists as they were last parsed. The daemon loads one policy several times (from its file, and from the
 * ledger for what keeps its lists fresh); a list of a million need not be parsed each time.
 *
 * Told by its digest: the text itself, which is the larger part, is not kept. What holds for a time only is not either.
 */
import { createHash } from 'node:crypto';
import { type ParsedFeed, type ParseOrder, parseFeed } from './parser.ts';

/** Networks of all lists together, some five bytes each, which the policy in force mostly has as well. */
const MOST_NETWORKS = 4_000_000;

type GoodFeed = Extract<ParsedFeed, { ok: true }>;

export class ParsedFeeds {
  /** The one used the longest ago first. */
  readonly #feeds = new Map<string, GoodFeed>();
  #networks = 0;

  parse(text: string, order: ParseOrder): ParsedFeed {
    if (order.format.name === 'stix') return parseFeed(text, order);
    const { nowMs: _, ...rest } = order;
    const key = createHash('sha256').update(JSON.stringify(rest)).update('\n').update(text).digest('hex');
    const parsed = this.#feeds.get(key) ?? parseFeed(text, order);
    if (parsed.ok) this.#keep(key, parsed);
    return parsed;
  }

  #keep(key: string, feed: GoodFeed): void {
    this.#drop(key);
    this.#feeds.set(key, feed);
    this.#networks += feed.prefixes.length;
    for (const oldest of this.#feeds.keys()) {
      if (this.#networks <= MOST_NETWORKS) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#networks -= this.#feeds.get(key)?.prefixes.length ?? 0;
    this.#feeds.delete(key);
  }
}
