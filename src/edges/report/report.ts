/**
 * A report on a time: plain data, the same for JSON, CSV and HTML. Times are ms since the epoch, spans ms. Lists are cut
 * at MOST_LINES; `more` says how many lines are left out. All text in it may come from packets, policies or people.
 */
import type { Severity } from '../../incident/incident.ts';

/** Lines of one list. */
export const MOST_LINES = 200;

export interface Report {
  readonly period: { readonly fromMs: number; readonly toMs: number };
  readonly madeAtMs: number;
  /** Of the machine. */
  readonly host: string;
  readonly version: string;
  readonly policy: PolicyFacts | null;
  /** What cannot be told, and why. */
  readonly gaps: readonly string[];
  readonly traffic: TrafficReport | null;
  readonly rules: RuleReport | null;
  readonly approvals: ApprovalReport;
  readonly incidents: IncidentReport;
  readonly blocks: BlockReport;
  readonly changes: ChangeReport;
  readonly drift: DriftReport;
  readonly audit: AuditReport;
}

export interface PolicyFacts {
  readonly name: string;
  readonly digest: string;
  readonly revision: number;
  readonly mode: string;
  readonly rules: number;
}

export interface Sums {
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly connections: number;
  readonly denied: number;
}

export interface TrafficLine extends Sums {
  readonly key: string;
  readonly name?: string | undefined;
}

export interface TrafficTable {
  readonly lines: readonly TrafficLine[];
  readonly other: Sums;
}

export interface TrafficReport {
  readonly total: Sums;
  readonly step: 'hour' | 'day';
  readonly points: readonly (Sums & { readonly atMs: number })[];
  readonly groups: TrafficTable;
  readonly hosts: TrafficTable;
  readonly destinations: TrafficTable;
  readonly services: TrafficTable;
  readonly rules: TrafficTable;
  /** null: no database is given. */
  readonly countries: TrafficTable | null;
  readonly systems: TrafficTable | null;
}

export interface RuleReport {
  readonly unused: Listed<UnusedRule>;
  readonly expiring: Listed<ExpiringRule>;
  readonly wide: Listed<WideRule>;
}

export interface Listed<T> {
  readonly lines: readonly T[];
  readonly more: number;
}

export interface UnusedRule {
  readonly rule: string;
  readonly description: string | null;
  readonly owner: string | null;
  readonly ticket: string | null;
  /** By a connection, before the time of the report; null: never since the daemon started. */
  readonly lastHitMs: number | null;
}

export interface ExpiringRule {
  readonly rule: string;
  readonly owner: string | null;
  readonly ticket: string | null;
  readonly expiresMs: number;
  readonly isExpired: boolean;
}

export interface WideRule {
  readonly rule: string;
  readonly owner: string | null;
  /** What makes it wide: sentences. */
  readonly because: readonly string[];
  /** What it was used for; `destinations` that were told apart. */
  readonly used: Sums & { readonly destinations: number; readonly services: number };
  /** Null where nothing was seen. */
  readonly narrower: NarrowerRule | null;
}

/** What would have allowed all that was seen and told apart. */
export interface NarrowerRule {
  readonly cidrs: readonly string[];
  readonly services: readonly string[];
  /** Names by which some of the destinations are known. */
  readonly names: readonly string[];
  /** Share of the rule's bytes that went to these. */
  readonly covers: number;
  readonly remarks: readonly string[];
}

export interface ApprovalReport {
  /** Decisions that asked for an answer. */
  readonly asked: number;
  readonly approved: number;
  readonly rejected: number;
  readonly lapsed: number;
  /** When the time of the report ended. */
  readonly open: number;
  readonly response: ResponseTimes | null;
  readonly persons: readonly PersonLine[];
  readonly lines: Listed<ApprovalLine>;
}

/** From the question to the answer. */
export interface ResponseTimes {
  readonly count: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly maxMs: number;
}

export interface PersonLine {
  readonly actor: string;
  readonly approved: number;
  readonly rejected: number;
  readonly revoked: number;
  readonly medianMs: number | null;
}

export interface ApprovalLine {
  readonly id: string;
  readonly askedAtMs: number;
  readonly action: string;
  readonly target: string;
  readonly outcome: 'approved' | 'rejected' | 'lapsed' | 'open' | 'ended';
  readonly actor: string | null;
  readonly afterMs: number | null;
  readonly reason: string;
}

export interface IncidentReport {
  readonly opened: number;
  readonly closed: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  readonly causes: readonly CauseLine[];
  /** Closed as false by a person. */
  readonly false: number;
  readonly suppressions: { readonly created: number; readonly revoked: number; readonly expired: number };
  readonly worst: Listed<IncidentLine>;
}

export interface CauseLine {
  readonly cause: string;
  readonly opened: number;
  readonly false: number;
  readonly resolved: number;
  /** By time, without a verdict. */
  readonly quiet: number;
}

export interface IncidentLine {
  readonly id: string;
  readonly severity: Severity;
  readonly cause: string;
  readonly host: string;
  readonly destination: string | null;
  readonly openedAtMs: number;
  readonly verdict: string | null;
  readonly reason: string;
}

export interface BlockReport {
  readonly automatic: number;
  readonly manual: number;
  readonly quarantines: number;
  /** Of those that stood: how long, as far as it lies in the time of the report. */
  readonly stood: { readonly count: number; readonly medianMs: number; readonly totalMs: number };
  readonly revoked: number;
  readonly expired: number;
  readonly failed: number;
  /** Automatic ones that a person rejected, or whose incident was closed as false. */
  readonly wrong: number;
  /** That were not made, by the guardrail that said no. */
  readonly vetoes: readonly { readonly guardrail: string; readonly count: number }[];
}

export interface ChangeReport {
  readonly lines: Listed<ChangeLine>;
  readonly policies: number;
  readonly rollbacks: number;
  readonly refused: number;
  readonly persons: readonly {
    readonly actor: string;
    readonly policies: number;
    readonly rollbacks: number;
  }[];
}

export interface ChangeLine {
  readonly atMs: number;
  readonly actor: string;
  readonly what: string;
  readonly detail: string;
}

export interface DriftReport {
  readonly found: number;
  readonly repaired: number;
  readonly failed: number;
  /** Times that others changed the table again and again. */
  readonly contested: number;
  readonly culprits: readonly { readonly name: string; readonly count: number }[];
  readonly eventsLost: number;
}

export interface AuditReport {
  readonly sound: boolean;
  /** Entries in the ledger, and those of the time of the report. */
  readonly entries: number;
  readonly inPeriod: number;
  readonly headHash: string;
  readonly problem: string | null;
}

export function listed<T>(all: readonly T[], most = MOST_LINES): Listed<T> {
  return { lines: all.slice(0, most), more: Math.max(0, all.length - most) };
}
