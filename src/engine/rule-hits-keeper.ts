/**
 * Hits of rules over a restart: taken back at the start, saved a few at a time while there is nothing better to do, all at
 * the end. What cannot be saved is lost at worst; nothing waits for it.
 */
import { LedgerError } from '../ledger/errors.ts';
import type { RuleShelf, StoredUse } from '../ledger/rule-shelf.ts';
import type { Journal } from './journal.ts';
import { MOST_USES, type RuleHits } from './rule-hits.ts';

/** Rules looked at in a turn of chores, two a second: 10,000 have their turn within half a minute. */
const A_TURN = 200;
/** Between the end of one round over all rules and the next. */
const PAUSE_MS = 30_000;
/** Of a rule that is in no policy for longer nothing is known. */
const KEPT_FOR_MS = 90 * 86_400_000;

export class RuleHitsKeeper {
  readonly #shelf: RuleShelf;
  readonly #hits: RuleHits;
  readonly #journal: Pick<Journal, 'log'>;
  #dueAt = 0;
  #failed = false;

  constructor(shelf: RuleShelf, hits: RuleHits, journal: Pick<Journal, 'log'>) {
    this.#shelf = shelf;
    this.#hits = hits;
    this.#journal = journal;
  }

  /** Before the first policy is in force. */
  restore(nowMs: number): void {
    this.#trying('known', () => {
      const stored = this.#shelf.take(nowMs - KEPT_FOR_MS, MOST_USES);
      // A clock that was ahead must not make a rule look used in the time to come.
      const past = (ms: number) => Math.min(ms, nowMs);
      this.#hits.restore(
        stored.map((use) => ({
          ...use,
          lastHitMs: use.lastHitMs === null ? null : past(use.lastHitMs),
          sinceMs: past(use.sinceMs),
        })),
      );
    });
  }

  /** Save some of those that changed. */
  save(nowMs: number): void {
    if (performance.now() < this.#dueAt) return;
    this.#put(this.#hits.takeDirty(A_TURN, nowMs));
    if (this.#hits.isRoundOver) this.#dueAt = performance.now() + PAUSE_MS;
  }

  /** The daemon stops. */
  saveAll(nowMs: number): void {
    this.#hits.tryReadKernel(nowMs);
    this.#put(this.#hits.takeAllDirty(nowMs));
  }

  #put(uses: readonly StoredUse[]): void {
    if (uses.length > 0 && !this.#trying('saved', () => this.#shelf.save(uses))) this.#hits.putBack(uses);
  }

  /** What goes on failing is said once. */
  #trying(what: string, work: () => void): boolean {
    try {
      work();
      this.#failed = false;
      return true;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      if (!this.#failed) this.#journal.log('warn', `hits of rules are not ${what}: ${error.message}`);
      this.#failed = true;
      return false;
    }
  }
}
