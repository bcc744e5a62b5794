/** Recorded flows for tests, told in few words. */
import { parseAddress } from '../../../../src/address/address.ts';
import { emptyRecordedFlow, type RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { RecordedFlows } from '../../../../src/flow/recorded/recorded-flows.ts';
import { compilePolicy } from '../../../../src/policy/compiled-policy.ts';
import { loadPolicySources } from '../../../../src/policy/loader.ts';
import { formatProblem } from '../../../../src/policy/problem.ts';
import type { FlowQuestion, Verdict } from '../../../../src/policy/verdict.ts';
import { type LearnOptions, learnFlows } from '../../../../src/replay/learn/learn.ts';
import { policyText } from '../../../../src/replay/learn/policy-text.ts';

export const START_MS = Date.parse('2026-10-05T08:00:00Z');
const TCP = 6;
/** Not the web's, where programs of good will call home too. */
export const BEACON_PORT = 4711;

export interface Told {
  from: string;
  to: string;
  port?: number;
  protocol?: number;
  icmp?: number;
  /** Seconds after the start. */
  at?: number;
  lasts?: number;
  out?: number;
  outcome?: RecordedFlow['outcome'];
}

export function flow(told: Told): RecordedFlow {
  const { from, to, protocol = TCP, port = protocol === TCP ? 443 : 0, outcome = 'answered' } = told;
  const answered = outcome === 'answered';
  return {
    ...emptyRecordedFlow(),
    startedAtMs: START_MS + (told.at ?? 0) * 1000,
    durationMs: (told.lasts ?? 1) * 1000,
    protocol,
    source: parseAddress(from),
    sourcePort: 40_000,
    destination: parseAddress(to),
    destinationPort: port,
    icmpType: told.icmp ?? -1,
    icmpCode: told.icmp === undefined ? -1 : 0,
    bytesOut: told.out ?? 500,
    packetsOut: 5,
    bytesIn: answered ? 2_000 : outcome === 'refused' ? 40 : 0,
    packetsIn: answered ? 6 : outcome === 'refused' ? 1 : 0,
    outcome,
  };
}

export function recording(all: readonly Told[]): RecordedFlows {
  const flows = new RecordedFlows();
  for (const told of all) flows.push(flow(told));
  return flows;
}

export const OPTIONS: LearnOptions = { name: 'office', groupBits: 24 };

export function proposalOf(all: readonly Told[], options: Partial<LearnOptions> = {}) {
  return learnFlows(recording(all), { ...OPTIONS, ...options });
}

/** The proposal, its file, and the policy that the file is. */
export function learnt(all: readonly Told[], options: Partial<LearnOptions> = {}) {
  const proposal = proposalOf(all, options);
  const text = policyText(proposal);
  return { proposal, text, ...loaded(text) };
}

export function loaded(text: string) {
  const result = loadPolicySources({ entry: 'office.yaml', files: [{ name: 'office.yaml', text }] });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  const compiled = compilePolicy(result.policy);
  const verdict = (told: Told): Verdict =>
    compiled.evaluate(
      question(flow(told), (address) => compiled.isOurs(address)),
      START_MS,
    );
  return { policy: result.policy, warnings: result.warnings, compiled, verdict };
}

/** As the playback asks it: without NAT. */
export function question(
  { source, destination, destinationPort, protocol, icmpType, icmpCode }: RecordedFlow,
  isOurs: (address: RecordedFlow['source']) => boolean,
): FlowQuestion {
  return {
    direction: isOurs(source) ? 'outbound' : 'foreign',
    protocol,
    host: source,
    destination,
    destinationPort,
    translated: destination,
    translatedPort: destinationPort,
    icmpType,
    icmpCode,
  };
}

/** A program that calls home: so many calls with the same pause and the same sizes. */
export function beacon(
  from: string,
  to: string,
  { calls = 200, everyS = 300, port = BEACON_PORT, at = 0 } = {},
): Told[] {
  return Array.from({ length: calls }, (_, i) => ({ from, to, port, at: at + i * everyS, out: 312 }));
}

/** A search for an open service: each address refuses, but for those that answer. */
export function scan(from: string, { targets = 60, port = 445, at = 0, answering = 0 } = {}): Told[] {
  return Array.from({ length: targets }, (_, i) => ({
    from,
    to: `203.0.113.${i + 1}`,
    port,
    at: at + i,
    outcome: i < targets - answering ? ('refused' as const) : ('answered' as const),
  }));
}
