/**
 * The engine thread's own loop. It waits in poll(2) for whatever comes first and never in Node's event loop, so that
 * an event of the kernel is at the policy within microseconds.
 *
 *   poll: conntrack events | ruleset announcements | dropped packets | neighbours | wake-up by the main thread | time
 *     1. conntrack events, some
 *     2. announcements of ruleset changes
 *     3. packets that the kernel dropped, some
 *     4. commands of the main thread, all that wait
 *     5. a piece of a walk through conntrack, when one runs or is due
 *     6. a piece of a deny list, when one is on its way into the kernel
 *     7. chores, when they are due
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Poller } from 'node-netlink';
import type { ConntrackFeed } from './conntrack-feed.ts';
import type { DenyPreload } from './deny-preload.ts';
import { acknowledgeWake } from './wake.ts';
import type { ToEngine } from './wire.ts';

const CHORES_EVERY_MS = 500;
/** Places in the poller's list; those not named here are plain to see. */
const NEIGHBOURS = 3;
const DENIED = 4;

export interface LoopParts {
  readonly conntrackFd: number;
  readonly rulesetFd: number;
  /** Packets that rules tell of; undefined when nobody can read them. */
  deniedFd(): number | undefined;
  readonly wakeFd: number;
  readonly neighbourFd: number;
  readonly port: MessagePort;
  readonly feed: ConntrackFeed;
  /** Deny lists on their way into the kernel. */
  readonly preload: DenyPreload;
  onRuleset(nowMs: number): void;
  /** When the table is to be mended, by `performance.now()`. */
  mendAt(): number;
  mend(nowMs: number): void;
  /** @returns whether more may wait */
  onDenied(nowMs: number): boolean;
  /** @returns whether more may wait */
  onNeighbours(nowMs: number): boolean;
  onCommand(command: ToEngine): void;
  chores(nowMs: number): void;
  /** The end of a turn: what can wait until the kernel has been served. */
  endTurn(): void;
  stopped(): boolean;
}

export function runLoop(parts: LoopParts): void {
  const { feed, preload, port, wakeFd } = parts;
  let deniedFd = parts.deniedFd();
  let poller = pollerOf(parts, deniedFd);
  // The clock that nobody sets.
  let choresAt = 0;
  let more = true;
  while (!parts.stopped()) {
    const until = Math.min(choresAt, feed.nextStepAt, parts.mendAt(), preload.nextStepAt);
    poller.wait(more ? 0 : Math.max(0, until - performance.now()));
    const nowMs = Date.now();
    more = feed.drain(nowMs);
    if (poller.readable(1)) parts.onRuleset(nowMs);
    if (deniedFd !== undefined && poller.readable(DENIED)) more = parts.onDenied(nowMs) || more;
    if (performance.now() >= parts.mendAt()) parts.mend(nowMs);
    if (poller.readable(NEIGHBOURS)) more = parts.onNeighbours(nowMs) || more;
    if (poller.readable(2)) {
      acknowledgeWake(wakeFd);
      takeCommands(port, parts);
    }
    feed.step(nowMs);
    preload.step(nowMs);
    if (performance.now() >= choresAt) {
      parts.chores(nowMs);
      choresAt = performance.now() + CHORES_EVERY_MS;
      if (parts.deniedFd() !== deniedFd) {
        deniedFd = parts.deniedFd();
        poller = pollerOf(parts, deniedFd);
      }
    }
    parts.endTurn();
  }
}

function pollerOf(parts: LoopParts, deniedFd: number | undefined): Poller {
  const { conntrackFd, rulesetFd, wakeFd, neighbourFd } = parts;
  const always = [conntrackFd, rulesetFd, wakeFd, neighbourFd];
  return new Poller([...always, ...(deniedFd === undefined ? [] : [deniedFd])]);
}

function takeCommands(port: MessagePort, parts: LoopParts): void {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    parts.onCommand(next.message as ToEngine);
  }
}
