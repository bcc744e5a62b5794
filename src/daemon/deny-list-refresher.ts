/**
 * Reads the feed files of the policy in force again as its `refresh` says, beside the engine thread, which must not
 * wait for a disk. A file is looked for beside the policy file that the daemon was started with; without one, lists
 * stay as they were applied until their `maxAge`.
 */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { EngineControl } from '../engine/commands.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import { DenyListFeeds } from '../policy/feed.ts';
import { loadPolicySources } from '../policy/loader.ts';
import { formatProblem } from '../policy/problem.ts';

export interface RefresherParts {
  readonly engine: EngineControl;
  readonly ledger: Pick<LedgerQueries, 'latestRevision' | 'policySources'>;
  readonly policyPath: string | undefined;
  readonly log: Pick<Logger, 'error'>;
}

/** setTimeout takes no more. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export class DenyListRefresher {
  readonly #parts: RefresherParts;
  readonly #ending: () => void;
  #digest: string | undefined;
  #feeds: DenyListFeeds | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(parts: RefresherParts) {
    this.#parts = parts;
    this.#ending = parts.engine.onNotice(({ notice }) => {
      if (notice === 'appended') this.#lookSoon();
    });
    this.#look();
  }

  stop(): void {
    this.#ending();
    clearTimeout(this.#timer);
    this.#feeds = undefined;
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

  /** Is another policy in force? */
  #look(): void {
    const { ledger, policyPath } = this.#parts;
    const digest = ledger.latestRevision()?.policyDigest;
    if (digest === undefined || digest === this.#digest) return;
    this.#digest = digest;
    const sources = ledger.policySources(digest);
    const loaded = sources && loadPolicySources(sources);
    if (!loaded?.ok) return;
    this.#feeds = new DenyListFeeds(loaded.policy, folderOf(policyPath), Date.now());
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const next = this.#feeds?.nextAtMs ?? null;
    if (next === null) return;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, next - Date.now()));
    this.#timer = setTimeout(() => void this.#refresh(), waitMs).unref();
  }

  async #refresh(): Promise<void> {
    const [feeds, policyDigest] = [this.#feeds, this.#digest];
    if (feeds === undefined || policyDigest === undefined) return;
    const { engine, log } = this.#parts;
    try {
      const { lists, changed, problems } = feeds.refresh(Date.now());
      for (const problem of problems) log.error(`deny list: ${formatProblem(problem)}`);
      if (problems.length > 0) {
        const body = { policyDigest, problems: problems.map(formatProblem) };
        await engine.call('record', { entries: [{ type: 'denyLists.failed', actor: 'penstock', body }] });
      }
      if (changed) await engine.call('refreshDenyLists', { policyDigest, lists });
    } catch (error) {
      log.error({ err: error }, 'deny lists not refreshed');
    }
    if (this.#feeds === feeds) this.#schedule();
  }
}

function folderOf(policyPath: string | undefined): string | null {
  try {
    return policyPath === undefined ? null : dirname(realpathSync(policyPath));
  } catch {
    return null;
  }
}
