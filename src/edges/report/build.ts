/** Puts a report together from the ledger and from what was asked besides. Runs in a thread of its own: it may take long. */
import type { LedgerQueries } from '../../ledger/queries.ts';
import type { Verification } from '../../ledger/verification.ts';
import { loadPolicySources } from '../../policy/loader.ts';
import type { Policy } from '../../policy/policy.ts';
import { ChangeSection, DriftSection } from './change-section.ts';
import { DecisionSection } from './decision-section.ts';
import { IncidentSection } from './incident-section.ts';
import type { ReportInput } from './input.ts';
import { entriesOf } from './ledger-walk.ts';
import type { AuditReport, PolicyFacts, Report } from './report.ts';
import { ruleSection } from './rule-section.ts';
import { trafficSection } from './traffic-section.ts';

type Ledger = Pick<LedgerQueries, 'entry' | 'entries' | 'head' | 'policySources' | 'latestRevision'>;

export function buildReport(
  input: Omit<ReportInput, 'ledgerPath'>,
  ledger: Ledger,
  verified: Verification,
): Report {
  const { period, traffic, rules, uses } = input;
  const decisions = new DecisionSection(period);
  const incidents = new IncidentSection();
  const changes = new ChangeSection();
  const drift = new DriftSection();
  let inPeriod = 0;
  for (const entry of entriesOf(ledger, period)) {
    inPeriod += 1;
    for (const section of [decisions, incidents, changes, drift]) section.take(entry);
  }
  const policy = policyInForce(ledger);
  const used = new Set(traffic?.tables.rule?.items.map(({ key }) => key));
  return {
    period,
    madeAtMs: input.madeAtMs,
    host: input.host,
    version: input.version,
    policy: policy?.facts ?? null,
    gaps: gapsOf(input, ledger, policy?.policy),
    traffic: traffic && trafficSection(traffic),
    rules: rules && ruleSection(rules, policy?.policy ?? null, uses, used, period),
    approvals: decisions.approvals(),
    incidents: incidents.report(),
    blocks: decisions.blocks(),
    changes: changes.report(),
    drift: drift.report(),
    audit: auditOf(verified, ledger, inPeriod),
  };
}

function policyInForce(ledger: Ledger): { policy: Policy | undefined; facts: PolicyFacts } | undefined {
  const revision = ledger.latestRevision();
  const sources = revision && ledger.policySources(revision.policyDigest);
  if (revision === undefined || sources === undefined) return undefined;
  const loaded = loadPolicySources(sources, { stored: true });
  const policy = loaded.ok ? loaded.policy : undefined;
  const facts = {
    name: policy?.name ?? '(unreadable)',
    digest: revision.policyDigest,
    revision: revision.number,
    mode: policy?.mode ?? '',
    rules: policy?.rules.length ?? 0,
  };
  return { policy, facts };
}

/** What the reader must know is missing. */
function gapsOf(
  { gaps, rules, period, madeAtMs }: Omit<ReportInput, 'ledgerPath'>,
  ledger: Ledger,
  policy: Policy | undefined,
) {
  const firstAtMs = ledger.entry(1)?.atMs;
  return [
    ...gaps,
    ...(rules === null ? ['rules: the engine did not tell how often they were used'] : []),
    ...(policy === undefined ? ['wide rules: the policy in force cannot be read'] : []),
    ...(firstAtMs !== undefined && firstAtMs > period.fromMs
      ? [`before ${new Date(firstAtMs).toISOString()} nothing was recorded`]
      : []),
    ...(period.toMs > madeAtMs ? ['the time of the report is not over'] : []),
  ];
}

function auditOf(verified: Verification, ledger: Ledger, inPeriod: number): AuditReport {
  const head = verified.sound ? verified.head : ledger.head();
  const where = !verified.sound && verified.seq !== null ? `entry ${verified.seq}: ` : '';
  return {
    sound: verified.sound,
    entries: head.seq,
    inPeriod,
    headHash: head.hash,
    problem: verified.sound ? null : `${where}${verified.problem}`,
  };
}
