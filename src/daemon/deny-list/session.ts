/**
 * The deny lists of one policy, from when it comes into force until another does.
 *
 *   kept content -> parse -> swap        at once, so that a start or a policy waits for no network
 *   due -> read -> parse -> judge -> keep -> swap        each list at its own pace, a few at a time
 */
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { EngineControl } from '../../engine/commands.ts';
import type { FedList, FeedChange, FeedOutcome, FeedStatus } from '../../policy/feed/feed-state.ts';
import { DenyListFeeds } from '../../policy/feed/feeds.ts';
import { type ParsedFeed, parseOrder } from '../../policy/feed/parser.ts';
import type { Policy } from '../../policy/policy.ts';
import { FetchError } from '../errors.ts';
import { parseApart } from './parse-process.ts';
import { Publisher } from './publisher.ts';
import type { FeedReading, FeedSources } from './sources.ts';

export interface SessionParts {
  readonly policy: Policy;
  readonly engine: EngineControl;
  readonly sources: FeedSources;
  /** Another policy was in force before, whose fetched lists the engine carried over. */
  readonly isSuccessor: boolean;
  readonly log: Pick<Logger, 'error' | 'info'>;
}

/** Lists that are read at the same time; each may take a process to parse. */
const AT_ONCE = 4;
/** setTimeout takes no more. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export class FeedSession {
  readonly #parts: SessionParts;
  readonly #feeds: DenyListFeeds;
  readonly #publisher: Publisher;
  readonly #ending = new AbortController();
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SessionParts) {
    const { policy, engine, sources, log } = parts;
    this.#parts = parts;
    this.#feeds = new DenyListFeeds(policy, Date.now(), sources.readsFiles);
    const lists = () => this.#feeds.lists;
    const { signal } = this.#ending;
    this.#publisher = new Publisher({ engine, policyDigest: policy.digest, lists, log, signal });
  }

  get status(): readonly FeedStatus[] {
    return this.#feeds.status;
  }

  /** Never throws; returns when what was kept is in force. */
  async begin(): Promise<void> {
    const changes = await Promise.all(this.#feeds.fed.map((list) => this.#restore(list)));
    const changed = this.#parts.isSuccessor || changes.some((each) => each.changed);
    const news = changes.flatMap((each) => each.news);
    await this.#publisher.publish({ changed: changed && changes.length > 0, recovered: false, news });
    this.#tick();
  }

  end(): void {
    this.#ending.abort(new Error('another policy is in force'));
    clearTimeout(this.#timer);
  }

  async #restore(list: FedList): Promise<Pick<FeedChange, 'changed' | 'news'>> {
    try {
      const kept = await this.#parts.sources.kept(list);
      if (kept === undefined) return { changed: false, news: [] };
      const parsed = await this.#parse(list, kept.bytes);
      return this.#feeds.restore(list.id, kept.content, parsed, Date.now());
    } catch (error) {
      this.#unlessEnded(() => this.#parts.log.error({ err: error }, `deny list ${list.id}: not restored`));
      return { changed: false, news: [] };
    }
  }

  #tick(): void {
    if (this.#ending.signal.aborted) return;
    const nowMs = Date.now();
    const expired = this.#feeds.expire(nowMs);
    if (expired.news.length > 0) void this.#publisher.publish(expired);
    for (const list of this.#feeds.due(nowMs)) void this.#queue.add(() => this.#refresh(list));
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const next = this.#feeds.nextAtMs;
    if (next === null || this.#ending.signal.aborted) return;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, next - Date.now()));
    this.#timer = setTimeout(() => this.#tick(), waitMs).unref();
  }

  async #refresh(list: FedList): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const { outcome, reading } = await this.#read(list);
    if (this.#ending.signal.aborted) return;
    const change = this.#feeds.take(list.id, outcome, Date.now());
    if (change.taken) {
      // A full disk costs the next start its content, not this run.
      const failed = (error: unknown) =>
        this.#unlessEnded(() => this.#parts.log.error({ err: error }, `deny list ${list.id}: not kept`));
      await reading?.keep().catch(failed);
    }
    await this.#publisher.publish(change);
    this.#schedule();
  }

  async #read(list: FedList): Promise<{ outcome: FeedOutcome; reading?: FeedReading }> {
    try {
      const reading = await this.#parts.sources.read(list, this.#ending.signal);
      const known = this.#feeds.known(list.id, reading.content.sha256);
      const parsed = known ?? (await this.#parse(list, reading.bytes));
      return { outcome: { ok: true, content: reading.content, parsed }, reading };
    } catch (error) {
      if (error instanceof FetchError) return { outcome: { ok: false, failure: inContext(list, error) } };
      this.#unlessEnded(() => this.#parts.log.error({ err: error }, `deny list ${list.id}: not read`));
      const message = `cannot be read: ${(error as Error).message}`;
      return { outcome: { ok: false, failure: { code: 'unreadable', message } } };
    }
  }

  #parse(list: FedList, bytes: Uint8Array): Promise<ParsedFeed> {
    const order = parseOrder(list.feed, this.#feeds.protected, Date.now());
    return parseApart({ bytes, order }, this.#ending.signal);
  }

  #unlessEnded(work: () => void): void {
    if (!this.#ending.signal.aborted) work();
  }
}

/** Of a URL only the host is told: the rest may be a password in itself. */
function inContext({ feed }: FedList, { failure }: FetchError) {
  const source = feed.file ?? new URL(feed.url).host;
  return { ...failure, message: `${source} ${failure.message}` };
}
