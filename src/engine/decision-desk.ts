/**
 * Carries a decision from one state to the next, in an order that a death at any point leaves mendable:
 *
 *   1 ledger    what is decided, that the kernel will be changed, the revision     on failure: nothing has happened
 *   2 kernel    set elements                                                       on failure: reconcile tries again
 *   3 conntrack connections that are forbidden now are cut
 *   4 kernel    read back what was changed
 *   5 ledger    the outcome
 *
 * For a person's word step 1 is a transaction, synced. For an automatic change of the kernel, which must be quick, it is
 * an intent (ledger/intent.ts) without the revision, whose digest takes time, and step 5 makes all entries. The next start
 * makes the revision that a death left out.
 *
 * After a restart the ledger says what should stand, and the kernel is made equal to it.
 */
import { ActiveDecisions } from '../decision/active-decisions.ts';
import type { Decision, DecisionState, Enforcement } from '../decision/decision.ts';
import { standsInKernel } from '../decision/life-cycle.ts';
import type { StandingRows } from '../decision/standing-rows.ts';
import { StoodBefore } from '../decision/stood-before.ts';
import type { Subject } from '../decision/subject.ts';
import type { Change } from '../enforcement/desired-state.ts';
import type { CarriedOut, Enforcer } from '../enforcement/enforcer.ts';
import type { ElementChange, EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { Revision } from '../ledger/revision.ts';
import type { Cutter } from './cutter.ts';
import { DueDecisions } from './due-decisions.ts';
import type { Journal } from './journal.ts';
import type { KernelKeeper } from './kernel-keeper.ts';
import { announceStep } from './step.ts';

export type DecisionEntryType = Extract<EntryDraft['type'], `decision.${string}`> &
  keyof typeof REVISION_REASONS;

const REVISION_REASONS = {
  'decision.proposed': 'proposed',
  'decision.endorsed': 'wanted by the first of two persons',
  'decision.approved': 'approved',
  'decision.extended': 'covers what its host has now',
  'decision.rescheduled': 'keeps its time though the clock was set',
  'decision.rejected': 'rejected',
  'decision.lapsed': 'not answered in time',
  'decision.expired': 'its time is over',
  'decision.revoked': 'revoked',
  'decision.reinstated': 'reinstated',
} as const;

export interface Move {
  readonly type: DecisionEntryType;
  /** Undefined for a new decision. */
  readonly before: Decision | undefined;
  readonly after: Decision;
  /** Of its target, where it is known already. */
  readonly subject?: Subject;
}

/** What moves have in common; they are recorded in one transaction. */
export interface Order {
  readonly actor: string;
  readonly atMs: number;
  /** A person's word outlives a power cut; an automatic block need not, for the kernel's table does not either. */
  readonly sync: boolean;
  /** Entries that belong before the moves and after their outcome. */
  readonly preface?: readonly EntryDraft[];
  readonly epilogue?: readonly EntryDraft[];
  /** For a revision that is about more than a change of decisions. */
  readonly revision?: Pick<Revision, 'kind' | 'reason' | 'policyDigest' | 'restoredFrom'>;
  /** The kernel has what blocks, and what lifts comes now. */
  readonly beforeLifts?: () => void;
  /** The kernel has it all; not called when it refused some. */
  readonly onEnforced?: () => void;
}

/** A move that changes the kernel. */
interface Step {
  readonly move: Move;
  readonly kind: ElementChange;
  readonly change: Change;
}

const NONE: readonly EntryDraft[] = [];

/** What stands or waits. */
type LiveState = Extract<DecisionState, 'pending' | 'provisional' | 'active'>;

export interface DeskParts {
  readonly journal: Journal;
  readonly enforcer: Enforcer;
  readonly keeper: Pick<KernelKeeper, 'verify'>;
  readonly cutter: Cutter;
  readonly policyDigest: () => string;
  /** A decision that will stand, with what else it covers (coverage.ts). */
  readonly covered?: (decision: Decision, nowMs: number) => Decision;
  /** What stands of quarantines has changed in the kernel. */
  readonly onQuarantines?: (nowMs: number) => void;
}

export class DecisionDesk {
  /** Stand in the kernel. */
  readonly active = new ActiveDecisions();
  /** Wait for approval. */
  readonly pending = new ActiveDecisions();
  readonly #due = new DueDecisions();
  readonly #counts = { pending: 0, provisional: 0, active: 0 };
  readonly #parts: DeskParts;
  #lastNumber: number;
  /** Why a decision that is over could not be read. */
  #unread: string | undefined;

  /** `lastNumber`: of the last decision ever made. */
  constructor(parts: DeskParts, lastNumber: number) {
    this.#parts = parts;
    this.#lastNumber = lastNumber;
  }

  nextId(): string {
    this.#lastNumber += 1;
    return `D${this.#lastNumber}`;
  }

  /** @throws LedgerError when the whole of it has to be read and cannot */
  get(id: string): Decision | undefined {
    return this.active.get(id) ?? this.pending.get(id);
  }

  /** How many live decisions there are of each state. */
  get counts(): Readonly<Record<LiveState, number>> {
    return { ...this.#counts };
  }

  /**
   * Those whose time is over, the earliest first. What the ledger would not give is told by a later look: the kernel has
   * ended it by itself.
   */
  overdue(nowMs: number): Decision[] {
    return this.#due.overdue(nowMs).flatMap((id) => this.#tryGet(id) ?? []);
  }

  /** All that stand or wait, the whole of each: what stood at the start is read. @throws LedgerError */
  live(): Decision[] {
    return [...this.active.values(), ...this.pending.values()];
  }

  /** Take back what stood, before anything else. `load` reads the whole of one, as long as it has not changed. */
  adopt(rows: StandingRows, load: (id: string) => Decision): void {
    const before = new StoodBefore(rows, load);
    this.active.adopt(before);
    this.#due.adopt(before);
    this.#parts.enforcer.adopt(rows);
    for (const row of before.left()) this.#count(rows.isProvisional(row) ? 'provisional' : 'active', 1);
  }

  /** Take back a decision that the ledger holds; the kernel learns it by the next reconcile. */
  restore(decision: Decision): void {
    this.#keep(decision);
    if (standsInKernel(decision)) this.#parts.enforcer.expect(decision);
  }

  /**
   * Carry out moves, all recorded together.
   * @returns the decisions as they are then, in the order of the moves
   * @throws LedgerError, and then nothing has changed
   */
  move(ordered: readonly Move[], order: Order): Decision[] {
    const moves: Move[] = [];
    for (let i = 0; i < ordered.length; i++) moves.push(this.#covered(ordered[i], order.atMs));
    const steps = this.#expect(moves);
    const isIntended = this.#record(moves, steps, order);
    announceStep('recorded');
    const carried = this.#carryOut(moves, steps, order);
    const revision = isIntended ? [this.#revision(moves, order)] : [];
    this.#keepAll(moves);
    const settled = this.#settle(steps, carried, order, revision);
    announceStep('settled');
    return moves.map(({ after }) => settled.get(after.id) ?? after);
  }

  #covered(move: Move, atMs: number): Move {
    const { covered } = this.#parts;
    const isSettled = move.type === 'decision.extended' || move.type === 'decision.rescheduled';
    if (covered === undefined || isSettled || move.after.target.kind !== 'host') return move;
    if (!standsInKernel(move.after)) return move;
    // The first of two persons: it stands as it stood.
    if (kernelChange(move.before, move.after) === undefined) return move;
    return { ...move, after: covered(move.after, atMs) };
  }

  /** What blocks comes before what lifts: one block may take the place of another. */
  #expect(moves: readonly Move[]): Step[] {
    const { enforcer } = this.#parts;
    const steps: Step[] = [];
    const lifts: Move[] = [];
    for (let i = 0; i < moves.length; i++) {
      const move = moves[i];
      const kind = kernelChange(move.before, move.after);
      if (kind === 'remove') lifts.push(move);
      else if (kind !== undefined)
        steps.push({ move, kind, change: enforcer.expect(move.after, move.subject) });
    }
    for (let i = 0; i < lifts.length; i++)
      steps.push({ move: lifts[i], kind: 'remove', change: enforcer.forget(lifts[i].after.id) });
    return steps;
  }

  /** Step 1. @returns whether it is intended only, and its revision is recorded with the outcome */
  #record(moves: readonly Move[], steps: readonly Step[], order: Order): boolean {
    const { actor, atMs, sync, revision, preface = NONE } = order;
    const drafts: EntryDraft[] = [];
    for (let i = 0; i < preface.length; i++) drafts.push(preface[i]);
    // A decision whose enforcement is pending is the intent.
    for (let i = 0; i < moves.length; i++)
      drafts.push({ type: moves[i].type, actor, atMs, body: { decision: moves[i].after } });
    try {
      const mayBeIntended = !sync && steps.length > 0 && revision === undefined;
      if (mayBeIntended && this.#parts.journal.intend(drafts)) return true;
      if (steps.length > 0 || revision) drafts.push(this.#revision(moves, order));
      this.#parts.journal.write(drafts, order);
      return false;
    } catch (error) {
      for (const { move } of steps.toReversed()) this.#unexpect(move);
      throw error;
    }
  }

  /** Step 2. */
  #carryOut(moves: readonly Move[], steps: readonly Step[], order: Order): CarriedOut[] {
    const carried: CarriedOut[] = [];
    let isEnforced = true;
    for (let i = 0; i < steps.length; i++) {
      // The first that lifts.
      if (steps[i].kind === 'remove' && (i === 0 || steps[i - 1].kind !== 'remove')) {
        this.#keepAll(moves);
        order.beforeLifts?.();
      }
      carried.push(this.#parts.enforcer.carryOut(steps[i].change, Date.now()));
      isEnforced &&= carried[i].ok;
    }
    if (isEnforced) order.onEnforced?.();
    announceStep('enforced');
    return carried;
  }

  /** Steps 3 to 5. `revision`: to be recorded before the outcome. */
  #settle(
    steps: readonly Step[],
    carried: readonly CarriedOut[],
    order: Order,
    revision: readonly EntryDraft[],
  ): Map<string, Decision> {
    const { cutter, keeper } = this.#parts;
    if (steps.some(({ move }) => move.after.target.kind === 'host')) this.#parts.onQuarantines?.(Date.now());
    for (const { move, kind } of steps) if (kind !== 'remove') cutter.cutAll(move.after);
    announceStep('cut');
    for (const { change } of steps) keeper.verify(change, Date.now());
    const settled = new Map<string, Decision>();
    const outcomes = steps.map(({ move, kind }, i) => {
      const decision: Decision = { ...move.after, enforcement: outcomeOf(kind, carried[i]) };
      settled.set(decision.id, decision);
      this.#keep(decision);
      return outcomeEntry(decision, kind, carried[i], order.actor);
    });
    this.#recordOutcome([...revision, ...outcomes, ...(order.epilogue ?? [])]);
    return settled;
  }

  /** A ledger that fails here is behind the kernel until it takes entries again, or until the next start. */
  #recordOutcome(drafts: readonly EntryDraft[]): void {
    const { journal } = this.#parts;
    try {
      journal.write(drafts, { sync: false });
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      journal.owe(drafts);
      journal.log('error', `an outcome was not recorded: ${error.message}`);
    }
  }

  /**
   * After a restart: the kernel is as it should be, so these, of which no outcome was recorded, are done.
   * `lacksRevision`: of what was last decided.
   */
  settle(unsettled: readonly Decision[], lacksRevision: boolean, atMs: number): void {
    const drafts = unsettled.flatMap((before): EntryDraft[] => {
      const stands = standsInKernel(before);
      // It ends in a moment, and never was in the kernel again.
      if (stands && (before.expiresAtMs ?? 0) <= atMs) return [];
      const decision: Decision = {
        ...before,
        enforcement: stands ? { status: 'applied', atMs } : { status: 'none' },
      };
      this.#keep(decision);
      return [outcomeEntry(decision, stands ? 'add' : 'remove', { ok: true }, 'penstock')];
    });
    this.#recordOutcome([...this.#missingRevision(unsettled, lacksRevision, atMs), ...drafts]);
  }

  /** Of what was intended and carried out by a run that died before it could record that. */
  #missingRevision(unsettled: readonly Decision[], isMissing: boolean, atMs: number): EntryDraft[] {
    const { journal, enforcer, policyDigest } = this.#parts;
    if (unsettled.length === 0) return [];
    if (!isMissing && journal.lastRulesetDigest === enforcer.digest) return [];
    const reason = `${unsettled.map(({ id }) => id).join(', ')} as the last run left it`;
    const ours = { kind: 'decision', reason, policyDigest: policyDigest(), restoredFrom: null } as const;
    return [journal.revision({ ...ours, atMs, actor: 'penstock', rulesetDigest: enforcer.digest })];
  }

  #tryGet(id: string): Decision | undefined {
    try {
      const decision = this.get(id);
      this.#unread = undefined;
      return decision;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      // Said once: it is asked twice a second.
      if (error.message !== this.#unread)
        this.#parts.journal.log('error', `cannot end ${id}: ${error.message}`);
      this.#unread = error.message;
      return undefined;
    }
  }

  #unexpect({ before, after }: Move): void {
    const { enforcer } = this.#parts;
    if (before && standsInKernel(before)) enforcer.expect(before);
    else enforcer.forget(after.id);
  }

  #revision(moves: readonly Move[], { actor, atMs, revision }: Order): EntryDraft {
    const { journal, enforcer, policyDigest } = this.#parts;
    const reason = moves.map(({ type, after }) => `${after.id} ${REVISION_REASONS[type]}`).join(', ');
    const ours = () =>
      ({ kind: 'decision', reason, policyDigest: policyDigest(), restoredFrom: null }) as const;
    return journal.revision({ ...(revision ?? ours()), atMs, actor, rulesetDigest: enforcer.digest });
  }

  #keepAll(moves: readonly Move[]): void {
    for (const { after } of moves) this.#keep(after);
  }

  #keep(decision: Decision): void {
    const { id, state } = decision;
    this.#count(this.active.stateOf(id) ?? this.pending.stateOf(id), -1);
    this.#count(state, 1);
    this.#due.keep(decision);
    if (state === 'pending') this.pending.put(decision);
    else this.pending.drop(id);
    if (standsInKernel(decision)) this.active.put(decision);
    else this.active.drop(id);
  }

  #count(state: DecisionState | undefined, by: 1 | -1): void {
    if (state !== undefined && isLive(state)) this.#counts[state] += by;
  }
}

