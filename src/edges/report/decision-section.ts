/**
 * Approvals and blocks: what became of each decision, as the entries of the time tell.
 *
 *   asked: proposed pending or provisional in the time    approved | rejected | lapsed | ended otherwise | open
 */
import type { Answer, Decision, Target } from '../../decision/decision.ts';
import { formatService } from '../../incident/service.ts';
import { decisionOf, type Entry } from '../../ledger/entry.ts';
import type { Period } from './input.ts';
import {
  type ApprovalLine,
  type ApprovalReport,
  type BlockReport,
  listed,
  type PersonLine,
} from './report.ts';
import { quantile, responseTimes } from './statistics.ts';

interface Life {
  /** As it was proposed in the time; undefined when it is older. */
  asked: boolean;
  proposed: boolean;
  latest: Decision;
  appliedAtMs: number | undefined;
  /** When it stood in the time, ms. */
  stoodMs: number;
  stood: boolean;
  failed: boolean;
}

export class DecisionSection {
  readonly #period: Period;
  readonly #lives = new Map<string, Life>();
  readonly #vetoes = new Map<string, number>();
  readonly #falseIncidents = new Set<string>();

  constructor(period: Period) {
    this.#period = period;
  }

  take(entry: Entry): void {
    if (entry.type === 'decision.vetoed') count(this.#vetoes, entry.body.guardrail);
    if (entry.type === 'incident.closed' && entry.body.verdict === 'false')
      this.#falseIncidents.add(entry.body.incident.id);
    const decision = decisionOf(entry);
    if (decision === undefined) return;
    const life = this.#lifeOf(decision, entry);
    life.latest = decision;
    if (entry.type === 'enforcement.applied') life.appliedAtMs ??= entry.atMs;
    if (entry.type === 'enforcement.failed') life.failed = true;
    if (entry.type === 'enforcement.lifted' || isOver(decision)) this.#end(life, entry.atMs);
  }

  approvals(): ApprovalReport {
    const lines = [...this.#lives.values()].filter(({ asked }) => asked).map(({ latest }) => lineOf(latest));
    const outcome = (wanted: ApprovalLine['outcome']) =>
      lines.filter((line) => line.outcome === wanted).length;
    return {
      asked: lines.length,
      approved: outcome('approved'),
      rejected: outcome('rejected'),
      lapsed: outcome('lapsed'),
      open: outcome('open'),
      response: responseTimes(lines.flatMap(({ afterMs }) => (afterMs === null ? [] : [afterMs]))),
      persons: this.#persons(),
      lines: listed(lines.toSorted((x, y) => y.askedAtMs - x.askedAtMs)),
    };
  }

  blocks(): BlockReport {
    const lives = [...this.#lives.values()];
    for (const life of lives) this.#end(life, this.#period.toMs);
    const made = lives.filter(({ proposed }) => proposed).map(({ latest }) => latest);
    const automatic = made.filter(({ origin }) => origin.kind === 'automatic');
    const stood = lives.filter(({ stood }) => stood).map(({ stoodMs }) => stoodMs);
    const all = (state: Decision['state']) => lives.filter(({ latest }) => latest.state === state).length;
    return {
      automatic: automatic.length,
      manual: made.length - automatic.length,
      quarantines: made.filter(({ action }) => action === 'quarantine').length,
      stood: {
        count: stood.length,
        medianMs: quantile(
          stood.toSorted((x, y) => x - y),
          0.5,
        ),
        totalMs: stood.reduce((sum, ms) => sum + ms, 0),
      },
      revoked: all('revoked'),
      expired: all('expired'),
      failed: lives.filter(({ failed }) => failed).length,
      wrong: automatic.filter((decision) => this.#isWrong(decision)).length,
      vetoes: [...this.#vetoes]
        .map(([guardrail, count]) => ({ guardrail, count }))
        .toSorted((x, y) => y.count - x.count),
    };
  }

  #lifeOf(decision: Decision, entry: Entry): Life {
    const known = this.#lives.get(decision.id);
    if (known !== undefined) return known;
    const proposed = entry.type === 'decision.proposed';
    const { enforcement } = decision;
    const life: Life = {
      asked: proposed && (decision.state === 'pending' || decision.state === 'provisional'),
      proposed,
      latest: decision,
      // One that stood before the time began stands from its beginning.
      appliedAtMs: enforcement.status === 'applied' && !proposed ? enforcement.atMs : undefined,
      ...{ stoodMs: 0, stood: false, failed: false },
    };
    this.#lives.set(decision.id, life);
    return life;
  }

  /** What stood until then is counted, as far as it lies in the time. */
  #end(life: Life, atMs: number): void {
    if (life.appliedAtMs === undefined) return;
    const until = Math.min(atMs, life.latest.expiresAtMs ?? atMs);
    life.stoodMs += Math.max(0, until - Math.max(life.appliedAtMs, this.#period.fromMs));
    life.stood = true;
    life.appliedAtMs = undefined;
  }

  #isWrong({ state, incident }: Decision): boolean {
    return state === 'rejected' || (incident !== null && this.#falseIncidents.has(incident));
  }

  #persons(): PersonLine[] {
    const answers = [...this.#lives.values()].flatMap(({ latest, asked }) =>
      latest.answers.filter(({ atMs }) => this.#isWithin(atMs)).map((answer) => ({ answer, latest, asked })),
    );
    const byActor = Map.groupBy(answers, ({ answer }) => answer.actor);
    return [...byActor]
      .map(([actor, theirs]) => {
        const verbs = (verb: Answer['verb']) => theirs.filter(({ answer }) => answer.verb === verb).length;
        const spans = theirs
          .filter(({ answer, asked }) => asked && answer.verb !== 'revoke')
          .map(({ answer, latest }) => answer.atMs - latest.createdAtMs);
        const medianMs = responseTimes(spans)?.medianMs ?? null;
        return {
          actor,
          approved: verbs('approve'),
          rejected: verbs('reject'),
          revoked: verbs('revoke'),
          medianMs,
        };
      })
      .toSorted((x, y) => y.approved + y.rejected - (x.approved + x.rejected));
  }

  #isWithin(atMs: number): boolean {
    return atMs >= this.#period.fromMs && atMs < this.#period.toMs;
  }
}

function isOver({ state }: Decision): boolean {
  return state === 'rejected' || state === 'lapsed' || state === 'expired' || state === 'revoked';
}

function lineOf(decision: Decision): ApprovalLine {
  const answer = decision.answers.find(({ verb }) => verb !== 'revoke');
  return {
    id: decision.id,
    askedAtMs: decision.createdAtMs,
    action: decision.action,
    target: targetText(decision.target),
    outcome: outcomeOf(decision, answer),
    actor: answer?.actor ?? null,
    afterMs: answer === undefined ? null : answer.atMs - decision.createdAtMs,
    reason: answer?.reason ?? '',
  };
}

/** What became of the question, whatever became of the block later. */
function outcomeOf({ state }: Decision, answer: Answer | undefined): ApprovalLine['outcome'] {
  if (state === 'rejected') return 'rejected';
  if (state === 'lapsed') return 'lapsed';
  if (state === 'pending' || state === 'provisional') return 'open';
  return answer?.verb === 'approve' ? 'approved' : 'ended';
}

export function targetText(target: Target): string {
  if (target.kind === 'destination') return target.prefix;
  if (target.kind === 'host') return target.host;
  return `${target.host} > ${target.destination} ${formatService(target.service)}`;
}

export function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
