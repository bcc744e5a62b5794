/**
 * What people have asked for and takes its time, between the events of the kernel: a turn of the loop gives it one slice.
 *
 *   command --> waiting, at most MOST --> at work, one at a time --> answered
 *      |           |                        |
 *      |           +------ cancelled -------+--> forgotten
 *      +-- full: refused as `busy`
 *
 * Commands that act do not come this way, so they overtake all of it. In a flood, when events wait whatever is done, a
 * slice is a share of what they take: an answer comes late then, but it comes.
 */
import type { Outcome } from './commands.ts';
import type { Job } from './job.ts';

/** The longest that a job keeps an event waiting, but for its last piece. */
const SLICE_MS = 0.1;
/** Of what a turn took in a flood. */
const SHARE_IN_A_FLOOD = 1 / 8;
/** More than the API has open at a time; each is a few objects until it is at work. */
const MOST = 64;

interface Waiting {
  readonly call: number;
  readonly job: Job<Outcome<unknown>>;
}

export class JobQueue {
  readonly #answer: (call: number, outcome: Outcome<unknown>) => void;
  readonly #waiting: Waiting[] = [];

  /** `answer` is called once for each job that is added and not cancelled. */
  constructor(answer: (call: number, outcome: Outcome<unknown>) => void) {
    this.#answer = answer;
  }

  /** By `performance.now()`. */
  get nextStepAt(): number {
    return this.#waiting.length === 0 ? Number.POSITIVE_INFINITY : 0;
  }

  add(call: number, job: Job<Outcome<unknown>>): void {
    if (this.#waiting.length < MOST) this.#waiting.push({ call, job });
    else this.#answer(call, BUSY);
  }

  /** Nobody waits for it any more. Nothing, when it has been answered. */
  cancel(call: number): void {
    const place = this.#waiting.findIndex((each) => each.call === call);
    if (place === -1) return;
    const [{ job }] = this.#waiting.splice(place, 1);
    // What it holds on to in a table is let go.
    job.return(BUSY);
  }

  /** One slice of the first. `floodMs`: what the turn took so far, when more events wait. @throws what it throws */
  step(floodMs = 0): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const until = performance.now() + Math.max(SLICE_MS, floodMs * SHARE_IN_A_FLOOD);
    let made = first.job.next();
    while (!made.done && performance.now() < until) made = first.job.next();
    if (!made.done) return;
    this.#waiting.shift();
    this.#answer(first.call, made.value);
  }
}

const BUSY: Outcome<never> = {
  ok: false,
  refusal: { code: 'busy', message: 'too many lists are being made at once; ask again in a moment' },
};
