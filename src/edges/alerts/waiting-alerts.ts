/** The next entries of the ledger for one sink, in words. */
import type { Head } from '../../ledger/chain.ts';
import type { Entry } from '../../ledger/entry.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import { type Dispatch, dispatchOf, type Observer, summaryOf } from './dispatch.ts';

const PAGE = 100;
/** Entries behind one summary. */
const MOST_SUMMARISED = 1_000;

/** What goes out in one attempt, and what of the ledger is done with by it. */
export interface Passage {
  readonly dispatches: readonly Dispatch[];
  readonly head: Head;
  readonly entries: number;
}

interface Waiting {
  readonly entry: Entry;
  /** undefined: it is no alert, or not wanted. */
  readonly dispatch: Dispatch | undefined;
}

export interface Unspeakable {
  readonly entry: Entry;
  readonly error: Error;
}

export class WaitingAlerts {
  readonly #ledger: Pick<LedgerQueries, 'entries'>;
  readonly #observer: Observer;
  readonly #wants: (dispatch: Dispatch) => boolean;
  #waiting: Waiting[] = [];
  #unspeakable: Unspeakable[] = [];

  constructor(
    ledger: Pick<LedgerQueries, 'entries'>,
    observer: Observer,
    wants: (dispatch: Dispatch) => boolean,
  ) {
    this.#ledger = ledger;
    this.#observer = observer;
    this.#wants = wants;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  clear(): void {
    this.#waiting = [];
    this.#unspeakable = [];
  }

  /** Read on after `taken`, unless there is something already. */
  fill(taken: Head): void {
    if (this.isEmpty) this.#read(taken.seq, PAGE);
  }

  /** Entries that cannot be told, for they make no sense; they do not stop the others. */
  takeUnspeakable(): Unspeakable[] {
    return this.#unspeakable.splice(0);
  }

  /** Leave out what is nothing for the sink. @returns the last such entry, if there was one */
  takeUnwanted(): Head | undefined {
    const wanted = this.#waiting.findIndex(({ dispatch }) => dispatch !== undefined);
    const count = wanted === -1 ? this.#waiting.length : wanted;
    const last = this.#waiting.splice(0, count).at(-1);
    return last && headOf(last);
  }

  /** The first ones, at most `most`. It is not empty, and what it begins with is wanted. */
  next(most: number): Passage {
    const dispatches: Dispatch[] = [];
    let entries = 0;
    for (const { dispatch } of this.#waiting) {
      if (dispatches.length === most) break;
      if (dispatch !== undefined) dispatches.push(dispatch);
      entries += 1;
    }
    return { dispatches, head: headOf(this.#waiting[entries - 1]), entries };
  }

  /** All that is there by now, as one; alone, it stays as it is. */
  summary(): Passage {
    const last = this.#waiting[this.#waiting.length - 1];
    const room = MOST_SUMMARISED - this.#waiting.length;
    if (room > 0) this.#read(last.entry.seq, room);
    const passage = this.next(MOST_SUMMARISED);
    if (passage.dispatches.length === 1) return passage;
    return { ...passage, dispatches: [summaryOf(passage.dispatches)] };
  }

  /** The first `entries` are done with. */
  drop(entries: number): void {
    this.#waiting.splice(0, entries);
  }

  #read(after: number, limit: number): void {
    for (const entry of this.#ledger.entries({ after, limit }))
      this.#waiting.push({ entry, dispatch: this.#inWords(entry) });
  }

  #inWords(entry: Entry): Dispatch | undefined {
    try {
      const dispatch = dispatchOf(entry, this.#observer);
      return dispatch && this.#wants(dispatch) ? dispatch : undefined;
    } catch (cause) {
      const problem = `entry ${entry.seq} cannot be told: ${(cause as Error).message}`;
      this.#unspeakable.push({ entry, error: new Error(problem, { cause }) });
      return undefined;
    }
  }
}

function headOf({ entry: { seq, hash } }: Waiting): Head {
  return { seq, hash };
}
