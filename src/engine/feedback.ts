/**
 * What people say of incidents, and what that teaches: an anomaly closed as false is not reported again, for a while
 * and only where it was seen.
 */
import { AddressError } from '../address/errors.ts';
import { type Incident, isPolicyCause, type PolicyCause } from '../incident/incident.ts';
import { endSuppression, type Suppression, suppressionsOf } from '../incident/suppression.ts';
import type { EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import type { Answering, ClosedIncident, Closing, Outcome, Refusal } from './commands.ts';
import type { Journal } from './journal.ts';
import type { Displaced, Suppressions } from './suppressions.ts';

/** The incidents that are open, whoever keeps them. */
export interface OpenIncidents {
  get(id: string): Incident | undefined;
  /** It is recorded as closed: nothing is folded into it any more. */
  drop(id: string, reason: string): void;
}

export interface FeedbackParts {
  readonly journal: Pick<Journal, 'write' | 'log'>;
  readonly queries: LedgerQueries;
  readonly suppressions: Suppressions;
  readonly open: OpenIncidents;
}

export class Feedback {
  readonly #parts: FeedbackParts;
  #lastNumber: number;

  constructor(parts: FeedbackParts) {
    this.#parts = parts;
    this.#lastNumber = Number(parts.queries.suppressions({ limit: 1 })[0]?.id.slice(1) ?? 0);
  }

  /** Take back what was active when the daemon stopped, the newest first. What cannot be read silences nothing. */
  restore(active: readonly Suppression[]): void {
    const { suppressions, journal } = this.#parts;
    for (const suppression of active.toReversed()) {
      try {
        suppressions.add(suppression);
      } catch (error) {
        if (!(error instanceof AddressError)) throw error;
        journal.log('error', `suppression ${suppression.id} in the ledger is not used: ${error.message}`);
      }
    }
  }

  /** Close an incident on a person's word, or give one that time has closed its verdict. */
  close(closing: Closing, nowMs: number): Outcome<ClosedIncident> {
    const { open, journal } = this.#parts;
    const { id, actor, reason, verdict } = closing;
    const found = open.get(id) ?? this.#unjudged(id);
    if ('code' in found) return { ok: false, refusal: found };
    const incident: Incident = { ...found, state: 'closed' };
    const made = this.#lesson(incident, closing, nowMs);
    const displaced = this.#parts.suppressions.displacedBy(made);
    const body = { incident, reason, verdict };
    journal.write(
      [
        { type: 'incident.closed', actor, atMs: nowMs, body },
        ...displaced.map((each) => expiry(each, nowMs)),
        ...made.map(creation),
      ],
      { sync: true },
    );
    open.drop(id, reason);
    this.#learn(made, displaced);
    return { ok: true, result: { incident, suppressions: made, note: noteOn(incident, closing) } };
  }

  revoke({ id, actor, reason }: Answering, nowMs: number): Outcome<Suppression> {
    const { suppressions, journal, queries } = this.#parts;
    const active = suppressions.get(id);
    if (active === undefined) {
      const known = queries.suppression(id);
      return known
        ? refused('conflict', `suppression ${id} has ended already (${known.state})`)
        : refused('notFound', `there is no suppression ${id}`);
    }
    const suppression = endSuppression(active, 'revoked', nowMs);
    journal.write([{ type: 'suppression.revoked', actor, atMs: nowMs, body: { suppression, reason } }], {
      sync: true,
    });
    suppressions.remove(id);
    return { ok: true, result: suppression };
  }

  /** End what is over. What cannot be recorded is tried again; it silences nothing meanwhile. */
  expireDue(nowMs: number): void {
    const { suppressions, journal } = this.#parts;
    const due = suppressions.due(nowMs);
    if (due.length === 0) return;
    try {
      const drafts = due.map((suppression) => expiry({ suppression, reason: 'its time is over' }, nowMs));
      journal.write(drafts, { sync: false });
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      journal.log('error', `the end of ${due.length} suppressions was not recorded: ${error.message}`);
      return;
    }
    for (const { id } of due) suppressions.remove(id);
  }

  hits(ids: readonly string[]): Record<string, number> {
    const { suppressions } = this.#parts;
    const known = ids.map((id) => [id, suppressions.hits(id)] as const);
    return Object.fromEntries(known.filter((pair): pair is [string, number] => pair[1] !== undefined));
  }

  /** One that time has closed. A person's word stands. */
  #unjudged(id: string): Incident | Refusal {
    const { queries } = this.#parts;
    const incident = queries.incident(id);
    if (incident === undefined) return { code: 'notFound', message: `there is no incident ${id}` };
    const [last] = queries.entries({ type: 'incident.closed', subject: id, order: 'newest', limit: 1 });
    if (last === undefined || last.actor === 'penstock') return incident;
    return { code: 'conflict', message: `${last.actor} has closed incident ${id} already` };
  }

  #lesson(incident: Incident, { verdict, suppressForMs, actor, reason }: Closing, atMs: number) {
    // What the policy says is silenced by changing the policy only, and a deny-list hit by nothing else at all.
    if (verdict !== 'false' || suppressForMs === null || isPolicyCause(incident.cause)) return [];
    const untilMs = atMs + suppressForMs;
    return suppressionsOf(incident, { actor, reason, atMs, untilMs, firstNumber: this.#lastNumber + 1 });
  }

  #learn(made: readonly Suppression[], displaced: readonly Displaced[]): void {
    const { suppressions } = this.#parts;
    this.#lastNumber += made.length;
    for (const { suppression } of displaced) suppressions.remove(suppression.id);
    for (const suppression of made) suppressions.add(suppression);
  }
}

/** What to do where nothing is suppressed. */
const INSTEAD: Readonly<Record<PolicyCause, (source: string | null) => string>> = {
  denyList: (list) =>
    `a hit on deny list ${list} is never suppressed; take the address off the list if it is wrong`,
  limit: (rule) => `if the traffic is right, raise the limit of rule ${rule}`,
  policyViolation: () => 'if the traffic is right, add a rule that allows it',
};

function noteOn({ cause, source }: Incident, { verdict, suppressForMs }: Closing): string | null {
  if (verdict !== 'false' || suppressForMs === null || !isPolicyCause(cause)) return null;
  return `nothing is suppressed, for this is what the policy says and no detector: ${INSTEAD[cause](source)}`;
}

function creation(suppression: Suppression): EntryDraft {
  const { actor, createdAtMs } = suppression;
  return { type: 'suppression.created', actor, atMs: createdAtMs, body: { suppression } };
}

function expiry({ suppression, reason }: Displaced, atMs: number): EntryDraft {
  const body = { suppression: endSuppression(suppression, 'expired', atMs), reason };
  return { type: 'suppression.expired', actor: 'penstock', atMs, body };
}

function refused(code: Refusal['code'], message: string): Outcome<never> {
  return { ok: false, refusal: { code, message } };
}