function isLive(state: DecisionState): state is LiveState {
  return state === 'pending' || state === 'provisional' || state === 'active';
}

export function kernelChange(before: Decision | undefined, after: Decision): ElementChange | undefined {
  const stood = before !== undefined && standsInKernel(before);
  // The first of two persons: it stands as it stood.
  const isSame = before?.state === after.state && before.expiresAtMs === after.expiresAtMs;
  if (stood && isSame && before.coverage === after.coverage) return undefined;
  if (standsInKernel(after)) return stood ? 'refresh' : 'add';
  return stood ? 'remove' : undefined;
}

function outcomeOf(kind: ElementChange, carried: CarriedOut): Enforcement {
  const atMs = Date.now();
  if (!carried.ok) return { status: 'failed', atMs, error: carried.error };
  return kind === 'remove' ? { status: 'none' } : { status: 'applied', atMs };
}

function outcomeEntry(
  decision: Decision,
  kind: ElementChange,
  carried: CarriedOut,
  actor: string,
): EntryDraft {
  if (!carried.ok)
    return { type: 'enforcement.failed', actor, body: { decision, change: kind, error: carried.error } };
  return {
    type: kind === 'remove' ? 'enforcement.lifted' : 'enforcement.applied',
    actor,
    body: { decision },
  };
}
