/**
 * Who is who in a labelled capture. Labels are of flows, and a malicious flow has two ends, so:
 *
 *   infected    a person says so; or it opened malicious flows, and is one of ours (in a host group) or at least one
 *               of them went elsewhere than to benign hosts
 *   benign      a person says so; or it opened benign flows and no malicious ones
 *   attacker    it opened malicious flows, all of them to benign hosts, and is none of ours: somebody outside, at the
 *               door. A host whose own flows are called benign was attacked, not taken
 *   unknown     nothing is said of what it opened
 *
 * Whatever a person says comes first. Memory: one entry for each source of labelled flows.
 */
import { type Address, formatAddress } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import { emptyRecordedFlow, type RecordedFlow } from '../flow/recorded/recorded-flow.ts';
import type { RecordedFlows } from '../flow/recorded/recorded-flows.ts';

export type Role = 'infected' | 'benign' | 'attacker';

/** A host that something is said of; of all others nothing is known. */
export interface LabelledHost {
  /** Canonical text. */
  readonly host: string;
  readonly role: Role;
  /** Flows that it opened. */
  readonly flows: number;
  /** Starts of the first and the last of them. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** When the attack began, infected hosts only. */
  readonly attackMs: number | null;
}

/** What a person says, whatever the labels are. */
export interface Named {
  readonly infected: readonly Address[];
  readonly benign: readonly Address[];
  /** When the attack by the infected hosts that are named began; null: by the labels, or at their first flow. */
  readonly attackStartMs: number | null;
}

export const NOBODY_NAMED: Named = { infected: [], benign: [], attackStartMs: null };

interface Source {
  readonly host: string;
  readonly named: 'infected' | 'benign' | undefined;
  flows: number;
  firstMs: number;
  lastMs: number;
  benign: number;
  maliciousFromMs: number | null;
  /** It opened malicious flows to others than benign hosts. */
  spreads: boolean;
}

/** `isOurs` tells whether an address is in a host group. */
export function labelledHosts(
  flows: RecordedFlows,
  isOurs: (address: Address) => boolean,
  named: Named = NOBODY_NAMED,
): LabelledHost[] {
  const sources = new AddressMap<Source>();
  const all: Source[] = [];
  const add = (address: Address, role?: 'infected' | 'benign') => {
    const source = newSource(address, role);
    sources.set(address, source);
    all.push(source);
  };
  for (const address of named.infected) add(address, 'infected');
  for (const address of named.benign) add(address, 'benign');
  forEachFlow(flows, ({ label, source }) => {
    if (label !== 'unknown' && sources.get(source) === undefined) add(source);
  });
  forEachFlow(flows, (flow) => count(sources.get(flow.source), flow));
  forEachFlow(flows, ({ label, source, destination }) => {
    const attacker = label === 'malicious' ? sources.get(source) : undefined;
    if (attacker !== undefined && (isOurs(source) || !isBenign(sources.get(destination))))
      attacker.spreads = true;
  });
  return all.filter((source) => source.flows > 0).map((source) => hostOf(source, named));
}

function forEachFlow(flows: RecordedFlows, visit: (flow: RecordedFlow) => void): void {
  const flow = emptyRecordedFlow();
  for (let place = 0; place < flows.length; place++) {
    flows.read(place, flow);
    visit(flow);
  }
}

function newSource(address: Address, named: Source['named']): Source {
  return {
    host: formatAddress(address),
    named,
    flows: 0,
    firstMs: Number.POSITIVE_INFINITY,
    lastMs: 0,
    benign: 0,
    maliciousFromMs: null,
    spreads: false,
  };
}

function count(source: Source | undefined, { startedAtMs, label }: RecordedFlow): void {
  if (source === undefined) return;
  source.flows++;
  source.firstMs = Math.min(source.firstMs, startedAtMs);
  source.lastMs = Math.max(source.lastMs, startedAtMs);
  if (label === 'benign') source.benign++;
  if (label === 'malicious')
    source.maliciousFromMs = Math.min(source.maliciousFromMs ?? startedAtMs, startedAtMs);
}

function isBenign(source: Source | undefined): boolean {
  if (source === undefined || source.named === 'infected') return false;
  return source.named === 'benign' || (source.benign > 0 && source.maliciousFromMs === null);
}

function roleOf(source: Source): Role {
  if (source.named !== undefined) return source.named;
  if (isBenign(source)) return 'benign';
  return source.spreads ? 'infected' : 'attacker';
}

function hostOf(source: Source, { attackStartMs }: Named): LabelledHost {
  const { host, flows, firstMs, lastMs, maliciousFromMs } = source;
  const role = roleOf(source);
  const named = source.named === undefined ? null : attackStartMs;
  const attackMs = role === 'infected' ? (named ?? maliciousFromMs ?? firstMs) : null;
  return { host, role, flows, firstMs, lastMs, attackMs };
}
