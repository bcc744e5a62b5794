/**
 * The engine thread's own loop. It waits in poll(2) for whatever comes first and never in Node's event loop, so that
 * an event of the kernel is at the policy within microseconds.
 *
 *   poll: conntrack events | ruleset announcements | DNS | dropped packets | neighbours | wake-up by the main thread | time
 *     1. DNS packets, some: a client waits for them
 *     2. conntrack events, some
 *     3. announcements of ruleset changes
 *     4. packets that the kernel dropped, some
 *     5. commands of the main thread, all that wait
 *     6. a piece of a walk through conntrack, when one runs or is due
 *     7. a piece of a deny list, when one is on its way into the kernel
 *     8. a slice of a list that somebody has asked for
 *     9. chores, when they are due
 *
 * After what may take a tenth of a millisecond come the events that came meanwhile: none of them waits for two of these.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Poller } from 'node-netlink';
import type { ConntrackFeed } from './conntrack-feed.ts';
import type { DenyPreload } from './deny-preload.ts';
import type { JobQueue } from './job-queue.ts';
import { EventRate } from './measure/event-rate.ts';
import type { LoopMeter } from './measure/loop-meter.ts';
import type { Priority } from './priority.ts';
import type { Rehearsal } from './rehearsal/rehearsal.ts';
import { acknowledgeWake } from './wake.ts';
import type { ToEngine } from './wire.ts';

const CHORES_EVERY_MS = 500;
/** In a flood events gather for so long: a thread that is woken for each few takes half of its time to wake up. */
const REST_MS = 0.25;
/** Places in the poller's list; those not named here are plain to see. */
const NEIGHBOURS = 3;
/** From here on those that come and go. */
const SOMETIMES = 4;

export interface LoopParts {
  readonly conntrackFd: number;
  readonly rulesetFd: number;
  /** Packets that rules tell of; undefined when nobody can read them. */
  deniedFd(): number | undefined;
  /** DNS that waits to go on; undefined while nobody watches it. */
  namesFd(): number | undefined;
  readonly wakeFd: number;
  readonly neighbourFd: number;
  readonly port: MessagePort;
  readonly feed: ConntrackFeed;
  readonly meter: LoopMeter;
  readonly priority: Priority;
  /** Deny lists on their way into the kernel. */
  readonly preload: DenyPreload;
  readonly rehearsal: Rehearsal;
  /** What people have asked for and takes its time. */
  readonly jobs: JobQueue;
  /** Before anything is decided by a clock that was set. */
  followClock(nowMs: number): void;
  onRuleset(nowMs: number): void;
  /** When the table is to be mended, by `performance.now()`. */
  mendAt(): number;
  mend(nowMs: number): void;
  /** @returns whether more may wait */
  onNames(nowMs: number): boolean;
  /** @returns whether more may wait */
  onDenied(nowMs: number): boolean;
  /** @returns whether more may wait */
  onNeighbours(nowMs: number): boolean;
  onMessage(message: ToEngine): void;
  chores(nowMs: number): void;
  /** The end of a turn: what can wait until the kernel has been served. */
  endTurn(): void;
  stopped(): boolean;
}

export function runLoop(parts: LoopParts): void {
  const { feed, meter, preload, priority, rehearsal, jobs, port, wakeFd } = parts;
  let sometimes = new Sometimes(parts);
  const rate = new EventRate();
  // The clock that nobody sets.
  let choresAt = 0;
  let more = true;
  const takeEvents = () => {
    const nowMs = Date.now();
    parts.followClock(nowMs);
    more = feed.drain(nowMs) || more;
  };
  while (!parts.stopped()) {
    const until = Math.min(
      choresAt,
      feed.nextStepAt,
      parts.mendAt(),
      preload.nextStepAt,
      rehearsal.nextStepAt,
      jobs.nextStepAt,
    );
    if (!sometimes.isOf(parts)) sometimes = new Sometimes(parts);
    const { poller } = sometimes;
    if (rate.many && !more) rest(REST_MS);
    poller.wait(more ? 0 : Math.max(0, until - performance.now()));
    const turnAt = performance.now();
    const nowMs = Date.now();
    parts.followClock(nowMs);
    const moreNames = sometimes.names() && parts.onNames(nowMs);
    const { signsOfLife } = feed;
    more = feed.drain(nowMs) || moreNames;
    if (poller.readable(1)) parts.onRuleset(nowMs);
    if (sometimes.denied()) more = parts.onDenied(nowMs) || more;
    if (turnAt >= parts.mendAt()) {
      priority.ordinarily(() => parts.mend(Date.now()));
      takeEvents();
    }
    if (poller.readable(NEIGHBOURS)) more = parts.onNeighbours(nowMs) || more;
    if (poller.readable(2)) {
      acknowledgeWake(wakeFd);
      for (const message of messagesOf(port)) {
        parts.onMessage(message);
        takeEvents();
      }
    }
    if (feed.step(nowMs)) takeEvents();
    if (turnAt >= preload.nextStepAt) {
      priority.ordinarily(() => preload.step(nowMs));
      takeEvents();
    }
    if (!more && rehearsal.step(feed.signsOfLife)) takeEvents();
    jobs.step(more ? performance.now() - turnAt : 0);
    if (turnAt >= choresAt) {
      if (choresAt > 0) meter.lateness.since(choresAt);
      takeEvents();
      // What came before may have waited for the kernel.
      priority.ordinarily(() => parts.chores(Date.now()));
      choresAt = performance.now() + CHORES_EVERY_MS;
    }
    rate.took(feed.signsOfLife - signsOfLife, turnAt);
    parts.endTurn();
    const turnedAt = performance.now();
    meter.turns.observe((turnedAt - turnAt) / 1_000);
    priority.turned(turnedAt);
  }
}

/** All that is polled, with what is there sometimes at the end. */
class Sometimes {
  readonly poller: Poller;
  readonly #fds: readonly (number | undefined)[];

  constructor(parts: LoopParts) {
    const { conntrackFd, rulesetFd, wakeFd, neighbourFd } = parts;
    this.#fds = [parts.namesFd(), parts.deniedFd()];
    const there = this.#fds.filter((fd) => fd !== undefined);
    this.poller = new Poller([conntrackFd, rulesetFd, wakeFd, neighbourFd, ...there]);
  }

  /** None has come or gone since. */
  isOf(parts: LoopParts): boolean {
    return this.#fds[0] === parts.namesFd() && this.#fds[1] === parts.deniedFd();
  }

  names(): boolean {
    return this.#fds[0] !== undefined && this.poller.readable(SOMETIMES);
  }

  denied(): boolean {
    const place = this.#fds[0] === undefined ? SOMETIMES : SOMETIMES + 1;
    return this.#fds[1] !== undefined && this.poller.readable(place);
  }
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Shorter than poll(2) can wait. */
function rest(ms: number): void {
  Atomics.wait(nobody, 0, 0, ms);
}

function* messagesOf(port: MessagePort): Generator<ToEngine, void> {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    yield next.message;
}
