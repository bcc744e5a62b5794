/**
 * The ledger's file, read beside the daemon and not by its word: what stands now, what stood at each revision, and
 * whether the order of entries is as it must be.
 */
import { DatabaseSync } from 'node:sqlite';
import type { Decision } from '../../src/decision/decision.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import type { Trial } from '../../src/ledger/trial.ts';
import type { Mode } from './step.ts';

const OUTCOME_OF: Record<string, 'stand' | 'leave' | 'either'> = {
  'enforcement.applied': 'stand',
  'enforcement.lifted': 'leave',
  'enforcement.failed': 'either',
};

export function stands({ state }: Decision): boolean {
  return state === 'active' || state === 'provisional';
}

export class LedgerView {
  /** Of each decision the latest. */
  readonly decisions = new Map<string, Decision>();
  /** By id: the states that it was ever in. */
  readonly states = new Map<string, Set<string>>();
  /** By digest: the names of all policies that were ever in force. */
  readonly policyNames = new Map<string, string>();
  /** By number: what stood when the revision was made, and the policy's digest. */
  readonly revisions: { readonly policyDigest: string; readonly standing: readonly Decision[] }[] = [];
  /** Against the order that entries must have; never taken back. */
  readonly violations: string[] = [];
  policy: { readonly digest: string; readonly name: string; readonly mode: Mode } | undefined;
  trial: Trial | undefined;
  lastSeq = 0;
  readonly #path: string;
  /** Intents without an outcome yet: by decision. */
  readonly #open = new Map<string, 'stand' | 'leave'>();
  /** Intents since the last revision. */
  readonly #unrevised = new Set<string>();
  readonly #proposed = new Set<string>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Intents of which no outcome is recorded. */
  get openIntents(): string[] {
    return [...this.#open].map(([id, to]) => `${id} is to ${to}`);
  }

  get standing(): Decision[] {
    return [...this.decisions.values()].filter(stands);
  }

  /**
   * The name of the policy that must be in force: that of the last entry, but when a trial's time is over its last good
   * one, whether the ledger takes that or not.
   */
  policyInForce(uptimeMs: number): string | undefined {
    const { policy, trial } = this;
    if (trial?.state !== 'waiting' || uptimeMs < trial.deadlineUptimeMs) return policy?.name;
    return this.policyNames.get(this.revisions[trial.restoreTo - 1].policyDigest);
  }

  /** Take in what was written since. */
  read(): void {
    using database = new DatabaseSync(this.#path, { readOnly: true });
    const rows = database
      .prepare(
        'SELECT seq, type, actor, at_ms AS atMs, subject, body FROM entries WHERE seq > ? ORDER BY seq',
      )
      .all(this.lastSeq);
    for (const row of rows) {
      const entry = { ...row, body: JSON.parse(String(row.body)) } as unknown as Entry;
      this.#expect(entry.seq === this.lastSeq + 1, entry, `follows entry ${this.lastSeq}`);
      this.lastSeq = entry.seq;
      this.#take(entry);
    }
  }

  #take(entry: Entry): void {
    if (entry.type === 'policy.applied') this.#takePolicy(entry.body);
    else if (entry.type === 'revision.created') this.#takeRevision(entry);
    else if ('trial' in entry.body) this.trial = entry.body.trial;
    else if (entry.type in OUTCOME_OF) this.#takeOutcome(entry);
    else if (entry.type.startsWith('decision.') && 'decision' in entry.body) this.#takeMove(entry);
  }

  #takePolicy(policy: NonNullable<LedgerView['policy']>): void {
    this.policy = policy;
    this.policyNames.set(policy.digest, policy.name);
  }

  #takeRevision(entry: Extract<Entry, { type: 'revision.created' }>): void {
    const { number, policyDigest } = entry.body.revision;
    this.#expect(
      number === this.revisions.length + 1,
      entry,
      `is revision ${number} of ${this.revisions.length}`,
    );
    this.revisions.push({ policyDigest, standing: this.standing });
    this.#unrevised.clear();
  }

  #takeOutcome(entry: Entry): void {
    const id = entry.subject ?? '';
    const intent = this.#open.get(id);
    const outcome = OUTCOME_OF[entry.type];
    this.#expect(intent !== undefined, entry, `is an outcome of ${id} without an intent`);
    this.#expect(outcome === 'either' || outcome === intent, entry, `${id} was to ${intent}`);
    this.#expect(!this.#unrevised.has(id), entry, `the change of ${id} made no revision`);
    this.#open.delete(id);
    this.#keep(entry);
  }

  #takeMove(entry: Entry): void {
    // No such decision came to be.
    if (entry.type === 'decision.vetoed' || entry.type === 'decision.withheld') return;
    const decision = this.#keep(entry);
    if (decision === undefined) return;
    const { id, origin, enforcement } = decision;
    if (entry.type === 'decision.proposed' || entry.type === 'decision.reinstated') {
      this.#expect(!this.#proposed.has(id), entry, `${id} was there before`);
      this.#proposed.add(id);
      const may =
        entry.type !== 'decision.proposed' || origin.kind === 'manual' || this.policy?.mode !== 'audit';
      this.#expect(may, entry, `${id} is automatic in mode audit`);
    }
    if (enforcement.status !== 'pending') return;
    this.#open.set(id, stands(decision) ? 'stand' : 'leave');
    this.#unrevised.add(id);
  }

  #keep({ body }: Entry): Decision | undefined {
    if (!('decision' in body) || !('id' in body.decision)) return undefined;
    const { decision } = body;
    this.decisions.set(decision.id, decision);
    this.states.set(decision.id, (this.states.get(decision.id) ?? new Set()).add(decision.state));
    return decision;
  }

  #expect(holds: boolean, { seq, type }: Entry, what: string): void {
    if (!holds) this.violations.push(`ledger entry ${seq} (${type}): ${what}`);
  }
}
