import type { LedgerQueries } from '../../ledger/queries.ts';
import type { Dispatch } from './dispatch.ts';

/** Where alerts go. Each gets every alert that it wants, in order, at least once; `Dispatch.id` tells a repeated one. */
export interface AlertSink {
  /** Names its cursor: keep it the same from one start to the next. */
  readonly name: string;
  /** As in the configuration. */
  readonly type: string;
  /** How many alerts one attempt may carry; 1 when left out. */
  readonly batch?: number;
  /**
   * For a peer that acknowledges nothing: how long after an attempt its alerts may still turn out to be lost. Only then
   * are they done with; until then a failure or a loss sends them again. Left out: what was taken has arrived.
   */
  readonly settleMs?: number;
  /**
   * One attempt; may be called again (for a test alert) while one is under way. It ends, also when the peer hangs.
   * @throws AlertError PENSTOCK_ALERT_REFUSED when trying again is of no use (of a batch, each is then tried alone);
   *   after any other error it is tried again
   */
  deliver(dispatches: readonly Dispatch[], signal: AbortSignal): Promise<void>;
  /** Once, before the first attempt: for a sink that tells what holds, not what has happened. */
  attach?(ledger: Pick<LedgerQueries, 'incidents' | 'decisions'>): void;
  /** Tell when what was taken may be lost: the peer has closed the connection. Needs `settleMs`. */
  watch?(lost: (why: Error) => void): void;
  /** SIGHUP: files may have been moved, certificates renewed. */
  reopen?(): void;
  /** No attempt follows. @returns whether all that was taken has arrived for certain */
  close?(): Promise<boolean>;
}

/** What goes to a sink, and how fast. */
export interface Subscription {
  readonly sink: AlertSink;
  /** All, when left out. */
  readonly wants?: (dispatch: Dispatch) => boolean;
  /** No limit, when left out. */
  readonly rate?: Rate;
}

export interface Rate {
  /** Messages, in the long run. */
  readonly perMinute: number;
  /** Messages at once. */
  readonly burst: number;
  /** What is over it waits; or what waits becomes one message. */
  readonly over: 'delay' | 'summarise';
}
