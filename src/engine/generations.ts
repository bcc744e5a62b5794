/**
 * Generations that no connection carries (enforcement/ruleset/generation.ts). There are fifteen, and a connection that
 * was idle for fifteen changes of policy may still carry the one whose turn it is: its mark is cleared first, so that
 * its next packet is judged.
 */
import { type ConntrackEntry, copyEntry } from '../conntrack/entry.ts';
import type { ConntrackSocket } from '../conntrack/socket.ts';
import { GENERATIONS, markOf } from '../enforcement/ruleset/generation.ts';

export type Marks = Pick<ConntrackSocket, 'dump' | 'changeMark'>;

/** Entries cleared between two looks; bounds memory. */
const AT_ONCE = 10_000;
/** Looks at one generation; each clears what it finds. */
const LOOKS = 50;

/** Connections carry all of them, and come faster than they can be cleared. */
export class NoGenerationError extends Error {
  readonly code = 'PENSTOCK_NO_GENERATION';

  constructor() {
    super('connections carry all generations of the mark, and their marks cannot be cleared');
    this.name = 'NoGenerationError';
  }
}

export class Generations {
  readonly #marks: Marks;
  readonly #mask: number;
  /** Cleared, and not given out since. */
  #clear: number | undefined;

  constructor(marks: Marks, mask: number) {
    this.#marks = marks;
    this.#mask = mask;
  }

  /** The next after `other` that no connection carries. @throws ConntrackKernelError */
  fresh(other: number): number {
    const next = after(other);
    if (this.#clear === next) {
      this.#clear = undefined;
      return next;
    }
    for (let tried = 1, candidate = next; tried < GENERATIONS; tried++, candidate = after(candidate)) {
      if (candidate !== other && this.#clearOf(candidate)) return candidate;
    }
    throw new NoGenerationError();
  }

  /** Clear the one after `current` before it is needed. */
  prepare(current: number): void {
    const next = after(current);
    if (this.#clear !== next && this.#clearOf(next)) this.#clear = next;
  }

  #clearOf(generation: number): boolean {
    const filter = { mark: { value: markOf(generation, this.#mask), mask: this.#mask } };
    for (let look = 0; look < LOOKS; look++) {
      const found: ConntrackEntry[] = [];
      const { interrupted } = this.#marks.dump(filter, (entry) => {
        if (found.length < AT_ONCE) found.push(copyEntry(entry));
      });
      if (found.length === 0 && !interrupted) return true;
      for (const entry of found) this.#marks.changeMark(entry, { value: 0, mask: this.#mask });
    }
    return false;
  }
}

function after(generation: number): number {
  return (generation % GENERATIONS) + 1;
}
