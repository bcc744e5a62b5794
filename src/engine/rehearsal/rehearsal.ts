/**
 * Plays what a block takes some thousand times, a little at a time and when nothing else is to be done. V8 compiles what
 * has often run: without it the first blocks take milliseconds each, and those of a quiet network half as long again as
 * they need.
 *
 *   start -- pause -- stage -- some plays, a rest, some plays ... -- stage of the other kind -- ... -- over
 */
import type { SetElementsDriver } from 'node-nftables';
import { BlockLatency } from '../block-latency.ts';
import type { ConntrackEvents } from '../kernel.ts';
import type { InForce } from '../policy-keeper.ts';
import { unannounced } from '../step.ts';
import { ObedientElements } from './obedient-elements.ts';
import { Stage, type StageKernel } from './stage.ts';

/** What comes first at a start is more urgent. */
const PAUSE_MS = 2_000;
/** With fewer V8 has not made the best of it, with more it makes nothing more. */
const STAGES = 20;
/** Few, so that a stage stays small. */
export const PLAYS_A_STAGE = 100;
/** Some tenths of a millisecond each, at first more. */
const PLAYS_A_TURN = 4;
/** Times what a turn took. */
const REST = 3;

export interface RehearsalParts {
  /** Elements of which the kernel refuses every change. */
  readonly refusedElements: () => SetElementsDriver;
  /** Asked for connections that are not there. */
  readonly conntrack: Pick<ConntrackEvents, 'delete'>;
  readonly inForce: () => InForce;
  /** How many, of {@link PLAYS_A_STAGE} blocks each; an even number. */
  readonly stages?: number;
}

export class Rehearsal implements Disposable {
  /** How long each took. */
  readonly latency = new BlockLatency();
  readonly #parts: RehearsalParts;
  #refused: SetElementsDriver | undefined;
  #stage: Stage | undefined;
  readonly #plays: number;
  #played = 0;
  #nextAt = performance.now() + PAUSE_MS;

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
    this.#plays = (parts.stages ?? STAGES) * PLAYS_A_STAGE;
  }

  get isOver(): boolean {
    return this.#played >= this.#plays;
  }

  /** When there is something to do, on the clock of `performance.now()`; Infinity once it is over. */
  get nextStepAt(): number {
    return this.isOver ? Number.POSITIVE_INFINITY : this.#nextAt;
  }

  step(): void {
    const beganAt = performance.now();
    if (beganAt < this.nextStepAt) return;
    unannounced(() => {
      for (let play = 0; play < PLAYS_A_TURN; play++) this.#play();
    });
    const now = performance.now();
    this.#nextAt = now + REST * (now - beganAt);
    if (this.isOver) this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#stage?.[Symbol.dispose]();
    this.#stage = undefined;
    this.#refused?.close();
    this.#refused = undefined;
  }

  #play(): void {
    this.#stage ??= new Stage(this.#parts.inForce().policy, this.#kernel(), this.latency);
    this.#stage.play();
    this.#played += 1;
    if (this.#played % PLAYS_A_STAGE > 0) return;
    this.#stage[Symbol.dispose]();
    this.#stage = undefined;
  }

  /** The other kind than before. */
  #kernel(): StageKernel {
    const obeys = (this.#played / PLAYS_A_STAGE) % 2 === 1;
    if (obeys) return { elements: new ObedientElements(), conntrack: { delete: () => 'deleted' }, obeys };
    this.#refused ??= this.#parts.refusedElements();
    return { elements: this.#refused, conntrack: this.#parts.conntrack, obeys };
  }
}
