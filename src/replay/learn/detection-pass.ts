/** All detectors look at the traffic that is learnt from, on its own clock. */
import { formatAddress } from '../../address/address.ts';
import { formatPrefix } from '../../address/prefix.ts';
import type { Finding } from '../../detection/finding.ts';
import { playBack } from '../../flow/recorded/playback.ts';
import type { RecordedFlows } from '../../flow/recorded/recorded-flows.ts';
import { acts, type Incident, isPolicyCause, type Severity } from '../../incident/incident.ts';
import { loadPolicySources } from '../../policy/loader.ts';
import type { Policy } from '../../policy/policy.ts';
import { formatProblem } from '../../policy/problem.ts';
import { ANOMALY_DETECTORS } from '../../policy/schema/detectors.ts';
import type { Progress } from '../replay.ts';
import { ReplaySession } from '../session.ts';
import { LearnError } from './errors.ts';
import type { HostGroup } from './host-groups.ts';
import { findingKey, isCredible, type Suspicion, suspicionOf } from './suspicion.ts';

/** Of all hosts together; a flood of hosts must not take more memory. */
const MAX_FINDINGS = 50_000;
/** Flows between two words on progress. */
const FLOWS_A_WORD = 8192;

/** What the detectors say of the hosts of these groups, strangers left out. An incident keeps less than is said. */
export function suspicionsOf(
  flows: RecordedFlows,
  groups: readonly HostGroup[],
  onProgress?: Progress,
): Suspicion[] {
  const findings = new Map<string, Finding>();
  const session = new ReplaySession(watchingPolicy(groups), {
    onFinding: (finding) => keep(findings, finding),
  });
  let started = 0;
  playBack(
    flows,
    (address) => session.compiled.isOurs(address),
    (change, atMs) => {
      if (change.kind === 'started' && ++started % FLOWS_A_WORD === 0)
        onProgress?.('judge', started, flows.length);
      if (change.flow.direction === 'outbound') session.take(change, atMs);
    },
  );
  onProgress?.('judge', flows.length, flows.length);
  const severities = severityByHost(session.finish());
  return [...findings.values()].flatMap((finding) => {
    const severity = severities.get(formatAddress(finding.flow.host));
    return severity === undefined ? [] : suspicionOf(finding, severity);
  });
}

/** The strongest of each. */
function keep(findings: Map<string, Finding>, finding: Finding): void {
  if (!isCredible(finding)) return;
  const key = findingKey(finding);
  const known = findings.get(key);
  if (known === undefined ? findings.size >= MAX_FINDINGS : known.confidence >= finding.confidence) return;
  findings.set(key, finding);
}

function severityByHost(incidents: readonly Incident[]): Map<string, Severity> {
  const severities = new Map<string, Severity>();
  for (const { host, severity, cause } of incidents) {
    if (isPolicyCause(cause) || !acts(severity)) continue;
    if (severities.get(host) !== 'critical') severities.set(host, severity);
  }
  return severities;
}

/** Allows everything, all detectors on. JSON, which YAML contains. */
function watchingPolicy(groups: readonly HostGroup[]): Policy {
  const text = JSON.stringify({
    apiVersion: 'penstock/v1',
    kind: 'EgressPolicy',
    metadata: { name: 'learning', owner: 'penstock' },
    spec: {
      mode: 'audit',
      hostGroups: Object.fromEntries(
        groups.map(({ name, cidrs }) => [name, { cidrs: cidrs.map(formatPrefix) }]),
      ),
      services: { everything: [{ protocol: 'any' }] },
      rules: [
        {
          id: 'everything',
          from: groups.map(({ name }) => name),
          to: { cidrs: ['0.0.0.0/0', '::/0'] },
          services: ['everything'],
        },
      ],
      detectors: Object.fromEntries(ANOMALY_DETECTORS.map((name) => [name, {}])),
    },
  });
  const loaded = loadPolicySources({ entry: 'learning.yaml', files: [{ name: 'learning.yaml', text }] });
  if (loaded.ok) return loaded.policy;
  throw LearnError.refused(loaded.problems.map(formatProblem));
}
