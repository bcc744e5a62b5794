/**
 * Plays what a block takes some thousand times, a little at a time and when nothing else is to be done. V8 compiles what
 * has often run: without it the first blocks take milliseconds each, and those of a quiet network half as long again as
 * they need.
 *
 *   start -- pause -- a stage of each kind -- a play on one, a play on the other ..., a rest, ... -- two others ... -- over
 *
 * From then on the way is kept warm (warm-way.ts). No event waits for more than one play.
 */
import type { SetElementsDriver } from 'node-nftables';
import { BlockLatency } from '../block-latency.ts';
import type { Journal } from '../journal.ts';
import type { ConntrackEvents } from '../kernel.ts';
import { isCrowded } from '../measure/run-queue.ts';
import type { InForce } from '../policy-keeper.ts';
import { unannounced } from '../step.ts';
import { ObedientElements } from './obedient-elements.ts';
import { Stage, type StageKernel } from './stage.ts';
import { WarmWay } from './warm-way.ts';

/** What comes first at a start is more urgent. */
const PAUSE_MS = 2_000;
/** With fewer V8 has not made the best of it, with more it makes nothing more. */
const PLAYS = 2_000;
/** Then the stages are others, so that they stay small. */
const PLAYS_A_PAIR = 500;
/** Before a rest: after each the processor has forgotten half of it. Events are taken between them. */
const PLAYS_AT_A_TIME = 10;
/**
 * Times what those plays took, each some tenths of a millisecond. The thread goes before all others (priority.ts), also
 * at this; so where somebody waits for a processor it takes a tenth of one. A lower priority for the play would be the
 * event's as well: with two busy programs beside it a play of nice 10 took seconds.
 */
const REST = 2;
const REST_AMONG_OTHERS = 9;
/** A play may have waited itself. */
const MOST_REST_MS = 50;
/** Looked up here: the loop asks for it when all is compiled, and what it meets for the first time then is compiled anew. */
const NEVER = Number.POSITIVE_INFINITY;

export interface RehearsalParts {
  /** Elements of which the kernel refuses every change, without a word. */
  readonly refusedElements: () => SetElementsDriver;
  /** Asked for connections that are not there. */
  readonly conntrack: Pick<ConntrackEvents, 'delete'>;
  readonly inForce: () => InForce;
  readonly journal: Pick<Journal, 'log'>;
  /** Whether somebody waits for a processor. */
  readonly isCrowded?: () => boolean;
  /** How many blocks, before the way is only kept warm. */
  readonly plays?: number;
}

export class Rehearsal implements Disposable {
  /** How long each took. */
  readonly latency = new BlockLatency();
  readonly #parts: RehearsalParts;
  #stages: readonly Stage[] = [];
  readonly #plays: number;
  #played = 0;
  /** Since the last rest. */
  #tookMs = 0;
  #nextAt = performance.now() + PAUSE_MS;
  readonly #warmWay: WarmWay;
  /** Something went wrong: blocks are made without it, and later. */
  #isGivenUp = false;

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
    this.#plays = parts.plays ?? PLAYS;
    this.#warmWay = new WarmWay(parts, this.latency);
  }

  get isOver(): boolean {
    return this.#isGivenUp || this.#played >= this.#plays;
  }

  /** When there is something to do, on the clock of `performance.now()`; Infinity once it is over. */
  get nextStepAt(): number {
    return this.isOver ? NEVER : this.#nextAt;
  }

  /** `events`: of the kernel, since the start. @returns whether it took its time */
  step(events: number): boolean {
    if (this.#isGivenUp) return false;
    try {
      return this.#step(events);
    } catch (error) {
      this.#giveUp(error as Error);
      return true;
    }
  }

  #step(events: number): boolean {
    if (this.isOver) return this.#warmWay.step(events);
    const beganAt = performance.now();
    if (beganAt < this.#nextAt) return false;
    unannounced(() => {
      this.#play();
    });
    const now = performance.now();
    this.#tookMs += now - beganAt;
    this.#nextAt = this.#played % PLAYS_AT_A_TIME === 0 ? now + this.#restMs() : now;
    if (this.isOver) this.#closeStages();
    return true;
  }

  /** A machine without room for one more socket shall not end the engine by it. */
  #giveUp({ message }: Error): void {
    this.#isGivenUp = true;
    this.#parts.journal.log('warn', `blocks are no longer rehearsed, and come later: ${message}`);
    this[Symbol.dispose]();
  }

  #restMs(): number {
    const crowded = this.#parts.isCrowded ?? isCrowded;
    const restMs = this.#tookMs * (crowded() ? REST_AMONG_OTHERS : REST);
    this.#tookMs = 0;
    return Math.min(MOST_REST_MS, restMs);
  }

  [Symbol.dispose](): void {
    this.#closeStages();
    this.#warmWay[Symbol.dispose]();
  }

  #play(): void {
    if (this.#stages.length === 0) this.#stages = this.#openStages();
    this.#stages[this.#played % this.#stages.length].play();
    this.#played += 1;
    if (this.#played % PLAYS_A_PAIR === 0) this.#closeStages();
  }

  /** One of each kind. */
  #openStages(): Stage[] {
    const { conntrack, inForce, refusedElements } = this.#parts;
    // Anew each time: what V8 has seen once, at the first block of a driver, it has forgotten at the next.
    const kernels: readonly StageKernel[] = [
      { elements: refusedElements(), conntrack, obeys: false },
      { elements: new ObedientElements(), conntrack: { delete: () => 'deleted' }, obeys: true },
    ];
    return kernels.map((kernel) => new Stage(inForce().policy, kernel, this.latency));
  }

  #closeStages(): void {
    for (const stage of this.#stages) stage[Symbol.dispose]();
    this.#stages = [];
  }
}
