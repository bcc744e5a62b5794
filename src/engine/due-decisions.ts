/**
 * Live decisions by when time alone ends them. A look costs by how many are over, not by how many stand: it is taken
 * twice a second, and a hundred thousand may stand.
 */
import TinyQueue from 'tinyqueue';
import type { Decision } from '../decision/decision.ts';
import { dueAt } from '../decision/life-cycle.ts';
import type { StoodBefore } from '../decision/stood-before.ts';

interface Due {
  readonly id: string;
  readonly atMs: number;
  /** Of two at once, the one that was kept first goes first. */
  readonly turn: number;
}

/** What is out of date in the queue goes when its time comes, or when it is more than what is not, and this. */
const MOST_STALE = 1_000;

export class DueDecisions {
  #queue = new TinyQueue<Due>([], byTime);
  /** What holds: the queue has older times of the same decisions too. */
  readonly #due = new Map<string, Due>();
  #turns = 0;
  #before: Pick<StoodBefore, 'overdue'> | undefined;

  /** What stood at the start, until it is kept. */
  adopt(before: Pick<StoodBefore, 'overdue'>): void {
    this.#before = before;
  }

  /** The decision is as it is now; one in a last state is not due any more. */
  keep(decision: Decision): void {
    const { id } = decision;
    const atMs = dueAt(decision);
    if (atMs === this.#due.get(id)?.atMs) return;
    if (atMs === undefined) {
      this.#due.delete(id);
      return;
    }
    this.#turns += 1;
    const due = { id, atMs, turn: this.#turns };
    this.#due.set(id, due);
    this.#queue.push(due);
    if (this.#queue.length > 2 * this.#due.size + MOST_STALE)
      this.#queue = new TinyQueue([...this.#due.values()], byTime);
  }

  /** Ids of what is over, the earliest first. They are told again until they are kept in a state that is not due. */
  overdue(nowMs: number): string[] {
    const over: Due[] = [];
    for (let due = this.#queue.peek(); due !== undefined && due.atMs <= nowMs; due = this.#queue.peek()) {
      this.#queue.pop();
      if (this.#due.get(due.id) === due) over.push(due);
    }
    for (const due of over) this.#queue.push(due);
    const stood = this.#before?.overdue(nowMs) ?? [];
    // Stable: of two at once, the one that stood before goes first.
    const all = stood.length === 0 ? over : [...stood, ...over].sort((one, other) => one.atMs - other.atMs);
    return all.map(({ id }) => id);
  }
}

function byTime(one: Due, other: Due): number {
  return one.atMs - other.atMs || one.turn - other.turn;
}
