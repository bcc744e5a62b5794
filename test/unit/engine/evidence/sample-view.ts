/** What an engine tells of an incident. */
import { parseAddress } from '../../../../src/address/address.ts';
import type { EvidenceView } from '../../../../src/engine/evidence/evidence-keeper.ts';
import { FlowRows, type Sighting } from '../../../../src/engine/evidence/flow-rows.ts';
import type { Flow } from '../../../../src/flow/flow.ts';
import type { Verdict } from '../../../../src/policy/verdict.ts';

export const NOON = Date.parse('2026-10-05T12:00:00Z');

export function flow(changes: Partial<Flow> = {}): Flow {
  return {
    direction: 'outbound',
    protocol: 6,
    host: parseAddress('10.1.0.10'),
    hostPort: 40_000,
    destination: parseAddress('198.51.100.60'),
    destinationPort: 443,
    translated: parseAddress('198.51.100.60'),
    translatedPort: 443,
    icmpType: -1,
    icmpCode: -1,
    startedAtMs: NOON - 500.25,
    lastSeenAtMs: NOON,
    replied: true,
    ...{ bytesOut: 1_500, bytesIn: 9_000_000_000, packetsOut: 10, packetsIn: 70 },
    ...changes,
  };
}

export type Sighted = readonly [Sighting, Flow, Verdict | undefined, atMs: number];

export function evidenceView(
  sightings: readonly Sighted[] = [],
  changes: Partial<EvidenceView> = {},
): EvidenceView {
  const rows = FlowRows.of(sightings.length);
  for (const [row, sighted] of sightings.entries()) rows.write(row, ...sighted);
  return {
    atMs: NOON,
    policy: { name: 'office', digest: 'd'.repeat(64), mode: 'respond', revision: 2 },
    kernel: { table: 'in-place', verifiedAtMs: NOON, driftRepairs: 0, digest: 'k'.repeat(64) },
    flows: { words: rows.words, numbers: rows.numbers },
    truncated: false,
    forgottenBeforeMs: null,
    rules: ['web-payments'],
    rulesSinceMs: NOON - 3_600_000,
    packets: [],
    ...changes,
  };
}
