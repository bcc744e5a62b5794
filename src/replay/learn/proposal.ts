/** A proposed policy: plain data with addresses as text, for the file (policy-text.ts) and for programs. */
import type { Severity } from '../../incident/incident.ts';
import type { HostChoice } from './own-hosts.ts';
import type { Unlearnt } from './traffic.ts';

export interface Proposal {
  /** Of the policy. */
  readonly name: string;
  /** What a reviewer must know of where the traffic comes from. */
  readonly notes: readonly string[];
  readonly traffic: TrafficSummary;
  readonly hostChoice: HostChoice;
  readonly hostGroups: readonly ProposedGroup[];
  readonly services: readonly ProposedService[];
  /** In the order of the file: those for everybody, those of each group, those seen once. */
  readonly rules: readonly ProposedRule[];
  readonly withheld: Withheld;
  readonly failures: Failures;
  readonly tests: readonly ProposedTest[];
}

/** Times in ms since the epoch, or since the capture began; null when there are no flows. */
export interface TrafficSummary {
  readonly flows: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly learnt: number;
  readonly withheld: number;
  readonly unlearnt: Readonly<Record<Unlearnt, number>>;
}

export interface ProposedGroup {
  readonly name: string;
  readonly cidrs: readonly string[];
  readonly hosts: number;
  readonly remark: string | null;
}

export interface ProposedService {
  readonly name: string;
  /** Name, or number of one without. */
  readonly protocol: string | number;
  readonly ports: readonly (number | string)[] | null;
}

export interface Seen {
  readonly hits: number;
  /** Hosts. */
  readonly sources: number;
  /** null when nothing was answered. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly bytesOut: number;
}

export interface ProposedNetwork extends Seen {
  readonly cidr: string;
  /** Addresses seen in it. */
  readonly addresses: number;
}

export interface ProposedRule extends Seen {
  readonly id: string;
  /** all: of every host group of the family. */
  readonly section: 'all' | 'group' | 'once';
  readonly from: readonly string[];
  readonly networks: readonly ProposedNetwork[];
  readonly services: readonly string[];
  readonly icmp: readonly {
    readonly family: 'ipv4' | 'ipv6';
    readonly types: readonly (string | number)[];
  }[];
  readonly remarks: readonly string[];
}

/** Why something is withheld. */
export interface Charge {
  readonly severity: Severity;
  /** The detector, or denyList. */
  readonly cause: string;
  readonly host: string;
  readonly reason: string;
}

/** One suspicious destination, or one host that is suspicious as a whole, and what is not allowed therefore. */
export interface WithheldCase {
  readonly charges: readonly Charge[];
  /** null: the host as a whole. */
  readonly destination: string | null;
  /** Flows to it that failed besides. */
  readonly failed: number;
  /** Rules that would allow what was seen; none when nothing was. */
  readonly rules: readonly ProposedRule[];
}

export interface Withheld {
  /** The worst first. */
  readonly cases: readonly WithheldCase[];
  /** Services that only these name. */
  readonly services: readonly ProposedService[];
  /** Cases that are not listed, because nobody would read them. */
  readonly unlisted: number;
}

export interface Failures {
  /** The most frequent services and destinations of which nothing was ever answered. */
  readonly most: readonly {
    readonly group: string;
    readonly service: string;
    readonly destination: string;
    readonly flows: number;
    readonly sources: number;
  }[];
  /** How many more there are. */
  readonly others: number;
}

export interface ProposedTest {
  readonly name: string;
  readonly from: string;
  readonly accept: readonly string[];
  readonly deny: readonly string[];
}
