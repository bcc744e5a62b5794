/** Connection tracking for tests: hands over what it was given, in order, and remembers what it was told to delete. */
import type { ConntrackEntry } from '../../../src/conntrack/entry.ts';
import type { Drained } from '../../../src/conntrack/event-queue.ts';
import type { ConntrackIdentity } from '../../../src/conntrack/request.ts';
import type { Deletion, Dumped } from '../../../src/conntrack/socket.ts';
import type { WalkState } from '../../../src/conntrack/walk.ts';
import type { ConntrackEvents, TableWalk } from '../../../src/engine/kernel.ts';

export class FakeEvents implements ConntrackEvents {
  readonly fd = -1;
  /** `lost`: the queue overflowed here. An error is thrown when it is its turn. */
  readonly waiting: (ConntrackEntry | 'lost' | Error)[] = [];
  readonly deleted: ConntrackIdentity[] = [];
  /** What the kernel says to deletions. */
  answer: () => Deletion = () => 'deleted';

  drain(onEntry: (entry: ConntrackEntry) => void, limit: number): Drained {
    let events = 0;
    let lost = false;
    while (events < limit) {
      const next = this.waiting.shift();
      if (next === undefined) return { events, lost, more: false };
      if (next instanceof Error) throw next;
      if (next === 'lost') lost = true;
      else {
        events += 1;
        onEntry(next);
      }
    }
    return { events, lost, more: true };
  }

  dump(): Dumped {
    return { entries: 0, interrupted: false };
  }

  changeMark(): 'gone' {
    return 'gone';
  }

  delete(identity: ConntrackIdentity): Deletion {
    const answer = this.answer();
    if (answer === 'deleted') this.deleted.push(structuredClone(identity));
    return answer;
  }
}

/** What one step of a walk brings: entries, or what goes wrong. */
export type Piece = readonly ConntrackEntry[] | Error;

export class FakeWalk implements TableWalk {
  running = false;
  started = 0;
  /** Of the walks to come, one after another; a walk without pieces finds an empty table. */
  readonly walks: { pieces: Piece[]; interrupted?: boolean }[] = [];
  #walk: { pieces: Piece[]; interrupted?: boolean } = { pieces: [] };

  start(_: { urgent?: boolean } = {}): void {
    this.started += 1;
    this.running = true;
    this.#walk = this.walks.shift() ?? { pieces: [] };
  }

  step(onEntry: (entry: ConntrackEntry) => void): WalkState {
    const piece = this.#walk.pieces.shift();
    if (piece instanceof Error) {
      this.running = false;
      throw piece;
    }
    for (const entry of piece ?? []) onEntry(entry);
    if (this.#walk.pieces.length > 0) return 'more';
    this.running = false;
    return this.#walk.interrupted ? 'interrupted' : 'done';
  }
}
