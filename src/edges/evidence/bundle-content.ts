/**
 * The files of a bundle:
 *
 *   incident.json    as it was when the bundle was sealed
 *   flows.json       what its host, and whom it talked to, did before, and after until the bundle was sealed
 *   decisions.json   the ledger's entries of the incident and its decisions
 *   profile.json     what was usual of the host; null: nothing was known
 *   policy.json      the policy in force: digest, the rules spoken of, the files' text
 *   kernel.json      the table's state and digest
 *   packets.pcapng   where the policy asks for packets
 */

import type { HostView } from '../../engine/commands.ts';
import type { EvidenceView } from '../../engine/evidence/evidence-keeper.ts';
import { FlowRows, type SeenFlow } from '../../engine/evidence/flow-rows.ts';
import { type CaughtPacket, writePcapng } from '../../evidence/pcapng.ts';
import type { BundleFile } from '../../evidence/tar.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Entry, EntryBodies } from '../../ledger/entry.ts';
import { fileTexts, ruleTexts } from './policy-text.ts';

/** A flow as a person reads it: the rule by its id. */
type ToldFlow = Omit<SeenFlow, 'ruleIndex'> & { readonly rule: string | null };

export interface BundleContent {
  readonly incident: Incident;
  readonly before: EvidenceView;
  /** undefined: the engine did not answer any more. */
  readonly after: EvidenceView | undefined;
  readonly profile: HostView | null;
  readonly trail: readonly Entry[];
  readonly policy: EntryBodies['policy.stored'] | undefined;
  /** null: the policy did not ask for packets. */
  readonly packets: readonly CaughtPacket[] | null;
  readonly snaplen: number;
  readonly version: string;
}

export function bundleFiles(content: BundleContent): BundleFile[] {
  const { incident, before, after, profile, trail, packets } = content;
  const flows = flowsOf(before, after);
  const { table, digest, verifiedAtMs, driftRepairs, contestedBy, error } = before.kernel;
  return [
    json('incident.json', incident),
    json('flows.json', flows),
    json('decisions.json', trail),
    json('profile.json', profile),
    json('policy.json', policyOf(content, flows)),
    json('kernel.json', { atMs: before.atMs, table, digest, verifiedAtMs, driftRepairs, contestedBy, error }),
    ...(packets === null ? [] : [{ name: 'packets.pcapng', content: pcapngOf(content, packets) }]),
  ];
}

function flowsOf(before: EvidenceView, after: EvidenceView | undefined) {
  const [first, second] = [toldFlows(before), after ? toldFlows(after) : []];
  const isStanding = ({ sighting }: ToldFlow) => sighting === 'standing';
  return {
    before: first.filter((flow) => !isStanding(flow)),
    standing: first.filter(isStanding),
    after: second.filter((flow) => !isStanding(flow)),
    standingAfter: second.filter(isStanding),
  };
}

function toldFlows({ flows, rules, rulesSinceMs }: EvidenceView): ToldFlow[] {
  const rows = new FlowRows(flows.words, flows.numbers);
  return Array.from({ length: rows.length }, (_, row) => {
    const { ruleIndex, ...flow } = rows.read(row);
    // Before that the place was another rule's.
    const known = ruleIndex !== null && flow.seenAtMs >= rulesSinceMs;
    return { ...flow, rule: known ? (rules[ruleIndex] ?? null) : null };
  });
}

function policyOf({ before, incident, policy }: BundleContent, flows: ReturnType<typeof flowsOf>) {
  const named = Object.values(flows)
    .flat()
    .flatMap(({ rule }) => (rule === null ? [] : [rule]));
  const ids = new Set([...(incident.source === null ? [] : [incident.source]), ...named]);
  return {
    ...before.policy,
    rules: policy ? ruleTexts(policy.sources, ids) : [],
    files: policy ? fileTexts(policy.sources) : [],
  };
}

function pcapngOf(
  { incident, snaplen, version }: BundleContent,
  packets: readonly CaughtPacket[],
): Uint8Array {
  const comment = `${incident.id}: ${incident.host} and ${incident.destination ?? 'all it talked to'}`;
  const sorted = [...packets].sort((one, other) => one.atMs - other.atMs);
  return writePcapng(sorted, { application: `Penstock ${version}`, comment, snaplen });
}

function json(name: string, value: unknown): BundleFile {
  return { name, content: Buffer.from(`${JSON.stringify(value, null, 1)}\n`) };
}
