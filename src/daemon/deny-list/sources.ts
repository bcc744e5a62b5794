/** Reads the content of a list from where the policy says. */
import pRetry from 'p-retry';
import type { FeedContent } from '../../policy/feed/feed.ts';
import type { FedList } from '../../policy/feed/feed-state.ts';
import { folderReader, type SourceReader } from '../../policy/source-reader.ts';
import { FetchError } from '../errors.ts';
import { type Downloaded, download } from './download.ts';
import { type FeedStore, type StoredFeed, sha256 } from './store.ts';

export interface FeedReading {
  readonly content: FeedContent;
  readonly bytes: Uint8Array;
  /** Keep it for the next start, now that it was found good. @throws the system's error */
  readonly keep: () => Promise<void>;
}

/** After 2, 8 and 32 seconds, as far as half the time to the next refresh goes. */
const BACKOFF = { retries: 3, minTimeout: 2_000, factor: 4 };

export class FeedSources {
  readonly #readFile: SourceReader | undefined;
  readonly #store: FeedStore;

  /** `folder`: that of the policy file; null without one. */
  constructor(folder: string | null, store: FeedStore) {
    this.#readFile = folder === null ? undefined : folderReader(folder);
    this.#store = store;
  }

  get readsFiles(): boolean {
    return this.#readFile !== undefined;
  }

  /** @throws FetchError; the signal's reason */
  async read(list: FedList, signal: AbortSignal): Promise<FeedReading> {
    const { file, url } = list.feed;
    return file === null ? await this.#fetch(list, url, signal) : this.#file(file, list.feed.limits.maxBytes);
  }

  /** What an earlier run kept of a list from a URL. */
  async kept({ id, feed: { url } }: FedList): Promise<StoredFeed | undefined> {
    return url === null ? undefined : await this.#store.load(id, url);
  }

  #file(name: string, maxBytes: number): FeedReading {
    const reading = this.#readFile?.(name, maxBytes);
    if (!reading?.ok)
      throw new FetchError('unreadable', reading?.message ?? 'the policy has no folder', false);
    const bytes = Buffer.from(reading.text);
    return { content: { sha256: sha256(bytes), fetchedAtMs: Date.now() }, bytes, keep: async () => {} };
  }

  async #fetch(list: FedList, url: string, signal: AbortSignal): Promise<FeedReading> {
    const stored = await this.#store.load(list.id, url);
    const answer = await this.#download(list, url, stored, signal);
    const fetchedAtMs = Date.now();
    if (answer.kind === 'unchanged' && stored !== undefined) {
      const same = { ...stored, content: { ...stored.content, fetchedAtMs } };
      return { ...same, keep: () => this.#store.confirm(list.id, url, same) };
    }
    if (answer.kind === 'unchanged') throw new FetchError('unreadable', 'is unchanged since never', false);
    const { bytes, validators } = answer;
    const fresh = { bytes, validators, content: { sha256: sha256(bytes), fetchedAtMs } };
    return { ...fresh, keep: () => this.#store.save(list.id, url, fresh) };
  }

  #download(
    { feed }: FedList,
    url: string,
    stored: StoredFeed | undefined,
    signal: AbortSignal,
  ): Promise<Downloaded> {
    const { timeoutMs, limits, refreshMs } = feed;
    const validators = stored?.validators ?? null;
    const attempt = () => download({ url, maxBytes: limits.maxBytes, timeoutMs, validators, signal });
    return pRetry(attempt, {
      ...BACKOFF,
      maxRetryTime: (refreshMs ?? 0) / 2,
      randomize: true,
      unref: true,
      signal,
      shouldRetry: ({ error }) => error instanceof FetchError && error.isTransient,
    });
  }
}
