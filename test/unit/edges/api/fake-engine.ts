/** An engine that answers as it is told and remembers what it was asked. */
import type {
  CommandName,
  EngineControl,
  Notice,
  Outcome,
  Params,
  Refusal,
  Result,
} from '../../../../src/engine/commands.ts';
import type { NameListing } from '../../../../src/engine/name-listing.ts';
import type { RuleListing } from '../../../../src/engine/rule-hits.ts';
import { evidenceView } from '../../engine/evidence/sample-view.ts';
import { MEASURES } from '../../engine/measure/sample-measures.ts';
import { flowPage } from './flow-pages.ts';
import {
  decision,
  FLOW,
  hostLine,
  hostView,
  incident,
  NOON,
  OPERATOR,
  PLAN,
  PROPOSAL,
  STATUS,
  suppression,
  TRIAL,
} from './samples.ts';

type Answers = { [N in CommandName]: (params: Params<N>) => Result<N> };

const ANSWERS: Answers = {
  status: () => STATUS,
  measures: () => MEASURES,
  evidenceSettings: () => ({ settings: null }),
  evidence: () => evidenceView(),
  planPolicy: () => PLAN,
  refreshDenyLists: () => ({}),
  drainTraffic: () => ({ rows: [], groups: {}, names: {}, countedForMs: 60_000, more: false }),
  applyPolicy: ({ confirmWithinMs }) => ({
    revision: 3,
    changed: true,
    trial: confirmWithinMs === undefined ? null : { ...TRIAL, leftMs: confirmWithinMs },
    proposal: null,
  }),
  confirm: ({ revision = 3, actor }) => ({
    revision,
    policyName: 'office',
    policyDigest: STATUS.policy.digest,
    actor,
    confirmedAtMs: NOON,
  }),
  enact: ({ target, ttlMs, actor, reason }) =>
    decision(9, {
      incident: null,
      origin: { kind: 'manual', actor },
      target,
      ttlMs,
      reason,
      state: 'active',
    }),
  approve: ({ id }) => decision(Number(id.slice(1)), { state: 'active' }),
  reject: ({ id }) => decision(Number(id.slice(1)), { state: 'rejected' }),
  revoke: ({ id }) => decision(Number(id.slice(1)), { state: 'revoked' }),
  undo: ({ id }) => ({
    revision: 4,
    undone: id,
    withdrawn: decision(Number(id.slice(1)), { state: 'revoked' }),
    reinstated: decision(9),
  }),
  closeIncident: ({ id }) => ({
    incident: incident(Number(id.slice(1)), { state: 'closed' }),
    suppressions: [],
    note: null,
  }),
  revokeSuppression: ({ id }) => suppression(Number(id.slice(1)), { state: 'revoked', endedAtMs: NOON + 1 }),
  suppressionHits: ({ ids }) => Object.fromEntries(ids.map((id) => [id, 5])),
  rollback: ({ to }) => ({
    revision: 4,
    restoredFrom: to,
    policyChanged: true,
    lifted: ['D2'],
    reinstated: [],
    expired: [],
    protected: [],
    trial: null,
    proposal: null,
  }),
  approvePolicy: ({ id, actor, reason }) => ({
    proposal: { ...PROPOSAL, id, state: 'approved', answer: { actor, reason, atMs: NOON } },
    revision: 5,
  }),
  rejectPolicy: ({ id, actor, reason }) => ({
    ...PROPOSAL,
    ...{ id, state: 'rejected', answer: { actor, reason, atMs: NOON } },
  }),
  proposedPolicy: () => ({ proposal: PROPOSAL }),
  noteOperator: () => ({}),
  operators: () => ({ operators: [OPERATOR] }),
  breaker: () => ({ state: 'closed' }),
  openBreaker: ({ actor, reason }) => ({ state: 'open', sinceMs: NOON, actor, reason }),
  closeBreaker: () => ({ state: 'closed' }),
  bootFileSettled: () => ({}),
  rules: () => RULES,
  names: ({ after }: { after?: string }) =>
    after === undefined ? NAMES : { ...NAMES, names: [], next: null },
  flows: () => flowPage({ flows: [FLOW], standing: 1, truncated: false, next: null }),
  profile: ({ host }) => hostView(host),
  profiles: () => ({
    hosts: [hostLine('10.1.0.10')],
    established: 7,
    truncated: true,
    next: `${NOON}_10.1.0.10`,
  }),
  record: () => ({ seq: 1 }),
  stop: () => ({}),
};

