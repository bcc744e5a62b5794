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

interface Warm extends Disposable {
  readonly stage: Stage;
  readonly policy: Policy;
}

export class WarmWay implements Disposable {
  readonly #parts: RehearsalParts;
  readonly #latency: BlockLatency;
  #warm: Warm | undefined;
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
    if (mayBlock && this.#isOf(policy)) this.#play();
    else this.#change(mayBlock ? policy : undefined);
    this.#nextAt = performance.now() + PLAY_EVERY_MS;
    return mayBlock;
  }

  #isOf(policy: Policy): boolean {
    return this.#warm?.policy === policy && this.#played < PLAYS_A_STAGE;
  }

  #play(): void {
    this.#played += 1;
    unannounced(() => this.#warm?.stage.play());
  }

  /** Another stage is a step of its own. */
  #change(policy: Policy | undefined): void {
    this.#warm?.[Symbol.dispose]();
    this.#warm = policy && this.#open(policy);
    this.#played = 0;
  }

  /** On one that the kernel refuses: it comes as far as there. */
  #open(policy: Policy): Warm {
    const elements = this.#parts.refusedElements();
    const { conntrack } = this.#parts;
    const stage = new Stage(policy, { elements, conntrack, obeys: false }, this.#latency);
    const close = () => {
      stage[Symbol.dispose]();
      elements.close();
    };
    return { stage, policy, [Symbol.dispose]: close };
  }

  [Symbol.dispose](): void {
    this.#change(undefined);
  }
}
