/**
 * What each command does. What acts is done when its handler returns; a refusal or an error has changed nothing. What
 * takes its time and only looks is a job (job.ts).
 */
import { formatAddress, parseAddress } from '../address/address.ts';
import { AddressError } from '../address/errors.ts';
import { summarize } from '../detection/profile-summary.ts';
import { LedgerError } from '../ledger/errors.ts';
import { compilePolicy } from '../policy/compiled-policy.ts';
import type { DenyList } from '../policy/policy.ts';
import type { CommandName, Commands, Outcome, Params, Refusal, Result } from './commands.ts';
import type { Engine } from './engine.ts';
import { listFlows } from './flow-listing.ts';
import { listHosts } from './host-listing.ts';
import { finish, isJob, type Job } from './job.ts';
import { measuresOf } from './measure/measures.ts';
import { listNames } from './name-listing.ts';
import { describePath } from './operator-path.ts';
import { PolicyDesk } from './policy-desk.ts';
import type { InForce } from './policy-keeper.ts';
import { undoDecision } from './undo-decision.ts';

type Begun<T> = Outcome<T> | Job<Outcome<T>>;
type Handlers = { [N in CommandName]: (params: Params<N>, nowMs: number) => Begun<Result<N>> };

/** What may take longer than a block should wait for a processor, and longer than a thread of real time may keep one. */
export const LONG: ReadonlySet<CommandName> = new Set<CommandName>([
  'planPolicy',
  'applyPolicy',
  'approvePolicy',
  'confirm',
  'refreshDenyLists',
  'rollback',
  'undo',
  'closeBreaker',
  'drainTraffic',
  'rules',
  'stop',
]);

