/** Brings to the engine what has become of the lists of one policy, again and again until it has taken it. */
import type { Logger } from 'pino';
import type { EngineControl } from '../../engine/commands.ts';
import type { FeedChange } from '../../policy/feed/feed-state.ts';
import type { DenyList } from '../../policy/policy.ts';

export interface PublisherParts {
  readonly engine: EngineControl;
  readonly policyDigest: string;
  /** As they are when they are sent. */
  readonly lists: () => readonly DenyList[];
  readonly log: Pick<Logger, 'error' | 'info'>;
  readonly signal: AbortSignal;
}

const RETRY_MS = 10_000;

export class Publisher {
  readonly #parts: PublisherParts;
  /** What the engine has not got yet. */
  #news: string[] = [];
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    parts.signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  async publish({
    changed,
    recovered,
    news,
  }: Pick<FeedChange, 'changed' | 'recovered' | 'news'>): Promise<void> {
    for (const sentence of news) this.#parts.log.error(sentence);
    this.#news.push(...news);
    // A recovery is recorded by the entry that fresh lists make.
    this.#isStale ||= changed || recovered;
    await this.#send();
  }

  async #send(): Promise<void> {
    const { signal, log } = this.#parts;
    if (signal.aborted) return;
    try {
      await this.#sendNews();
      await this.#sendLists();
    } catch (error) {
      log.error({ err: error }, 'deny lists not refreshed');
    }
    clearTimeout(this.#timer);
    if (signal.aborted || (this.#news.length === 0 && !this.#isStale)) return;
    this.#timer = setTimeout(() => void this.#send(), RETRY_MS).unref();
  }

  async #sendNews(): Promise<void> {
    const { engine, policyDigest } = this.#parts;
    const problems = this.#news.splice(0);
    if (problems.length === 0) return;
    const draft = { type: 'denyLists.failed', actor: 'penstock', body: { policyDigest, problems } } as const;
    const isTaken = await engine.call('record', { entries: [draft] }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (!isTaken) this.#news.unshift(...problems);
  }

  async #sendLists(): Promise<void> {
    const { engine, policyDigest, lists, log } = this.#parts;
    if (!this.#isStale) return;
    this.#isStale = false;
    try {
      const outcome = await engine.call('refreshDenyLists', { policyDigest, lists: lists() });
      // A conflict: another policy is in force, whose lists come with it.
      if (!outcome.ok && outcome.refusal.code !== 'conflict') throw new Error(outcome.refusal.message);
      if (outcome.ok) log.info({ lists: sizes(lists()) }, 'deny lists refreshed');
    } catch (error) {
      this.#isStale = true;
      throw error;
    }
  }
}

function sizes(lists: readonly DenyList[]): string {
  return lists.map(({ id, prefixes }) => `${id} ${prefixes.length}`).join(', ');
}
