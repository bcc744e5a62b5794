/**
 * Keeps what a block takes in the processor's caches while other traffic would push it out: a block comes now and then,
 * and should be as fast as if it came all the time (README, 'Measured': 0.08 ms instead of 0.12).
 *
 *   events come, and blocks may be made      a play every 2 ms: up to 6 % of a processor
 *   fewer of them                            a play for so many events, however long they take
 *   none, or mode audit                      no play, and nobody is woken for one
 */
import type { Policy } from '../../policy/policy.ts';
import type { BlockLatency } from '../block-latency.ts';
import { unannounced } from '../step.ts';
import type { RehearsalParts } from './rehearsal.ts';
import { Stage } from './stage.ts';

const PLAY_EVERY_MS = 2;
/** What they take is more than what a play does. */
const EVENTS_A_PLAY = 16;
/** Then the stage is another, so that it stays below some ten megabytes. */
const PLAYS_A_STAGE = 5_000;

export class WarmWay implements Disposable {
  readonly #parts: RehearsalParts;
  readonly #latency: BlockLatency;
  #stage: Stage | undefined;
  /** The stage's. */
  #policy: Policy | undefined;
  #played = 0;
  #events = 0;
  #nextAt = 0;

  constructor(parts: RehearsalParts, latency: BlockLatency) {
    this.#parts = parts;
    this.#latency = latency;
  }

  /** `events`: of the kernel, since the start. @returns whether it took its time */
  step(events: number): boolean {
    if (events - this.#events < EVENTS_A_PLAY || performance.now() < this.#nextAt) return false;
    this.#events = events;
    const { policy } = this.#parts.inForce();
    const mayBlock = policy.mode !== 'audit';
    if (!mayBlock) this[Symbol.dispose]();
    else if (this.#policy !== policy || this.#played === PLAYS_A_STAGE) this.#change(policy);
    else this.#play();
    this.#nextAt = performance.now() + PLAY_EVERY_MS;
    return mayBlock;
  }

  #play(): void {
    this.#played += 1;
    unannounced(() => this.#stage?.play());
  }

  /** Another stage, which is a step of its own; one that the kernel refuses, for that comes as far as the kernel. */
  #change(policy: Policy): void {
    this[Symbol.dispose]();
    const { conntrack, refusedElements } = this.#parts;
    const kernel = { elements: refusedElements(), conntrack, obeys: false };
    this.#stage = new Stage(policy, kernel, this.#latency);
    this.#policy = policy;
    this.#played = 0;
  }

  [Symbol.dispose](): void {
    this.#stage?.[Symbol.dispose]();
    this.#stage = this.#policy = undefined;
  }
}
