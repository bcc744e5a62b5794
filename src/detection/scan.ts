/**
 * Scan: a host tries many addresses on one port, or many ports of one address, and most do not answer.
 *
 * Source: Jung, Paxson, Berger, Balakrishnan, "Fast Portscan Detection Using Sequential Hypothesis Testing" (2004).
 * Formula: each first contact with an address and port moves a log-likelihood ratio, +ln 4 when it fails, -ln 4 when
 * it is answered (a benign host succeeds with 0.8, a scanner with 0.2), never below -ln 99, so that a good
 * past excuses a hiccup and no more. Above ln 99 (wrong once in a hundred) the host scans. Only TCP and ICMP echo count: silence is normal
 * in UDP.
 *
 * A host that merely lives in a broken network fails too, and a file sharing program fails everywhere: sure is only
 * who also fails on one port of many hosts or many ports of one host, `minTargets` of them within `memory`; twice as
 * many on the web's ports, where a browser opens dozens at once and a hiccup of the network fails them all.
 */
import type { Settings } from '../policy/schema/detectors.ts';
import type { Judgement } from './judgement.ts';
import { percent, round, span } from './wording.ts';

const STEP = Math.log(4);
const VERDICT = Math.log(99);
/** So that a host that has stopped is believed within as many contacts. */
const HIGHEST = 20 * STEP;
const WEB = 2;

export interface ScanFacts {
  readonly ratio: number;
  /** The service that failed at the most hosts, `tcp/22`; `icmp` for echo requests. */
  readonly service: string;
  readonly web: boolean;
  /** Different hosts that did not answer there. */
  readonly hosts: number;
  /** The address that failed at the most ports. */
  readonly address: string;
  /** Different ports that did not answer there. */
  readonly ports: number;
  /** First contacts that failed, of those remembered. */
  readonly failed: number;
  readonly contacts: number;
  readonly spanS: number;
  /** Something else of the outside answered meanwhile: it is not the network that is broken. */
  readonly othersAnswer: boolean;
  /** The host is in no host group, and this is the only address that it tried: somebody outside, at the door. */
  readonly atTheDoor: boolean;
}

/** The ratio after one more first contact. */
export function nextRatio(ratio: number, failed: boolean): number {
  return Math.min(HIGHEST, Math.max(-VERDICT, ratio + (failed ? STEP : -STEP)));
}

export function isVerdict(ratio: number): boolean {
  return ratio >= VERDICT;
}

/** How sure it is, before it is put into words; 0: not at all. */
export function scanConfidence(
  facts: Omit<ScanFacts, 'service' | 'address'>,
  { minTargets }: Settings<'scan'>,
): number {
  if (!isVerdict(facts.ratio)) return 0;
  const vertical = isVertical(facts);
  const targets = Math.max(facts.hosts, facts.ports);
  return confidenceOf(targets / (minTargets * (facts.web && !vertical ? WEB : 1)), facts);
}

/** Many ports of one address, not many addresses on one port. */
export function isVertical({ ports, hosts }: Pick<ScanFacts, 'ports' | 'hosts'>): boolean {
  return ports > hosts;
}

export function scan(facts: ScanFacts, settings: Settings<'scan'>): Judgement | undefined {
  const confidence = scanConfidence(facts, settings);
  if (confidence === 0) return undefined;
  const what = isVertical(facts)
    ? `tried ${facts.ports} ports of ${facts.address}`
    : `tried ${facts.hosts} addresses on ${facts.service}`;
  return {
    confidence,
    happened:
      `It ${what} that did not answer, in ${span(facts.spanS)}; ` +
      `${facts.failed} of its last ${facts.contacts} first contacts failed.`,
    normal:
      'Of first contacts that people and their programs make, about 80 % are answered. ' +
      `The odds that this host scans are ${round(Math.exp(Math.min(facts.ratio, 20)))} to 1; ` +
      `${percent(facts.failed / Math.max(1, facts.contacts))} failing is what scanners show.`,
  };
}

/** `reached`: targets, as a share of those that make it sure. */
function confidenceOf(
  reached: number,
  { othersAnswer, atTheDoor }: Pick<ScanFacts, 'othersAnswer' | 'atTheDoor'>,
): number {
  if (atTheDoor) return 0.25;
  const begun = 0.25 + 0.4 * reached;
  // A network that is down fails for whatever is tried; many ports of one host, or hundreds of hosts, it does not.
  if (!othersAnswer && reached < 3) return Math.min(0.6, begun);
  if (reached < 1) return begun;
  return reached < 3 ? 0.85 : 0.92;
}
