/** Who changed what: policies, rollbacks, trials, proposals, tokens, the breaker; and what was done against a guardrail. */
import type { Entry } from '../../ledger/entry.ts';
import { count } from './decision-section.ts';
import { type ChangeLine, type ChangeReport, type DriftReport, listed } from './report.ts';

export class ChangeSection {
  readonly #lines: ChangeLine[] = [];
  readonly #policies = new Map<string, number>();
  readonly #rollbacks = new Map<string, number>();
  #refused = 0;

  take(entry: Entry): void {
    if (entry.type === 'policy.applied') count(this.#policies, entry.actor);
    if (entry.type === 'rollback.done') count(this.#rollbacks, entry.actor);
    if (entry.type === 'policy.refused') this.#refused += 1;
    const said = describe(entry);
    if (said !== undefined)
      this.#lines.push({ atMs: entry.atMs, actor: entry.actor, what: said[0], detail: said[1] });
  }

  report(): ChangeReport {
    const persons = new Set([...this.#policies.keys(), ...this.#rollbacks.keys()]);
    return {
      lines: listed(this.#lines.toReversed()),
      policies: sum(this.#policies),
      rollbacks: sum(this.#rollbacks),
      refused: this.#refused,
      persons: [...persons].map((actor) => ({
        actor,
        policies: this.#policies.get(actor) ?? 0,
        rollbacks: this.#rollbacks.get(actor) ?? 0,
      })),
    };
  }
}

function sum(counts: ReadonlyMap<string, number>): number {
  return counts.values().reduce((all, each) => all + each, 0);
}

/** What was done, and its detail; undefined for what is no change by or for a person. */
function describe(entry: Entry): [what: string, detail: string] | undefined {
  switch (entry.type) {
    case 'policy.applied': {
      const { name, digest, mode, reason } = entry.body;
      return ['policy applied', `${name} (${digest.slice(0, 12)}), mode ${mode}${said(reason)}`];
    }
    case 'policy.refused':
      return ['policy refused', `${entry.body.name ?? 'unreadable'}: ${entry.body.problems[0] ?? ''}`];
    case 'rollback.done':
      return ['rollback', `to revision ${entry.body.restoredFrom}, makes revision ${entry.body.revision}`];
    case 'trial.begun':
      return ['policy on trial', `${entry.body.trial.policyName}, revision ${entry.body.trial.revision}`];
    case 'trial.confirmed':
      return ['trial confirmed', `${entry.body.trial.policyName}, revision ${entry.body.trial.revision}`];
    case 'trial.reverted':
      return ['trial taken back', `${entry.body.trial.policyName}: ${entry.body.trial.end?.cause ?? ''}`];
    case 'proposal.made':
    case 'proposal.approved':
    case 'proposal.rejected':
    case 'proposal.lapsed': {
      const { id, kind, policyName, reason } = entry.body.proposal;
      return [
        `proposal ${entry.type.slice('proposal.'.length)}`,
        `${id}: ${kind} ${policyName}${said(reason)}`,
      ];
    }
    case 'guardrail.forced':
      return ['guardrail forced', `${entry.body.guardrail}${said(entry.body.reason)}`];
    case 'breaker.opened':
      return ['automation stopped', entry.body.reason];
    case 'breaker.closed':
      return ['automation resumed', entry.body.reason];
    case 'token.created':
      return ['token created', `${entry.body.name}, role ${entry.body.role}`];
    case 'token.revoked':
      return ['token revoked', entry.body.name];
    default:
      return undefined;
  }
}

function said(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

/** What others did to the table, and events that were lost. */
export class DriftSection {
  readonly #counts = { found: 0, repaired: 0, failed: 0, contested: 0, eventsLost: 0 };
  readonly #culprits = new Map<string, number>();

  take(entry: Entry): void {
    switch (entry.type) {
      case 'drift.found':
        this.#counts.found += 1;
        for (const { processName } of entry.body.by ?? []) count(this.#culprits, processName);
        break;
      case 'drift.repaired':
        this.#counts.repaired += 1;
        break;
      case 'drift.failed':
        this.#counts.failed += 1;
        break;
      case 'drift.contested':
        this.#counts.contested += 1;
        for (const { processName } of entry.body.by) count(this.#culprits, processName);
        break;
      case 'conntrack.lost':
        this.#counts.eventsLost += 1;
        break;
      default:
    }
  }

  report(): DriftReport {
    const culprits = [...this.#culprits].map(([name, times]) => ({ name, count: times }));
    return { ...this.#counts, culprits: culprits.toSorted((x, y) => y.count - x.count).slice(0, 20) };
  }
}
