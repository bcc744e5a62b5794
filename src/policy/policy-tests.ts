/** The tests that a policy carries in itself. */
import { type Address, type Family, formatAddress } from '../address/address.ts';
import { type CompiledPolicy, compilePolicy } from './compiled-policy.ts';
import type { Policy, PolicyTest } from './policy.ts';
import { ProbeNames } from './probe-names.ts';
import type { Place } from './problem.ts';
import type { NamedProbe, Probe } from './schema/probe.ts';
import { ICMPV4, ICMPV6 } from './schema/protocol.ts';
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
  // Compiling a large policy takes longer than all else that is done with it here.
  if (policy.tests.length === 0) return [];
  const names = new ProbeNames(policy);
  const compiled = compilePolicy(policy, names);
  return policy.tests.map((test) => {
    const failures = runTest(compiled, names, test, test.atMs ?? nowMs);
    return { name: test.name, place: test.place, passed: failures.length === 0, failures };
  });
}

function runTest(
  compiled: CompiledPolicy,
  names: ProbeNames,
  { from, accept, deny }: PolicyTest,
  atMs: number,
): string[] {
  if (!compiled.isOurs(from)) return [`${formatAddress(from)} is in no host group: it is not judged at all`];
  const failures: string[] = [];
  for (const [probes, wanted] of [
    [accept, 'allow'],
    [deny, 'deny'],
  ] as const) {
    for (const probe of probes) {
      if ('name' in probe && !hasFamily(probe, from.family)) {
        failures.push(`${probe.text}: ${formatAddress(from)} is of the other family than this protocol`);
        continue;
      }
      const flow = 'name' in probe ? namedFlow(compiled, names, from, probe, atMs) : probeFlow(from, probe);
      const { kind } = compiled.evaluate(flow, atMs);
      if (kind === wanted) continue;
      const why = compiled.explain(flow, atMs).join('; ');
      // Of the address that stands in for a name nobody has heard.
      const told = 'name' in probe ? why.replaceAll(formatAddress(flow.destination), probe.name) : why;
      failures.push(`${probe.text}: expected ${wanted}, got ${kind}: ${told}`);
    }
  }
  return failures;
}

function hasFamily({ protocol }: NamedProbe, family: Family): boolean {
  return protocol !== (family === 4 ? ICMPV6 : ICMPV4);
}

function namedFlow(
  compiled: CompiledPolicy,
  names: ProbeNames,
  from: PolicyTest['from'],
  probe: NamedProbe,
  atMs: number,
): FlowQuestion {
  const flowTo = (destination: Address) => probeFlow(from, { ...probe, destination });
  const judge = (address: Address) => compiled.evaluate(flowTo(address), atMs);
  return flowTo(names.standInFor(probe.name, from.family, judge));
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
