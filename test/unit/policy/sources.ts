/** Policies made of text, for the tests of this room. */

import { parseAddress } from '../../../src/address/address.ts';
import { type LoadResult, loadPolicySources } from '../../../src/policy/loader.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { probeFlow } from '../../../src/policy/policy-tests.ts';
import { parseProbe } from '../../../src/policy/schema/probe.ts';
import type { FlowQuestion } from '../../../src/policy/verdict.ts';

export const NOW = Date.parse('2026-10-05T12:00:00Z');

/** Files by name; the first is the entry. */
export function loadText(files: Readonly<Record<string, string>>, nowMs = NOW): LoadResult {
  const [entry] = Object.keys(files);
  const list = Object.entries(files).map(([name, text]) => ({ name, text }));
  return loadPolicySources({ entry, files: list }, { nowMs });
}

/** A whole policy around the lines of `spec` (indented by two); `mode` is line 5. */
export function policyText(spec: string, head = ''): string {
  return `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: t, owner: o}
${head}spec:
  mode: respond
${spec}`;
}

export function loadGood(spec: string, more: Readonly<Record<string, string>> = {}, head = ''): Policy {
  const result = loadText({ 'p.yaml': policyText(spec, head), ...more });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

/** `10.1.0.1` and `203.0.113.1:443/tcp` as an outbound flow. */
export function flow(from: string, probe: string, change: Partial<FlowQuestion> = {}): FlowQuestion {
  return { ...probeFlow(parseAddress(from), parseProbe(probe)), ...change };
}
