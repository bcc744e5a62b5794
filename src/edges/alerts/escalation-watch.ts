/** Looks now and then whether a question waits for too long, and records that it does: lanes then tell it. */
import type { Decision } from '../../decision/decision.ts';
import type { Entry, EntryDraft } from '../../ledger/entry.ts';
import type { ProposedPolicy } from '../../ledger/proposed-policy.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import { dueSteps, type Question } from './escalation.ts';
import type { EscalationStep } from './escalation-settings.ts';
import { traffic } from './wording.ts';

export interface EscalationParts {
  readonly steps: readonly EscalationStep[];
  readonly ledger: Pick<LedgerQueries, 'decisions' | 'entries'>;
  /** Settles when they are in the ledger. */
  readonly record: (drafts: EntryDraft[]) => Promise<unknown>;
  /** What could not be looked up or recorded; it is tried again. */
  readonly onError: (error: Error) => void;
  readonly everyMs?: number;
}

const EVERY_MS = 5_000;
/** Questions looked at; more at once are an incident of their own, which has been told. */
const MOST_QUESTIONS = 200;
/** Of one decision, from when it was asked last: far more than there can be. */
const MOST_ENTRIES = 200;
const MOST_CHANGES = 1_000;
const ASKING: readonly string[] = ['decision.proposed', 'decision.reinstated'];

export class EscalationWatch {
  readonly #parts: EscalationParts;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  /** The change of policy that waits, as of the entry `#seq`. */
  #proposal: ProposedPolicy | null = null;
  #seq: number | undefined;

  constructor(parts: EscalationParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.look(), parts.everyMs ?? EVERY_MS).unref();
  }

  /** Once now; one look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look(Date.now())
      .catch((error) => this.#parts.onError(error))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(nowMs: number): Promise<void> {
    const drafts = [...this.#decisions(), ...this.#proposals()].flatMap(([question, told]) =>
      dueSteps(question, this.#parts.steps, told, nowMs).map(
        (body): EntryDraft => ({ type: 'alert.escalated', actor: 'penstock', body }),
      ),
    );
    if (drafts.length > 0) await this.#parts.record(drafts);
  }

  #decisions(): (readonly [Question, ReadonlySet<number>])[] {
    const { ledger } = this.#parts;
    return (['pending', 'provisional'] as const)
      .flatMap((state) => ledger.decisions({ state, limit: MOST_QUESTIONS }))
      .map((decision) => {
        const trail = ledger.entries({ subject: decision.id, order: 'newest', limit: MOST_ENTRIES });
        const asked = trail.find(({ type }) => ASKING.includes(type));
        return [questionOf(decision, asked), toldIn(trail, asked?.seq ?? 0)] as const;
      });
  }

  #proposals(): (readonly [Question, ReadonlySet<number>])[] {
    this.#follow();
    const proposal = this.#proposal;
    if (proposal === null) return [];
    const { id, policyName, proposedAtMs, answerByMs, actor } = proposal;
    const what = `the policy ${policyName} that ${actor} proposes is not in force`;
    const question = { id, what, host: null, incident: null, askedAtMs: proposedAtMs, answerByMs };
    const trail = this.#parts.ledger.entries({ subject: id, order: 'newest', limit: MOST_ENTRIES });
    return [[question, toldIn(trail, 0)]];
  }

  /** Only one change of policy waits at a time: a newer one replaces it. */
  #follow(): void {
    const { ledger } = this.#parts;
    const entries =
      this.#seq === undefined
        ? ledger.entries({ type: 'proposal', order: 'newest', limit: 4 }).toReversed()
        : ledger.entries({ type: 'proposal', after: this.#seq, limit: MOST_CHANGES });
    for (const entry of entries) {
      this.#seq = entry.seq;
      if (!('proposal' in entry.body)) continue;
      const { proposal } = entry.body;
      if (proposal.state === 'pending') this.#proposal = proposal;
      else if (proposal.id === this.#proposal?.id) this.#proposal = null;
    }
    this.#seq ??= 0;
  }
}

function questionOf(decision: Decision, asked: Entry | undefined): Question {
  const { id, state, target, incident, createdAtMs, answerByMs } = decision;
  const host = target.kind === 'destination' ? null : target.host;
  const what = `${traffic(target)} is ${state === 'pending' ? 'not blocked yet' : 'blocked only until then'}`;
  return { id, what, host, incident, askedAtMs: asked?.atMs ?? createdAtMs, answerByMs };
}

/** The steps told since it was asked. */
function toldIn(trail: readonly Entry[], askedSeq: number): Set<number> {
  const told = new Set<number>();
  for (const { type, seq, body } of trail)
    if (type === 'alert.escalated' && seq > askedSeq) told.add(body.step);
  return told;
}
