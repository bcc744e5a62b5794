/**
 * A clock that was set while no daemon looked: what stands and what waits has the time left that it had. Told by
 * what the last daemon of the same boot wrote down; across a reboot only the clock knows how much time went by.
 */
import type { Decision } from '../decision/decision.ts';
import { reschedule } from '../decision/life-cycle.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { DecisionDesk } from './decision-desk.ts';

const ALL = 1_000_000;

export class ClockRecovery {
  /** By how much it was set, ms; 0 for not at all, or nobody knows. */
  readonly #jumpedMs: number;

  constructor(clock: ClockWatch, queries: LedgerQueries, bootId: string | null, nowMs: number) {
    const bootedAtMs = bootId === null ? undefined : lastKnownBoot(queries, bootId);
    if (bootedAtMs !== undefined) clock.resume(bootedAtMs);
    this.#jumpedMs = clock.look(nowMs);
  }

  get wasSet(): boolean {
    return this.#jumpedMs !== 0;
  }

  /** As it stands by the clock of now. */
  followed(decision: Decision): Decision {
    return this.#jumpedMs === 0 ? decision : reschedule(decision, this.#jumpedMs);
  }

  /** What the desk holds is {@link followed}, and so is the kernel. @throws LedgerError */
  record(desk: DecisionDesk, nowMs: number): void {
    const byMs = this.#jumpedMs;
    if (byMs === 0) return;
    const moves = desk.live().map((after) => {
      return { type: 'decision.rescheduled', before: reschedule(after, -byMs), after } as const;
    });
    const preface = [{ type: 'clock.jumped', actor: 'penstock', atMs: nowMs, body: { byMs } } as const];
    desk.move(moves, { actor: 'penstock', atMs: nowMs, sync: false, preface });
  }
}

/** When this boot was by the clock that all in the ledger goes by; undefined when the last daemon ran in another. */
function lastKnownBoot(queries: LedgerQueries, bootId: string): number | undefined {
  const [started] = queries.entries({ type: 'daemon.started', order: 'newest', limit: 1 });
  if (started?.type !== 'daemon.started' || started.body.bootId !== bootId) return undefined;
  const { bootedAtMs } = started.body;
  if (bootedAtMs === undefined) return undefined;
  const jumps = queries.entries({ type: 'clock.jumped', after: started.seq, limit: ALL });
  return jumps.reduce((atMs, { body }) => atMs + ('byMs' in body ? body.byMs : 0), bootedAtMs);
}
