/**
 * Keeps the deny lists of the policy in force fresh, beside the engine thread, which must wait neither for a disk nor
 * for a network. A file is looked for beside the policy file that the daemon was started with; without one, lists from
 * files stay as they were applied until their `maxAge`.
 */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { EngineControl } from '../engine/commands.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import type { FeedStatus } from '../policy/feed/feed-state.ts';
import { loadApart } from '../policy/load-thread.ts';
import { lastLoaded } from '../policy/loader.ts';
import type { Policy } from '../policy/policy.ts';
import { FeedSession } from './deny-list/session.ts';
import { FeedSources } from './deny-list/sources.ts';
import { FeedStore } from './deny-list/store.ts';

export interface RefresherParts {
  readonly engine: EngineControl;
  readonly ledger: Pick<LedgerQueries, 'revisions' | 'policySources'>;
  readonly policyPath: string | undefined;
  readonly stateDir: string;
  readonly log: Pick<Logger, 'error' | 'info'>;
}

/** Revisions that are looked at one by one; after more at once, the lists are read as for another policy. */
const FEW_REVISIONS = 100;

export class DenyListRefresher {
  readonly #parts: RefresherParts;
  readonly #store: FeedStore;
  readonly #ending: () => void;
  #revision = 0;
  #digest: string | undefined;
  #session: FeedSession | undefined;
  #looking = false;
  #ended = false;

  constructor(parts: RefresherParts) {
    this.#parts = parts;
    this.#store = new FeedStore(parts.stateDir);
    this.#ending = parts.engine.onNotice(({ notice }) => {
      if (notice === 'appended') this.#lookSoon();
    });
    this.#look();
  }

  get status(): readonly FeedStatus[] {
    return this.#session?.status ?? [];
  }

  stop(): void {
    this.#ended = true;
    this.#ending();
    this.#session?.end();
    this.#session = undefined;
  }

  /** Once for many entries. */
  #lookSoon(): void {
    if (this.#looking) return;
    this.#looking = true;
    setImmediate(() => {
      this.#looking = false;
      this.#look();
    });
  }

  /** Was another policy put in force? One that is there again begins as it was written, and needs its lists again. */
  #look(): void {
    const { ledger } = this.#parts;
    const [latest] = ledger.revisions({ limit: 1 });
    if (latest === undefined || latest.number === this.#revision) return;
    const passed = latest.number - this.#revision;
    const revisions = passed > FEW_REVISIONS ? [] : ledger.revisions({ limit: passed });
    this.#revision = latest.number;
    const isSame =
      revisions.length > 0 && revisions.every(({ policyDigest }) => policyDigest === this.#digest);
    if (!isSame) this.#begin(latest.policyDigest);
  }

  #begin(digest: string): void {
    const isSuccessor = this.#digest !== undefined;
    this.#digest = digest;
    this.#session?.end();
    this.#session = undefined;
    const known = lastLoaded(digest);
    if (known !== undefined) this.#follow(known, isSuccessor);
    else void this.#load(digest, isSuccessor);
  }

  /** After a start: it was put in force by the API, and the engine alone has it. */
  async #load(digest: string, isSuccessor: boolean): Promise<void> {
    const { ledger, log } = this.#parts;
    try {
      const sources = ledger.policySources(digest);
      const loaded = sources && (await loadApart(sources, { stored: true }).result);
      // Another may be in force by now, or none be followed any more.
      if (loaded?.ok && this.#digest === digest && !this.#ended) this.#follow(loaded.policy, isSuccessor);
    } catch (error) {
      log.error({ err: error }, 'deny lists are not read again');
    }
  }

  #follow(policy: Policy, isSuccessor: boolean): void {
    const { policyPath, engine, log } = this.#parts;
    const sources = new FeedSources(folderOf(policyPath), this.#store);
    this.#session = new FeedSession({ policy, engine, sources, isSuccessor, log });
    void this.#session.begin();
    void this.#store
      .prune(fromUrls(policy), Date.now())
      .catch((error) => log.error({ err: error }, 'not pruned'));
  }
}

function fromUrls({ denyLists }: Policy): { id: string; url: string }[] {
  return denyLists.flatMap(({ id, feed }) => (feed?.url == null ? [] : [{ id, url: feed.url }]));
}

function folderOf(policyPath: string | undefined): string | null {
  try {
    return policyPath === undefined ? null : dirname(realpathSync(policyPath));
  } catch {
    return null;
  }
}
