/**
 * Conntrack into the flow table: events as they come, and now and then the whole table in pieces.
 *
 *              start, or when its pace has it          events lost
 *                        |                                 |
 *                        v                                 v
 *   idle ------------> walking ---- done ----> draining ----> idle
 *    ^                   |                        |
 *    +-- interrupted ----+                        +-- the queue was empty once: flows not seen are ended
 *
 * The walk brings the counters of long connections, of which no event tells, and finds what lost events hid. Its pace
 * (walk-pace.ts) goes by its cost and by the traffic; one that is waited for goes without rest.
 */
import type { ConntrackEntry } from '../conntrack/entry.ts';
import { ConntrackDecodeError, ConntrackKernelError } from '../conntrack/errors.ts';
import type { FlowTable, Report } from '../flow/flow-table.ts';
import type { ConntrackEvents, Kernel, TableWalk } from './kernel.ts';
import { WalkPace } from './walk-pace.ts';

/** Events taken before other work gets its turn. */
const EVENTS_A_TURN = 512;
/** Datagrams of a walk taken at once: some ten entries, of one that is waited for some hundred. */
const DATAGRAMS_A_TURN = 1;
/** The kernel needs a quarter of it for what makes a piece. */
const WAIT_FOR_PIECE_MS = 1;

export interface FeedCounters {
  events: number;
  lost: number;
  resyncs: number;
  undecodable: number;
}

/** What the walks through the whole table cost, since the start. */
export interface WalkCounters {
  begun: number;
  /** The kernel or a failure broke them off; another follows. */
  interrupted: number;
  /** Connections that they showed. */
  entries: number;
  /** Of the last one that was finished, from its first piece to its last: events come in between. */
  lastSeconds: number;
  /** Of a processor, by all of them. */
  workSeconds: number;
}

export class ConntrackFeed {
  readonly walks: WalkCounters = { begun: 0, interrupted: 0, entries: 0, lastSeconds: 0, workSeconds: 0 };
  readonly counters: FeedCounters = { events: 0, lost: 0, resyncs: 0, undecodable: 0 };
  readonly #socket: Pick<ConntrackEvents, 'drain'>;
  readonly #walk: TableWalk;
  readonly #table: FlowTable;
  readonly #report: Report;
  #nowMs = 0;
  #draining = false;
  /** Events were lost after the walk had begun: what it says is not the last word. */
  #again = false;
  /**
   * Events were lost, and the kernel drops more without a word until its queue was empty once (netlink_overrun and
   * netlink_rcv_wake in net/netlink/af_netlink.c): a walk that begins before would miss what they told of.
   */
  #behind = false;
  /** Something waits for the walk: the start, or what lost events hid. */
  #urgent = true;
  readonly #processorMs: () => number;
  readonly #pace: WalkPace;
  #walkStartedAt = 0;
  #nextPieceAt = 0;
  /** The entry that is being observed, for whoever needs more of it than its flow. */
  #entry: ConntrackEntry | undefined;
  #walkFailure: string | undefined;
  #signsOfLife = 0;

  constructor(
    socket: Pick<ConntrackEvents, 'drain'>,
    walk: TableWalk,
    table: FlowTable,
    report: Report,
    kernel: Pick<Kernel, 'passedBytes' | 'processorMs'>,
  ) {
    this.#socket = socket;
    this.#walk = walk;
    this.#table = table;
    this.#report = report;
    this.#processorMs = () => kernel.processorMs();
    this.#pace = new WalkPace(() => kernel.passedBytes());
  }

  /** Only within a report. */
  get entry(): ConntrackEntry | undefined {
    return this.#entry;
  }

  /** Events of connections that began or went on, until now. */
  get signsOfLife(): number {
    return this.#signsOfLife;
  }

  /** When there is something to do without an event, on the clock of `performance.now()`. */
  get nextStepAt(): number {
    if (this.#walk.running) return this.#nextPieceAt;
    return this.#urgent ? 0 : this.#pace.nextWalkAt;
  }

  /**
   * Take some of the events that wait. @returns whether more may wait
   */
  drain(nowMs: number): boolean {
    this.#nowMs = nowMs;
    try {
      const { events, lost, more } = this.#socket.drain(this.#observeEvent, EVENTS_A_TURN);
      this.counters.events += events;
      if (lost) this.#overrun();
      if (!more) this.#behind = false;
      if (!more && this.#draining) this.#finishResync();
      return more;
    } catch (error) {
      this.#passOver(error);
      return true;
    }
  }

  /** Begin a walk when one is due, or take the next piece of the one that runs. @returns whether there was one to take */
  step(nowMs: number): boolean {
    this.#nowMs = nowMs;
    const began = performance.now();
    this.#pace.look(began);
    if (began < this.nextStepAt || this.#draining) return false;
    if (this.#behind && !this.#walk.running) return false;
    try {
      const workedMs = this.#processorMs();
      if (!this.#walk.running) this.#beginWalk();
      const state = this.#walk.step(this.#observeWalked, DATAGRAMS_A_TURN);
      const workMs = this.#processorMs() - workedMs;
      const now = performance.now();
      const rest = this.#pace.worked(workMs);
      this.walks.workSeconds += workMs / 1_000;
      if (state === 'waiting') this.#nextPieceAt = now + WAIT_FOR_PIECE_MS;
      else this.#nextPieceAt = this.#urgent ? now : now + rest;
      if (state === 'done') this.#endWalk(now);
      if (state === 'interrupted') this.#breakOff();
    } catch (error) {
      // The kernel was short of memory, or another process filled our queue.
      if (error instanceof ConntrackKernelError) this.#walkFailure = error.message;
      else this.#passOver(error);
      this.#breakOff();
    }
    return true;
  }

  /** Why a walk broke off since this was last asked; another follows. */
  takeWalkFailure(): string | undefined {
    const failure = this.#walkFailure;
    this.#walkFailure = undefined;
    return failure;
  }

  #beginWalk(): void {
    this.#table.beginResync();
    this.#walkStartedAt = performance.now();
    this.#pace.begin(this.#walkStartedAt);
    this.#walk.start({ urgent: this.#urgent });
    this.walks.begun += 1;
  }

  #endWalk(now: number): void {
    this.#draining = true;
    this.walks.lastSeconds = (now - this.#walkStartedAt) / 1_000;
  }

  #breakOff(): void {
    this.walks.interrupted += 1;
    this.#schedule();
  }

  readonly #observeEvent = (entry: ConntrackEntry): void => {
    if (entry.event !== 'destroy') this.#signsOfLife += 1;
    this.#observe(entry);
  };

  readonly #observeWalked = (entry: ConntrackEntry): void => {
    this.walks.entries += 1;
    this.#observe(entry);
  };

  readonly #observe = (entry: ConntrackEntry): void => {
    this.#entry = entry;
    this.#table.observe(entry, this.#nowMs, this.#report);
    this.#entry = undefined;
  };

  /** Events are gone: look at everything at once. */
  #overrun(): void {
    this.counters.lost += 1;
    this.#behind = true;
    this.#again = this.#walk.running || this.#draining;
    this.#urgent = true;
    this.#nextPieceAt = 0;
  }

  #finishResync(): void {
    this.#draining = false;
    this.#table.endResync(this.#report);
    this.counters.resyncs += 1;
    this.#schedule();
  }

  /** At once when events were lost meanwhile. */
  #schedule(): void {
    this.#urgent = this.#again;
    this.#again = false;
  }

  #passOver(error: unknown): void {
    if (!(error instanceof ConntrackDecodeError)) throw error;
    this.counters.undecodable += 1;
  }
}
