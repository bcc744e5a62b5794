/** The engine's pen: writes entries, and tells the main thread that there are new ones when there is time for it. */
import type { Entry, EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Revision } from '../ledger/revision.ts';
import type { Notice } from './commands.ts';
import { EntryTally } from './measure/entry-tally.ts';
import { TimeHistogram } from './measure/time-histogram.ts';

export type Tell = (notice: Notice) => void;

export class Journal {
  /** What was recorded since the start. */
  readonly tally = new EntryTally();
  /** From the call to the commit. */
  readonly appends = new TimeHistogram();
  readonly #ledger: Ledger;
  readonly #tell: Tell;
  #lastRevision: Pick<Revision, 'number' | 'rulesetDigest'>;
  /** The last entry that the main thread has not heard of; 0 when it has heard of all. */
  #unannounced = 0;
  #failure: string | undefined;
  #failures = 0;

  constructor(ledger: Ledger, tell: Tell) {
    this.#ledger = ledger;
    this.#tell = tell;
    this.#lastRevision = ledger.queries.latestRevision() ?? { number: 0, rulesetDigest: null };
  }

  get lastRevision(): number {
    return this.#lastRevision.number;
  }

  /** Of the blocks that stood by the last revision; null when there is none, or it did not say. */
  get lastRulesetDigest(): string | null {
    return this.#lastRevision.rulesetDigest;
  }

  /** Why the last try to record something failed, or the next one would; undefined when it went well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** How often something was not recorded. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * All or none. `sync` for what people did: it must outlive a power cut.
   * @throws LedgerError, and then nothing is recorded
   */
  write(drafts: readonly EntryDraft[], { sync }: { sync: boolean }): Entry[] {
    const startedAt = performance.now();
    const entries = this.#noting(() => this.#ledger.append(drafts, { sync }));
    if (entries.length > 0) {
      this.#failure = undefined;
      this.appends.since(startedAt);
    }
    this.tally.count(entries);
    const last = entries.at(-1);
    if (last) this.#unannounced = last.seq;
    this.#countRevisions(entries);
    return entries;
  }

  /**
   * What the next write records before its own: an automatic change of the kernel that follows at once. Of it and its
   * outcome one transaction is made, when the kernel has it.
   * @returns false when nothing is intended, as it is too long or an earlier outcome is owed: it has to be written
   * @throws LedgerError, and then nothing is intended
   */
  intend(drafts: readonly EntryDraft[]): boolean {
    // An intent itself would not notice that its outcome has no room.
    if (this.#failure !== undefined) this.#retry();
    return this.#ledger.intend(drafts);
  }

  /** What has happened and would not be recorded: the next write does it first. */
  owe(drafts: readonly EntryDraft[]): void {
    this.#ledger.owe(drafts);
    this.#countRevisions(drafts);
  }

  /** Notice that nothing could be recorded, before something has to be. What failed already is for `probe`. */
  look(): void {
    if (this.#failure !== undefined) return;
    try {
      this.#ledger.look();
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#failure = error.message;
    }
  }

  /** Whether something could be recorded now. What is owed is. */
  probe(): boolean {
    try {
      this.#retry();
      this.write([], { sync: false });
      return true;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      return false;
    }
  }

  /** Tell the main thread of what was written, once for many entries: a message costs more than a set element. */
  announce(): void {
    if (this.#unannounced > 0) this.#tell({ notice: 'appended', seq: this.#unannounced });
    this.#unannounced = 0;
  }

  /** The entry that makes the next revision; it takes effect when written. */
  revision(draft: Omit<Revision, 'number'>): EntryDraft {
    const revision: Revision = { ...draft, number: this.lastRevision + 1 };
    return { type: 'revision.created', actor: draft.actor, atMs: draft.atMs, body: { revision } };
  }

  #countRevisions(drafts: readonly EntryDraft[]): void {
    for (const draft of drafts) {
      if (draft.type === 'revision.created') this.#lastRevision = draft.body.revision;
    }
  }

  #retry(): void {
    this.#noting(() => this.#ledger.probe());
    this.#failure = undefined;
  }

  #noting<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#failure = (error as Error).message;
      this.#failures += 1;
      throw error;
    }
  }

  log(level: 'info' | 'warn' | 'error', message: string, fields: Record<string, string | number> = {}): void {
    this.#tell({ notice: 'log', level, message, fields });
  }
}
