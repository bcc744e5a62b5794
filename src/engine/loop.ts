/**
 * The engine thread's own loop. It waits in poll(2) for whatever comes first and never in Node's event loop, so that
 * an event of the kernel is at the policy within microseconds.
 *
 *   poll: conntrack events | ruleset announcements | wake-up by the main thread | time
 *     1. conntrack events, some
 *     2. announcements of ruleset changes
 *     3. commands of the main thread, all that wait
 *     4. a piece of a walk through conntrack, when one runs or is due
 *     5. chores, when they are due
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Poller } from 'node-netlink';
import type { ConntrackFeed } from './conntrack-feed.ts';
import { acknowledgeWake } from './wake.ts';
import type { ToEngine } from './wire.ts';

const CHORES_EVERY_MS = 500;

export interface LoopParts {
  readonly conntrackFd: number;
  readonly rulesetFd: number;
  readonly wakeFd: number;
  readonly port: MessagePort;
  readonly feed: ConntrackFeed;
  onRuleset(nowMs: number): void;
  onCommand(command: ToEngine): void;
  chores(nowMs: number): void;
  /** The end of a turn: what can wait until the kernel has been served. */
  endTurn(): void;
  stopped(): boolean;
}

export function runLoop(parts: LoopParts): void {
  const { feed, port, wakeFd } = parts;
  const poller = new Poller([parts.conntrackFd, parts.rulesetFd, wakeFd]);
  // The clock that nobody sets.
  let choresAt = 0;
  let more = true;
  while (!parts.stopped()) {
    const until = Math.min(choresAt, feed.nextStepAt);
    poller.wait(more ? 0 : Math.max(0, until - performance.now()));
    const nowMs = Date.now();
    more = feed.drain(nowMs);
    if (poller.readable(1)) parts.onRuleset(nowMs);
    if (poller.readable(2)) {
      acknowledgeWake(wakeFd);
      takeCommands(port, parts);
    }
    feed.step(nowMs);
    if (performance.now() >= choresAt) {
      parts.chores(nowMs);
      choresAt = performance.now() + CHORES_EVERY_MS;
    }
    parts.endTurn();
  }
}

function takeCommands(port: MessagePort, parts: LoopParts): void {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    parts.onCommand(next.message as ToEngine);
  }
}
