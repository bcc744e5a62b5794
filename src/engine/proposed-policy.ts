/**
 * A change of policy that waits for a second person, where the policy in force wants two.
 *
 *                          +-- approve, by another person --> approved: carried out as any change is
 *   propose --> pending ---+-- reject, by anybody ----------> rejected
 *                          +-- a day is over ---------------> lapsed
 *                          +-- another is proposed ---------> replaced
 *
 * One waits at a time, so that what is approved is what was looked at. It is recorded as approved before it is carried
 * out: a death between the two leaves the old policy in force.
 */
import type { EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { ProposedPolicy } from '../ledger/proposed-policy.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import type { Answering, Outcome, Refusal } from './commands.ts';
import type { Journal } from './journal.ts';

const ANSWER_WITHIN_MS = 24 * 3_600_000;

export type Proposal = Omit<ProposedPolicy, 'id' | 'state' | 'answer' | 'proposedAtMs' | 'answerByMs'>;
type End = 'approved' | 'rejected' | 'lapsed' | 'replaced';

export class ProposedPolicies {
  readonly #journal: Journal;
  #last: ProposedPolicy | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get pending(): ProposedPolicy | undefined {
    return this.#last?.state === 'pending' ? this.#last : undefined;
  }

  /** What the last run left. */
  restore(queries: LedgerQueries): void {
    const [last] = queries.entries({ type: 'proposal', order: 'newest', limit: 1 });
    if (last && 'proposal' in last.body) this.#last = last.body.proposal;
  }

  /** `stored`: the text of the policy, if the ledger lacks it. @throws LedgerError */
  propose(proposal: Proposal, stored: readonly EntryDraft[], nowMs: number): ProposedPolicy {
    const number = this.#last === undefined ? 1 : Number(this.#last.id.slice(1)) + 1;
    const next: ProposedPolicy = {
      ...proposal,
      id: `P${number}`,
      proposedAtMs: nowMs,
      answerByMs: nowMs + ANSWER_WITHIN_MS,
      state: 'pending',
      answer: null,
    };
    const { actor } = proposal;
    const before = this.pending;
    const replaced = before ? [entry(ended(before, 'replaced', null), actor, nowMs)] : [];
    this.#journal.write([...replaced, ...stored, entry(next, actor, nowMs)], { sync: true });
    this.#last = next;
    return next;
  }

  /** Whether this person may approve it now; changes nothing. */
  approvable({ id, actor }: Pick<Answering, 'id' | 'actor'>, nowMs: number): Outcome<ProposedPolicy> {
    const found = this.#find(id, nowMs);
    if (!found.ok || found.result.actor !== actor) return found;
    return refuse('conflict', `${actor} proposed ${id} itself: it takes another person`);
  }

  /** @throws LedgerError, and then it waits on */
  end(
    state: 'approved' | 'rejected',
    { id, actor, reason }: Answering,
    nowMs: number,
  ): Outcome<ProposedPolicy> {
    const found = this.#find(id, nowMs);
    if (!found.ok) return found;
    const next = ended(found.result, state, { actor, reason, atMs: nowMs });
    this.#journal.write([entry(next, actor, nowMs)], { sync: true });
    this.#last = next;
    return { ok: true, result: next };
  }

  due(nowMs: number): void {
    const { pending } = this;
    if (pending === undefined || nowMs < pending.answerByMs) return;
    const lapsed = ended(pending, 'lapsed', null);
    try {
      this.#journal.write([entry(lapsed, 'penstock', nowMs)], { sync: false });
      this.#last = lapsed;
    } catch (error) {
      // It cannot be approved any more, and is recorded as soon as it can be.
      if (!(error instanceof LedgerError)) throw error;
    }
  }

  #find(id: string, nowMs: number): Outcome<ProposedPolicy> {
    const last = this.#last;
    if (last?.id !== id) return refuse('notFound', `there is no proposal ${id} that waits`);
    if (last.state !== 'pending') return refuse('conflict', `${id} is ${last.state}`);
    if (nowMs >= last.answerByMs) return refuse('conflict', `${id} is lapsed: nobody answered in time`);
    return { ok: true, result: last };
  }
}

function ended(proposal: ProposedPolicy, state: End, answer: ProposedPolicy['answer']): ProposedPolicy {
  return { ...proposal, state, answer };
}

const TYPES = {
  pending: 'proposal.made',
  approved: 'proposal.approved',
  rejected: 'proposal.rejected',
  lapsed: 'proposal.lapsed',
  replaced: 'proposal.replaced',
} as const;

function entry(proposal: ProposedPolicy, actor: string, atMs: number): EntryDraft {
  return { type: TYPES[proposal.state], actor, atMs, body: { proposal } };
}

function refuse(code: Refusal['code'], message: string): Outcome<never> {
  return { ok: false, refusal: { code, message } };
}
