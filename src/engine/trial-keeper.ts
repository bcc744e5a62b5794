/**
 * Keeps the one policy that waits to be confirmed: begins and ends its trial, and takes it back when its time is over
 * (the state machine is drawn in trial-life-cycle.ts).
 *
 *   apply       trial.begun, the revision and the policy's text are recorded and synced       then the policy changes
 *   roll back   trial.begun and a revision equal to the one named are recorded and synced     then blocks and policy change
 *   confirm     trial.confirmed is recorded and synced                                        nothing else happens
 *   take back   trial.reverted and a revision equal to the last good one are recorded         then the policy changes
 *
 * A death between record and change is mended by the next start, which does what the record says. Taking back was
 * ordered when the trial began, so it is done even while the ledger takes no entries: it is recorded when it can be.
 *
 * Taken back by itself, the policy leaves nothing of its own behind: what it blocked is lifted and what it lifted is
 * blocked again, with the end that it had. What people did meanwhile stays, and so does what the last good policy
 * would have done as well. Of a rollback that is taken back, what it lifted returns and what it brought back goes. A
 * person's rollback makes everything as it was.
 */
import type { EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { Trial, TrialEnd } from '../ledger/trial.ts';
import type { Policy } from '../policy/policy.ts';
import type { Confirmation, Outcome, Refusal, RollbackResult, TrialStatus } from './commands.ts';
import type { Engine } from './engine.ts';
import { applyPolicy, changePolicy } from './policy-change.ts';
import { policyOf, type ReturnOrder, returnToRevision } from './return-to-revision.ts';
import { announceStep } from './step.ts';
import {
  type BootMoment,
  beginTrial,
  confirmTrial,
  describeEnd,
  fateOf,
  revertTrial,
  timeLeftMs,
} from './trial-life-cycle.ts';
import { sparedBy } from './trial-remains.ts';

const WHY = {
  deadline: 'nobody confirmed it in time',
  reboot: 'the machine booted before anybody confirmed it',
  unreadable: 'it cannot be read any more',
};

export interface TrialRequest {
  readonly policy: Policy;
  readonly actor: string;
  readonly reason: string;
  readonly withinMs: number;
}

export class TrialKeeper {
  readonly #engine: Engine;
  readonly #moment: () => BootMoment;
  #open: Trial | undefined;
  /** Why taking it back does not get on, as last told. */
  #hindrance: string | undefined;

  constructor(engine: Engine, moment: () => BootMoment) {
    this.#engine = engine;
    this.#moment = moment;
  }

  /** The trial that waits, or that is due and not taken back yet. */
  get open(): Trial | undefined {
    return this.#open;
  }

  status(nowMs: number): TrialStatus | null {
    const trial = this.#open;
    if (trial === undefined) return null;
    const leftMs = timeLeftMs(trial, this.#moment());
    const { revision, restoreTo, policyName, policyDigest, actor, begunAtMs } = trial;
    return {
      ...{ revision, restoreTo, policyName, policyDigest, actor, begunAtMs },
      leftMs,
      confirmByMs: nowMs + leftMs,
    };
  }

  /** Put a policy in force until its deadline; another one than that in force. */
  begin({ policy, actor, reason, withinMs }: TrialRequest, nowMs: number): Outcome<TrialStatus> {
    const { journal, responder } = this.#engine;
    const last = journal.lastRevision;
    const begun = beginTrial(
      {
        revision: last + 1,
        restoreTo: last,
        policyName: policy.name,
        policyDigest: policy.digest,
        lifts: responder.liftedBy(policy.neverBlock).map(({ id }) => id),
        begunAtMs: nowMs,
        ...{ actor, reason, withinMs },
      },
      this.#moment(),
    );
    if (!begun.ok) return refuse('refused', `it cannot be tried: ${begun.reason}`);
    const { trial } = begun;
    applyPolicy(this.#engine, policy, {
      actor,
      reason,
      atMs: nowMs,
      more: [entry('trial.begun', trial, actor, nowMs)],
      onRecorded: () => {
        this.#open = trial;
      },
    });
    return { ok: true, result: this.status(nowMs) as TrialStatus };
  }

  /** Go back to a revision until its deadline. `policy`: that of the revision. @throws LedgerError */
  beginRollback(
    { to, policy, actor, reason, withinMs }: TrialRequest & { readonly to: number },
    nowMs: number,
  ): Outcome<RollbackResult & { trial: TrialStatus }> {
    const { journal, responder } = this.#engine;
    const last = journal.lastRevision;
    const [policyName, policyDigest] = [policy.name, policy.digest];
    const begun = beginTrial(
      {
        ...{ revision: last + 1, restoreTo: last, policyName, policyDigest },
        ...{ lifts: [], begunAtMs: nowMs, actor, reason, withinMs },
      },
      this.#moment(),
    );
    if (!begun.ok) return refuse('refused', `it cannot be tried: ${begun.reason}`);
    const protectedNow = responder.liftedBy(policy.neverBlock).map(({ id }) => id);
    const preface = ({ lifted, reinstated }: RollbackResult) => {
      const lifts = [...new Set([...lifted, ...protectedNow])];
      return [entry('trial.begun', { ...begun.trial, lifts, reinstates: reinstated }, actor, nowMs)];
    };
    const outcome = this.#returnOnTrial({ to, actor, reason, nowMs, preface });
    if (!outcome.ok) return outcome;
    return { ok: true, result: { ...outcome.result, trial: this.status(nowMs) as TrialStatus } };
  }

  /** What is recorded has begun, however the rest goes. */
  #returnOnTrial(order: ReturnOrder): Outcome<RollbackResult> {
    try {
      return returnToRevision(this.#engine, order);
    } finally {
      this.restore();
    }
  }

  /** `revision`: the one that is meant; the one that waits, when left out. */
  confirm(
    { revision, actor, reason }: { revision?: number; actor: string; reason: string },
    nowMs: number,
  ): Outcome<Confirmation> {
    this.due(nowMs);
    const trial = this.#open;
    if (trial === undefined || (revision !== undefined && revision !== trial.revision))
      return this.#refuseConfirmation(revision);
    const confirmed = confirmTrial(trial, { actor, reason, atMs: nowMs }, this.#moment());
    if (!confirmed.ok) return refuse('conflict', confirmed.reason);
    const { journal } = this.#engine;
    journal.write([entry('trial.confirmed', confirmed.trial, actor, nowMs)], { sync: true });
    this.#open = undefined;
    announceStep('recorded');
    const { policyName, policyDigest } = trial;
    return {
      ok: true,
      result: { revision: trial.revision, policyName, policyDigest, actor, confirmedAtMs: nowMs },
    };
  }

  #refuseConfirmation(revision: number | undefined): Outcome<never> {
    const { queries } = this.#engine.ledger;
    const open = this.#open;
    if (revision !== undefined && queries.revision(revision) === undefined)
      return refuse('notFound', `there is no revision ${revision}`);
    const asked = revision === undefined ? undefined : queries.trialOf(revision);
    if (asked?.end) return refuse('conflict', describeEnd(asked));
    if (open) return refuse('conflict', `revision ${open.revision} waits to be confirmed, not ${revision}`);
    return refuse('conflict', 'nothing waits to be confirmed');
  }

  /** Why no other policy may be put in force now; undefined when one may. */
  refusal(nowMs: number): Refusal | undefined {
    this.due(nowMs);
    const trial = this.status(nowMs);
    if (trial === null) return undefined;
    const { revision, restoreTo, actor } = trial;
    const until = new Date(trial.confirmByMs).toISOString();
    const message = `revision ${revision} of ${actor} waits until ${until} to be confirmed: first confirm it (penstock confirm ${revision}) or take it back (penstock rollback ${restoreTo})`;
    return { code: 'conflict', message };
  }

  /** A person's rollback takes the policy on trial back, whatever revision it leads to, unless that has it as well. */
  endByRollback(to: number, end: Pick<TrialEnd, 'actor' | 'reason' | 'atMs'>) {
    const trial = this.#open;
    if (trial === undefined) return { ok: true, result: undefined } as const;
    const { queries } = this.#engine.ledger;
    if (to >= trial.revision && queries.revision(to)?.policyDigest === trial.policyDigest) {
      const message = `revision ${to} has the policy that waits to be confirmed: confirm it (penstock confirm ${trial.revision}) or take it back (penstock rollback ${trial.restoreTo})`;
      return refuse('conflict', message);
    }
    const preface = ({ revision }: RollbackResult) => [
      entry(
        'trial.reverted',
        revertTrial(trial, { ...end, cause: 'rollback', revision }),
        end.actor,
        end.atMs,
      ),
    ];
    return { ok: true, result: { preface } } as const;
  }

  /** A rollback is done; with it the trial, if it ended one. */
  settle(): void {
    const trial = this.#open;
    if (trial && this.#engine.ledger.queries.trialOf(trial.revision)?.state !== 'waiting')
      this.#open = undefined;
  }

  /** The trial that the ledger says is open: that of the last run, or one that has just begun. */
  restore(): Trial | undefined {
    const latest = this.#engine.ledger.queries.latestTrial();
    this.#open = latest?.state === 'waiting' ? latest : undefined;
    return this.#open;
  }

  /** Take the policy back when its time is over. */
  due(nowMs: number): void {
    if (this.#open === undefined) return;
    const fate = fateOf(this.#open, this.#moment());
    if (fate !== 'waiting') this.takeBack(fate, nowMs);
  }

  /** @returns whether the last good policy is in force now */
  takeBack(cause: keyof typeof WHY, nowMs: number): boolean {
    const trial = this.#open;
    if (trial === undefined) return false;
    const good = this.#lastGood(trial);
    if (good === undefined) return false;
    try {
      const outcome = returnToRevision(this.#engine, this.#returnOrder(trial, good, cause, nowMs));
      if (!outcome.ok) {
        this.#tell(`revision ${trial.revision} cannot be taken back: ${outcome.refusal.message}`);
        return false;
      }
      this.#open = undefined;
      this.#hindrance = undefined;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#tell(`revision ${trial.revision} is taken back, but that cannot be recorded: ${error.message}`);
      if (this.#engine.policies.digest !== good.digest) changePolicy(this.#engine, good, 'penstock', nowMs);
    }
    return true;
  }

  #lastGood({ revision, restoreTo }: Trial): Policy | undefined {
    const digest = this.#engine.ledger.queries.revision(restoreTo)?.policyDigest;
    const good = digest === undefined ? undefined : policyOf(this.#engine, digest);
    if (good === undefined)
      this.#tell(
        `revision ${revision} was not confirmed, but the policy of revision ${restoreTo} cannot be read any more: roll back to another one`,
      );
    return good;
  }

  #returnOrder(trial: Trial, good: Policy, cause: keyof typeof WHY, nowMs: number) {
    const actor = 'penstock';
    const reason = WHY[cause];
    const tried = policyOf(this.#engine, trial.policyDigest);
    return {
      ...{ to: trial.restoreTo, actor, reason, nowMs },
      spares: sparedBy({ trial, good, tried }, this.#engine.ledger.queries),
      returns: ({ id }: { id: string }) => trial.lifts.includes(id),
      preface: ({ revision }: RollbackResult) => [
        entry(
          'trial.reverted',
          revertTrial(trial, { atMs: nowMs, actor, cause, reason, revision }),
          actor,
          nowMs,
        ),
      ],
    };
  }

  /** Once, not at each try. */
  #tell(message: string): void {
    if (this.#hindrance === message) return;
    this.#hindrance = message;
    this.#engine.journal.log('error', message);
  }
}

function entry(
  type: 'trial.begun' | 'trial.confirmed' | 'trial.reverted',
  trial: Trial,
  actor: string,
  atMs: number,
): EntryDraft {
  return { type, actor, atMs, body: { trial } };
}

function refuse(code: Refusal['code'], message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message } };
}
