/**
 * From the ledger to a running engine, whatever the last one left: a clean stop, a kill between two steps, a reboot.
 *
 *   decisions that stood      stand again, as long as they have time; the others end now. A clock that was set in the
 *                             meantime gives and takes none
 *   kernel                    made equal to that (elements nobody decided go, missing ones come)
 *   intents without outcome   get their outcome
 *   policy                    a file that has changed since it was last read, else the last one in force; one that
 *                             waits to be confirmed stays only in the boot and the time it was given, and meanwhile
 *                             no file is taken
 */
import { AddressError } from '../address/errors.ts';
import type { Decision } from '../decision/decision.ts';
import type { EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import { isLarge, type Loading, loadApart } from '../policy/load-thread.ts';
import type { Policy, PolicySources } from '../policy/policy.ts';
import { ClockRecovery } from './clock-recovery.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './errors.ts';
import { applyPolicy, changePolicy } from './policy-change.ts';
import type { EngineSettings, StartPolicy } from './wire.ts';

const ALL = 1_000_000;
/** How far back a no is remembered. */
const RECENT_DECISIONS = 1_000;

export class Recovery {
  readonly #engine: Engine;
  readonly #settings: EngineSettings;
  readonly #queries: LedgerQueries;
  readonly #clock: ClockRecovery;
  #loading: Loading | undefined;

  constructor(engine: Engine, settings: EngineSettings, nowMs: number) {
    this.#engine = engine;
    this.#settings = settings;
    this.#queries = engine.ledger.queries;
    this.#clock = new ClockRecovery(engine.clock, this.#queries, settings.bootId, nowMs);
  }

  /**
   * Another thread may read the text of the stored policy, when it is long, while this one restores what stands. A long
   * file that is being read most likely is that policy.
   */
  beginLoading(): void {
    const sources = this.#storedSources;
    if (sources !== undefined && !this.#settings.policyIsLarge && isLarge(sources))
      this.#loading = loadApart(sources, { stored: true });
  }

  /** What should stand, before the kernel is looked at. */
  restoreDecisions(nowMs: number): void {
    this.#restoreLive();
    // The oldest first, so that the last word on a target counts.
    for (const decision of this.#queries.decisions({ limit: RECENT_DECISIONS }).toReversed())
      this.#rememberNo(decision, nowMs);
    const incidents = this.#queries.incidents({ state: 'open', limit: ALL });
    this.#engine.incidents.restore(incidents);
    this.#engine.cases.restore(incidents);
    this.#restoreProfiles(nowMs);
    this.#engine.safeguards.restore(this.#queries, nowMs);
    this.#engine.proposals.restore(this.#queries);
    this.#engine.feedback.restore(this.#queries.suppressions({ state: 'active', limit: ALL }));
  }

  /** The policy that was last in force, as the ledger has it; undefined when there is none, or none can be read. */
  async storedPolicy({ policy }: StartPolicy): Promise<Policy | undefined> {
    const [sources, digest] = [this.#storedSources, this.#storedDigest];
    if (sources === undefined) return undefined;
    if (policy?.digest === digest) return policy;
    const loaded = await (this.#loading ?? loadApart(sources, { stored: true })).result;
    if (loaded.ok) return loaded.policy;
    const [problem] = loaded.problems;
    this.#engine.journal.log('error', `the policy in the ledger cannot be read any more: ${problem.message}`);
    return undefined;
  }

  /** The kernel is as it should be: record what was left open, and go on. `stored`: see {@link storedPolicy}. */
  finish(start: StartPolicy, stored: Policy | undefined, nowMs: number): void {
    const { clock, desk, journal } = this.#engine;
    const { version, bootId } = this.#settings;
    const { policyProblems } = start;
    this.#clock.record(desk, nowMs);
    const { bootedAtMs } = clock;
    const started = {
      version,
      pid: process.pid,
      bootId,
      ...(bootedAtMs === undefined ? {} : { bootedAtMs }),
    };
    const open: EntryDraft[] = [{ type: 'daemon.started', actor: 'penstock', atMs: nowMs, body: started }];
    const rollback = this.#unfinishedRollback();
    if (rollback) open.push(rollback);
    if (policyProblems.length > 0) {
      open.push({
        type: 'policy.refused',
        actor: 'file',
        body: { name: null, problems: [...policyProblems] },
      });
    }
    journal.write(open, { sync: true });
    const unsettled = this.#queries.decisions({ enforcement: 'pending', limit: ALL });
    desk.settle(unsettled, unsettled.length > 0 && this.#lacksRevision(), nowMs);
    this.#putPolicyInForce(start, stored, nowMs);
    this.#engine.responder.due(nowMs);
  }

  /** Not told by the ruleset: to a clock that was set, for one, each block keeps the time that it was given. */
  #lacksRevision(): boolean {
    const lastOf = (type: string) => this.#queries.entries({ type, order: 'newest', limit: 1 })[0]?.seq ?? 0;
    return lastOf('decision') > lastOf('revision');
  }

  /** Where the clock was set, what stands is no longer what the ledger has. */
  #restoreLive(): void {
    const { live } = this.#queries;
    if (this.#clock.wasSet) live.each((decision) => this.#restore(this.#clock.followed(decision)));
    else {
      this.#engine.desk.adopt(live.rows(), (id) => this.#load(id));
      live.eachWithoutRow((decision) => this.#restore(decision));
    }
  }

  /** What the ledger says of a decision that has not changed since the start. */
  #load(id: string): Decision {
    try {
      const decision = this.#queries.decision(id);
      if (decision !== undefined) return decision;
      throw new Error('it is not there');
    } catch (cause) {
      if (cause instanceof LedgerError) throw cause;
      const message = `ledger: decision ${id}, which stands, cannot be read: ${(cause as Error).message}`;
      throw new LedgerError('PENSTOCK_LEDGER_CORRUPT', message, { cause });
    }
  }

  #restore(decision: Decision): void {
    try {
      this.#engine.desk.restore(decision);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      const message = `decision ${decision.id} in the ledger cannot be enforced: ${error.message}`;
      throw new EngineError('PENSTOCK_ENGINE_START', message, { cause: error });
    }
  }

  /** What hosts usually do; nobody must teach it anew while an incident of theirs is open. */
  #restoreProfiles(nowMs: number): void {
    const { profiles, anomalies, cases } = this.#engine;
    const { detection } = anomalies;
    profiles.restore(detection.profiles, nowMs);
    profiles.restoreModel(detection.outliers);
    detection.profiles.forEach(({ address }) => {
      detection.suspect(address, cases.scoreOf(address));
    });
  }

  #rememberNo(decision: Decision, nowMs: number): void {
    const atMs = this.#saidNoAt(decision);
    if (atMs !== undefined && atMs + decision.ttlMs > nowMs)
      this.#engine.responder.attempts.decline(decision, atMs);
  }

  /** When a person, or silence, said no; undefined when nobody did. */
  #saidNoAt({ id, state, answers }: Decision): number | undefined {
    if (state === 'lapsed')
      return this.#queries.entries({ type: 'decision.lapsed', subject: id, limit: 1 })[0]?.atMs;
    const last = answers.at(-1);
    return last?.verb === 'approve' ? undefined : last?.atMs;
  }

  #putPolicyInForce({ policy, policyActor }: StartPolicy, stored: Policy | undefined, nowMs: number): void {
    const isNews = policy !== undefined && this.#isNews(policy, policyActor, stored);
    if (this.#goOnWithTrial(stored, nowMs)) {
      if (isNews) this.#refuseFile(policy, 'a policy waited to be confirmed when the daemon ended');
    } else if (isNews && stored !== undefined && this.#wasTakenBack(policy)) {
      this.#refuseFile(policy, 'it was applied to be confirmed, and nobody did');
      this.#goOnWith(stored, nowMs);
    } else if (isNews && stored?.guardrails.twoPersons.policy) {
      this.#refuseFile(policy, 'the policy in force wants two persons for another one');
      this.#goOnWith(stored, nowMs);
    } else if (isNews)
      applyPolicy(this.#engine, policy, { actor: policyActor, reason: 'read at the start', atMs: nowMs });
    else this.#goOnWith(stored, nowMs);
  }

  #goOnWith(stored: Policy | undefined, nowMs: number): void {
    if (!stored) throw new EngineError('PENSTOCK_ENGINE_START', 'there is no policy: name one with --policy');
    changePolicy(this.#engine, stored, 'penstock', nowMs);
  }

  /** The last run left a policy to be confirmed. @returns whether a policy is in force by that */
  #goOnWithTrial(tried: Policy | undefined, nowMs: number): boolean {
    const { trials, policies } = this.#engine;
    if (trials.restore() === undefined) return false;
    trials.due(nowMs);
    if (policies.digest !== null) return true;
    if (tried !== undefined) this.#goOnWith(tried, nowMs);
    else trials.takeBack('unreadable', nowMs);
    return policies.digest !== null;
  }

  /** What nobody confirmed must not come back by a file that still holds it; told to read it again, it is taken. */
  #wasTakenBack({ digest }: Policy): boolean {
    const newest = { order: 'newest', limit: ALL } as const;
    const reverted = this.#queries
      .entries({ type: 'trial.reverted', ...newest })
      .find(({ body }) => 'trial' in body && body.trial.policyDigest === digest);
    if (reverted === undefined) return false;
    const [applied] = this.#queries.entries({ type: 'policy.applied', subject: digest, ...newest, limit: 1 });
    return applied === undefined || applied.seq < reverted.seq;
  }

  #refuseFile({ name }: Policy, why: string): void {
    const problem = `the policy file was not taken at the start: ${why}; apply it, or send SIGHUP`;
    this.#engine.journal.log('warn', problem);
    this.#engine.responder.record([
      { type: 'policy.refused', actor: 'file', body: { name, problems: [problem] } },
    ]);
  }

  /**
   * A file counts when its content is not what was last taken from it: so an edited file takes effect at a restart,
   * and a rollback over the API outlives one.
   */
  #isNews(policy: Policy, actor: string, stored: Policy | undefined): boolean {
    if (stored === undefined) return true;
    if (actor !== 'file') return false;
    const applied = this.#queries.entries({ type: 'policy.applied', order: 'newest', limit: ALL });
    const last = applied.find((entry) => entry.actor === 'file');
    return !(last?.type === 'policy.applied' && last.body.digest === policy.digest);
  }

  get #storedDigest(): string | undefined {
    return this.#queries.revisions({ limit: 1 })[0]?.policyDigest;
  }

  get #storedSources(): PolicySources | undefined {
    const digest = this.#storedDigest;
    return digest === undefined ? undefined : this.#queries.policySources(digest);
  }

  #unfinishedRollback(): EntryDraft | undefined {
    const [begun] = this.#queries.entries({ type: 'rollback.intended', order: 'newest', limit: 1 });
    const [done] = this.#queries.entries({ type: 'rollback.done', order: 'newest', limit: 1 });
    if (begun?.type !== 'rollback.intended' || (done?.seq ?? 0) > begun.seq) return undefined;
    const { reason: _, ...body } = begun.body;
    return { type: 'rollback.done', actor: begun.actor, body };
  }
}
