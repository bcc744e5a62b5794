/** Shapes of answers that are the API's own; the others are the rooms' (Decision, Incident, EngineStatus, ...). */
import type { ClosedIncident, EngineStatus, PolicyPlan, TrialStatus } from '../../engine/commands.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Suppression } from '../../incident/suppression.ts';
import type { ProposedPolicy } from '../../ledger/proposed-policy.ts';
import type { Revision } from '../../ledger/revision.ts';
import type { Trial } from '../../ledger/trial.ts';
import type { Problem as PolicyProblem } from '../../policy/problem.ts';

export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly guardrail?: string;
  readonly problems?: readonly ({ readonly pointer: string; readonly message: string } | PolicyProblem)[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export type Status = EngineStatus & { readonly version: string };

/** The incident as it is now, and what closing it taught. */
export type Closed = Incident & Omit<ClosedIncident, 'incident'>;

/** `hits`: findings silenced since the daemon started; null when it has ended. */
export type CountedSuppression = Suppression & { readonly hits: number | null };

/** What became of its trial; null for a revision that needed no confirmation. */
export type TriedRevision = Revision & {
  readonly trial: Pick<Trial, 'state' | 'restoreTo' | 'deadlineMs' | 'end'> | null;
};

/** A policy as it was written, by file. */
export interface PolicyText {
  readonly name: string;
  readonly digest: string;
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface PolicyCheck {
  readonly valid: boolean;
  readonly problems: readonly PolicyProblem[];
  readonly warnings: readonly PolicyProblem[];
  readonly tests: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly failures: readonly string[];
  }[];
  readonly plan: PolicyPlan | null;
}

export interface PolicyApplied {
  readonly revision: number;
  readonly changed: boolean;
  /** What is to be confirmed; null when it stays anyway. */
  readonly trial: TrialStatus | null;
  /** It waits for a second person; null where one is enough. */
  readonly proposal: ProposedPolicy | null;
  readonly digest: string;
  readonly warnings: readonly PolicyProblem[];
}

export interface Token {
  readonly name: string;
  readonly role: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

/** A ledger entry as `/v1/audit` and `/v1/events` tell it. */
export interface EntryView {
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  readonly actor: string;
  readonly subject: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}