export class CommandHandlers {
  readonly #engine: Engine;
  readonly #handlers: Handlers;
  #stopped = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    const { responder, feedback, trials } = engine;
    const desk = new PolicyDesk(engine);
    this.#handlers = {
      status: () => done(engine.status()),
      measures: (_, nowMs) => done(measuresOf(engine, nowMs)),
      evidenceSettings: () => done({ settings: engine.evidence.settings }),
      evidence: (question, nowMs) => done(engine.evidence.view(engine, question, nowMs)),
      rules: (_, nowMs) => done(engine.rules(nowMs)),
      names: (params) => this.#underOnePolicy(({ policy }) => listNames(engine.names, policy, params)),
      planPolicy: ({ policy }, nowMs) => this.#underOnePolicy(() => desk.plan(policy, nowMs)),
      applyPolicy: (params, nowMs) => desk.apply(params, nowMs),
      approvePolicy: (params, nowMs) => desk.approve(params, nowMs),
      rejectPolicy: (params, nowMs) => engine.proposals.end('rejected', params, nowMs),
      proposedPolicy: () => done({ proposal: engine.proposals.pending ?? null }),
      confirm: (params, nowMs) => trials.confirm(params, nowMs),
      refreshDenyLists: (params, nowMs) => this.#refreshDenyLists(params, nowMs),
      enact: (params, nowMs) => responder.enact(params, nowMs),
      approve: (params, nowMs) => responder.answer('approve', params, nowMs),
      reject: (params, nowMs) => responder.answer('reject', params, nowMs),
      revoke: (params, nowMs) => responder.answer('revoke', params, nowMs),
      undo: (params, nowMs) => undoDecision(engine, params, nowMs),
      closeIncident: (params, nowMs) => feedback.close(params, nowMs),
      revokeSuppression: (params, nowMs) => feedback.revoke(params, nowMs),
      suppressionHits: ({ ids }) => done(feedback.hits(ids)),
      rollback: (params, nowMs) => desk.rollback(params, nowMs),
      noteOperator: ({ path, actor }, nowMs) => done(engine.safeguards.noteOperator(path, actor, nowMs)),
      operators: (_, nowMs) => done({ operators: engine.safeguards.operators.current(nowMs) }),
      breaker: () => done(engine.safeguards.breaker),
      openBreaker: ({ actor, reason }, nowMs) => engine.safeguards.openByHand(actor, reason, nowMs),
      closeBreaker: ({ actor, reason }, nowMs) => engine.closeBreaker(actor, reason, nowMs),
      bootFileSettled: ({ failure }) => done(engine.bootFile?.settled(failure) ?? {}),
      flows: (filter, nowMs) =>
        this.#underOnePolicy(({ compiled }) => listFlows(engine.table, compiled, filter, nowMs)),
      profile: ({ host }, nowMs) => this.#profile(host, nowMs),
      profiles: (filter, nowMs) =>
        this.#underOnePolicy((inForce) =>
          listHosts(engine.anomalies.detection.profiles, inForce, filter, nowMs),
        ),
      drainTraffic: () => done(engine.traffic.drain()),
      record: ({ entries }) => done({ seq: engine.journal.write(entries, { sync: true }).at(-1)?.seq ?? 0 }),
      stop: () => this.#stop(),
    };
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** All of it, where nothing else waits. */
  handle<N extends CommandName>(name: N, params: Params<N>): Outcome<Result<N>> {
    const begun = this.begin(name, params);
    return isJob(begun) ? finish(begun) : begun;
  }

  begin<N extends CommandName>(name: N, params: Params<N>): Begun<Result<N>> {
    try {
      const nowMs = Date.now();
      this.#engine.clockFollower.glance(nowMs);
      const begun = this.#handlers[name](params, nowMs);
      if (isJob(begun)) return refusing(begun);
      // Somebody may have said no to a block, or taken that back.
      if (!this.#stopped) this.#engine.denyPreload.look(Date.now());
      return begun;
    } catch (error) {
      return { ok: false, refusal: refusalOf(error) };
    }
  }

  /** One answer is of one policy: when another is put in force meanwhile, it is begun anew. */
  *#underOnePolicy<T>(work: (inForce: InForce) => Job<T>): Job<Outcome<T>> {
    const { policies } = this.#engine;
    for (;;) {
      const { inForce } = policies;
      const job = work(inForce);
      try {
        for (let made = job.next(); policies.inForce === inForce; made = job.next()) {
          if (made.done) return done(made.value);
          yield;
        }
      } finally {
        job.return(undefined as T);
      }
    }
  }

  #refreshDenyLists(
    { policyDigest, lists }: Params<'refreshDenyLists'>,
    nowMs: number,
  ): Outcome<Result<'refreshDenyLists'>> {
    const { policies, journal } = this.#engine;
    if (policies.digest !== policyDigest) return refuse('conflict', 'another policy is in force now');
    const cut = this.#cutByLists(lists, nowMs);
    if (cut !== undefined)
      return refuse('refused', `fresh deny lists would cut the path of an operator: ${cut}`);
    const prefixes = Object.fromEntries(lists.map((list) => [list.id, list.prefixes.length]));
    const read = lists.flatMap(({ id, content }) => (content === null ? [] : [[id, content] as const]));
    const body = { policyDigest, prefixes, contents: Object.fromEntries(read) };
    journal.write([{ type: 'denyLists.refreshed', actor: 'penstock', atMs: nowMs, body }], { sync: false });
    policies.replaceDenyLists(lists);
    return done({});
  }

  /** A feed may be wrong: what would cut an operator off is not taken, and the lists of before stand. */
  #cutByLists(lists: readonly DenyList[], nowMs: number): string | undefined {
    const { policies, safeguards, table } = this.#engine;
    const { policy } = policies.inForce;
    if (policy.mode === 'audit' || safeguards.operators.current(nowMs).length === 0) return undefined;
    const next = compilePolicy({ ...policy, denyLists: lists });
    const [path] = safeguards
      .cutPaths(next, table, nowMs)
      .filter(({ because }) => because.startsWith('denied by'));
    return path && describePath(path);
  }

  #profile(host: string, nowMs: number): Outcome<Result<'profile'>> {
    const { policy, compiled } = this.#engine.policies.inForce;
    const { profiles, outliers } = this.#engine.anomalies.detection;
    const known = profiles.get(parseAddress(host));
    if (known === undefined) return refuse('notFound', `nothing is known of a host ${host}`);
    const groups = compiled.groupsOf(known.address);
    const summary = summarize(known, policy.detectors, { groups, outlier: outliers.warmUp, nowMs });
    return done({ host: formatAddress(known.address), groups, ...summary });
  }

  #stop(): Outcome<Commands['stop']['result']> {
    this.#stopped = true;
    const body = { reason: 'asked to' };
    this.#engine.responder.record([{ type: 'daemon.stopped', actor: 'penstock', body }]);
    return done({});
  }
}

function* refusing<T>(job: Job<Outcome<T>>): Job<Outcome<T>> {
  try {
    return yield* job;
  } catch (error) {
    return { ok: false, refusal: refusalOf(error) };
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof AddressError) return { code: 'refused', message: error.message };
  if (error instanceof LedgerError) {
    return { code: 'failed', message: `it could not be recorded, so it was not done: ${error.message}` };
  }
  throw error;
}

function done<T>(result: T): Outcome<T> {
  return { ok: true, result };
}

function refuse(code: Refusal['code'], message: string): Outcome<never> {
  return { ok: false, refusal: { code, message } };
}
