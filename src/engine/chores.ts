/** What time brings: twice a second all that is due, in an order that is told where it matters. */
import type { Engine } from './engine.ts';

const SURROUNDINGS_EVERY_MS = 10_000;
const RETRY_EVERY_MS = 5_000;
/** Elements that somebody makes again count from 0. */
const READ_RULE_HITS_EVERY_MS = 60_000;
const SAVE_MODEL_EVERY_MS = 3_600_000;

export class Chores {
  readonly #engine: Engine;
  /** By the clock that nobody sets. */
  #surroundingsDueAt = 0;
  #ruleHitsDueAt = 0;
  #retryDueAt = 0;
  #modelDueAt = performance.now() + SAVE_MODEL_EVERY_MS;
  #declinesSeen = -1;
  #lostReported = 0;
  /** Of the journal's failures. */
  #failuresMadeGood = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  do(nowMs: number): void {
    const engine = this.#engine;
    const now = performance.now();
    engine.journal.look();
    engine.clockFollower.follow(nowMs);
    this.#lookAround(now, nowMs);
    engine.allowlist.advance(nowMs);
    engine.packetLog.tend();
    engine.names.chores(nowMs);
    engine.drops.read();
    this.#readRuleHits(now, nowMs);
    engine.ruleHitsKeeper.save(nowMs);
    engine.trials.due(nowMs);
    engine.proposals.due(nowMs);
    engine.responder.due(nowMs);
    engine.anomalies.advance(nowMs);
    engine.profiles.save(engine.anomalies.detection.profiles, nowMs);
    engine.responder.sweepIncidents(nowMs);
    engine.feedback.expireDue(nowMs);
    this.#saveModel(now);
    this.#retry(now, nowMs);
    // A kernel whose answer was lost is waited for some seconds: what is made from then on ends when it should.
    engine.keeper.periodic(Date.now());
    engine.quarantines.periodic(Date.now());
    engine.bridge.periodic(Date.now());
    engine.limits.periodic(Date.now());
    engine.bootFile?.tend(nowMs);
    this.#reportLost(nowMs);
  }

  /** Deny lists hold nothing that this machine needs, nor what a person said no to. */
  #lookAround(now: number, nowMs: number): void {
    const engine = this.#engine;
    if (now >= this.#surroundingsDueAt) {
      engine.lookAround();
      this.#surroundingsDueAt = now + SURROUNDINGS_EVERY_MS;
      this.#declinesSeen = -1;
    }
    const { declines } = engine.responder.attempts;
    if (this.#declinesSeen === declines) return;
    this.#declinesSeen = declines;
    engine.denyPreload.look(nowMs);
  }

  #readRuleHits(now: number, nowMs: number): void {
    if (now < this.#ruleHitsDueAt) return;
    this.#ruleHitsDueAt = now + READ_RULE_HITS_EVERY_MS;
    this.#engine.ruleHits.tryReadKernel(nowMs);
  }

  #saveModel(now: number): void {
    if (now < this.#modelDueAt) return;
    this.#engine.profiles.saveModel(this.#engine.anomalies.detection.outliers);
    this.#modelDueAt = now + SAVE_MODEL_EVERY_MS;
  }

  #retry(now: number, nowMs: number): void {
    if (now < this.#retryDueAt) return;
    this.#engine.responder.retry(nowMs);
    this.#catchUp(nowMs);
    this.#retryDueAt = now + RETRY_EVERY_MS;
  }

  /** What could not be recorded was not done: once it can be, all that stands is judged anew. */
  #catchUp(nowMs: number): void {
    const { journal, judge, policies, responder, safeguards, table } = this.#engine;
    if (journal.failure !== undefined && !journal.probe()) return;
    if (journal.failures === this.#failuresMadeGood) return;
    this.#failuresMadeGood = journal.failures;
    safeguards.catchUp();
    responder.honourNeverBlock('penstock', nowMs);
    journal.log('info', 'the ledger takes entries again; all connections are judged anew');
    judge.changePolicy(policies.inForce, table, nowMs);
  }

  #reportLost(nowMs: number): void {
    const { feed, journal, responder } = this.#engine;
    const failure = feed.takeWalkFailure();
    if (failure !== undefined) journal.log('error', `a walk through conntrack broke off: ${failure}`);
    const { lost } = feed.counters;
    if (lost === this.#lostReported) return;
    this.#lostReported = lost;
    responder.record([{ type: 'conntrack.lost', actor: 'penstock', atMs: nowMs, body: { lost } }]);
  }
}
