/** The tests that a policy carries in itself. */
import { formatAddress } from '../address/address.ts';
import { type CompiledPolicy, compilePolicy } from './compiled-policy.ts';
import type { Policy, PolicyTest } from './policy.ts';
import type { Place } from './problem.ts';
import type { Probe } from './schema/probe.ts';
import type { FlowQuestion } from './verdict.ts';

export interface PolicyTestResult {
  readonly name: string;
  readonly place: Place;
  readonly passed: boolean;
  /** One a probe that went wrong, with the reason. */
  readonly failures: readonly string[];
}

/** Run all tests. `nowMs`: the moment for tests that name none. */
export function runPolicyTests(policy: Policy, nowMs: number = Date.now()): PolicyTestResult[] {
  const compiled = compilePolicy(policy);
  return policy.tests.map((test) => {
    const failures = runTest(compiled, test, test.atMs ?? nowMs);
    return { name: test.name, place: test.place, passed: failures.length === 0, failures };
  });
}

function runTest(compiled: CompiledPolicy, { from, accept, deny }: PolicyTest, atMs: number): string[] {
  if (!compiled.isOurs(from)) return [`${formatAddress(from)} is in no host group: it is not judged at all`];
  const failures: string[] = [];
  for (const [probes, wanted] of [
    [accept, 'allow'],
    [deny, 'deny'],
  ] as const) {
    for (const probe of probes) {
      const flow = probeFlow(from, probe);
      const { kind } = compiled.evaluate(flow, atMs);
      if (kind === wanted) continue;
      failures.push(
        `${probe.text}: expected ${wanted}, got ${kind}: ${compiled.explain(flow, atMs).join('; ')}`,
      );
    }
  }
  return failures;
}

/** The flow that a probe stands for: outbound, without NAT, ICMP code 0. */
export function probeFlow(
  host: PolicyTest['from'],
  { destination, port, protocol, icmpType }: Probe,
): FlowQuestion {
  return {
    direction: 'outbound',
    protocol,
    host,
    destination,
    destinationPort: port,
    translated: destination,
    translatedPort: port,
    icmpType,
    icmpCode: icmpType < 0 ? -1 : 0,
  };
}
