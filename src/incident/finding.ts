/** What the policy itself finds: a verdict that denies, or a limit passed. */
import { formatAddress, sameAddress } from '../address/address.ts';
import type { Flow } from '../flow/flow.ts';
import type { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { LimitBreach } from '../policy/limits.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { PolicyCause, Severity } from './incident.ts';
import { formatService, serviceOf } from './service.ts';

export type PolicyFinding = Extract<Verdict, { kind: 'deny' }> | LimitBreach;

/** What tells a person about a flow; asked only when an incident opens. */
export type Narrator = Pick<CompiledPolicy, 'groupsOf' | 'explain'>;

/** More would not be read. */
const MAX_REASONS = 8;

/**
 * A deny list names known evil, so a hit is high. What no rule allows is as often a rule forgotten as a host gone
 * wrong, and a limit passed is traffic that some rule allows: both are medium, worth a look the same day.
 */
const SEVERITY: Record<PolicyCause, Severity> = {
  denyList: 'high',
  policyViolation: 'medium',
  limit: 'medium',
};

export function causeOf(finding: PolicyFinding): PolicyCause {
  return 'limit' in finding ? 'limit' : finding.cause;
}

/** The deny list's or the rule's id. */
export function sourceOf(finding: PolicyFinding): string | null {
  if ('limit' in finding) return finding.rule;
  return finding.cause === 'denyList' ? finding.list : null;
}

export function severityOf(finding: PolicyFinding): Severity {
  return SEVERITY[causeOf(finding)];
}

/** Sentences for a person. */
export function reasonsFor(flow: Flow, finding: PolicyFinding, narrator: Narrator, atMs: number): string[] {
  const opened = describeFlow(flow);
  if ('limit' in finding) return [finding.sentence, `last, ${opened}`];
  if (finding.cause === 'denyList') {
    return [`${opened}, which deny list ${finding.list} holds: ${finding.reason}`];
  }
  return [`${opened}, which no rule allows`, ...narrator.explain(flow, atMs)].slice(0, MAX_REASONS);
}

/** `10.1.0.10 opened tcp/443 to 192.0.2.1 (after NAT 198.51.100.66 tcp/8443)`. */
function describeFlow(flow: Flow): string {
  const { host, destination, destinationPort, translated, translatedPort } = flow;
  const asked = `${formatAddress(host)} opened ${formatService(serviceOf(flow))} to ${formatAddress(destination)}`;
  if (sameAddress(destination, translated) && destinationPort === translatedPort) return asked;
  const service = formatService(serviceOf({ ...flow, destinationPort: translatedPort }));
  return `${asked} (after NAT ${formatAddress(translated)} ${service})`;
}