const READING: readonly CommandName[] = [
  ...(['evidenceSettings', 'evidence'] as const),
  ...([
    'status',
    'measures',
    'flows',
    'rules',
    'names',
    'planPolicy',
    'suppressionHits',
    'profile',
    'profiles',
  ] as const),
  ...(['noteOperator', 'operators', 'breaker', 'proposedPolicy'] as const),
];

const NAMES: NameListing = {
  names: [
    {
      name: 'mirror.example.org',
      rules: ['build-mirrors'],
      addresses: [
        { address: '192.0.2.1', untilMs: NOON, sharedWith: ['other.cdn.example'] },
        { address: '2001:db8::1', untilMs: NOON, sharedWith: [] },
      ],
    },
  ],
  known: 2,
  truncated: true,
  next: 'mirror.example.org',
  watching: {
    ...{ resolvers: ['10.0.0.53/32'], whenDown: 'pass', means: 'expression' },
    counters: {
      ...{ packets: 9, questions: 4, learnt: 3, unasked: 1, unusable: 0 },
      ...{ refused: 0, withheld: 0, lost: 0 },
    },
  },
};

const RULE = {
  ...{ place: 1, description: null, owner: null, ticket: null },
  ...{ lastHitMs: null, sinceMs: NOON, isExpired: false },
};
const RULES: RuleListing = {
  sinceMs: NOON,
  source: 'connections',
  rules: [
    { ...RULE, rule: 'web-payments', owner: 'team-pay', hits: 12, lastHitMs: NOON, expiresMs: null },
    { ...RULE, rule: 'old', place: 2, hits: 0, expiresMs: NOON, isExpired: true },
    { ...RULE, rule: 'spare', place: 3, hits: 0, expiresMs: null },
  ],
};

export class FakeEngine implements EngineControl {
  readonly asked: { name: CommandName; params: unknown }[] = [];
  /** Calls whose caller went before they were answered. */
  readonly cancelled: CommandName[] = [];
  readonly #answers: Answers = { ...ANSWERS };
  readonly #refusals = new Map<CommandName, Refusal>();
  readonly #listeners = new Set<(notice: Notice) => void>();
  /** While set, calls wait for it. */
  gate: Promise<void> | undefined;

  async call<N extends CommandName>(
    name: N,
    params: Params<N>,
    cancelled?: AbortSignal,
  ): Promise<Outcome<Result<N>>> {
    this.asked.push({ name, params: structuredClone(params) });
    const note = () => this.cancelled.push(name);
    cancelled?.addEventListener('abort', note);
    await this.gate;
    cancelled?.removeEventListener('abort', note);
    cancelled?.throwIfAborted();
    const refusal = this.#refusals.get(name);
    if (refusal) return { ok: false, refusal };
    return { ok: true, result: structuredClone(this.#answers[name](params)) };
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  answer<N extends CommandName>(name: N, answer: (params: Params<N>) => Result<N>): void {
    Object.assign(this.#answers, { [name]: answer });
  }

  refuse(name: CommandName, refusal: Refusal): void {
    this.#refusals.set(name, refusal);
  }

  tell(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  /** Calls that would have changed something. */
  changes(): { name: CommandName; params: unknown }[] {
    return this.asked.filter(({ name }) => !READING.includes(name));
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}
