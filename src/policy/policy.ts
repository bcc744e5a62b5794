/**
 * A policy, checked and resolved: what the loader hands out. Plain data (it crosses to a worker thread by structured
 * clone); references by name are known to hold. Times are ms since the epoch, spans ms, sizes bytes. Where in the files
 * all but its tests stands is kept apart (places.ts).
 */
import type { Prefix } from '../address/address.ts';
import type { Feed, FeedContent } from './feed/feed.ts';
import type { NameSettings } from './names.ts';
import type { PrefixColumns } from './prefix-columns.ts';
import type { Place } from './problem.ts';
import type { DetectorSettings } from './schema/detectors.ts';
import type { EvidenceSettings } from './schema/evidence.ts';
import type { BreakerSettings, Guardrails } from './schema/guardrails.ts';
import type { NamedProbe, Probe } from './schema/probe.ts';
import type { DetectorName } from './schema/response.ts';
import type { Limits } from './schema/rule.ts';
import type { Schedule } from './schema/schedule.ts';

export type {
  BreakerSettings,
  DetectorName,
  DetectorSettings,
  EvidenceSettings,
  Guardrails,
  Limits,
  Schedule,
};

/** Everything that was read, as text: enough to load the policy again without the file system. */
export interface PolicySources {
  /** Name of the entry file; names are relative to its folder, with `/`. */
  readonly entry: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** The networks in `cidrs` without those in `except`, whatever their order and length. */
export interface AddressGroup {
  readonly name: string;
  readonly cidrs: readonly Prefix[];
  readonly except: readonly Prefix[];
}

/** `fqdns`: names whose addresses belong to the set too. */
export interface AddressSet extends AddressGroup {
  readonly fqdns: readonly string[];
}

/**
 * Services and ICMP types of a rule in one number space, both ends included:
 *
 *    23      16 15                    0
 *   +----------+-----------------------+
 *   | protocol | destination port      |   ICMP: type << 8 | code
 *   +----------+-----------------------+
 */
export interface KeyRange {
  readonly first: number;
  readonly last: number;
}

export interface Rule {
  readonly id: string;
  readonly description: string | null;
  /** Names of host groups. */
  readonly from: readonly string[];
  readonly to: { readonly sets: readonly string[]; readonly cidrs: readonly Prefix[] };
  /** Names of services; `keys` is what they and `icmp` come to, sorted and merged. */
  readonly services: readonly string[];
  readonly keys: readonly KeyRange[];
  readonly limits: Limits | null;
  readonly schedule: string | null;
  readonly owner: string | null;
  readonly ticket: string | null;
  /** From this moment on the rule allows nothing. */
  readonly expiresMs: number | null;
}

export interface DenyList {
  readonly id: string;
  readonly reason: string;
  /** Of a URL: none until it was fetched. */
  readonly prefixes: PrefixColumns;
  /** Which content `prefixes` is, once it was read after the policy was. */
  readonly content: FeedContent | null;
  /** Where the prefixes come from and how they are kept fresh; null for an inline list. */
  readonly feed: Feed | null;
}

/** What to do about a finding; defaults are filled in. */
export type Answer =
  | { readonly action: 'alert' }
  | {
      readonly action: 'block';
      readonly target: 'flow' | 'destination';
      readonly ttlMs: number;
      readonly approval: Approval;
      readonly canary: Canary;
    }
  | {
      readonly action: 'quarantine';
      readonly target: 'host';
      readonly ttlMs: number;
      readonly approval: Approval;
      readonly allowTo: readonly Prefix[];
      readonly canary: Canary;
    };

/** Names of the host groups that it acts on; null: on all. */
export type Canary = readonly string[] | null;

/** provisional: the block stands at once for `holdForMs`; required: nothing is pushed until approved. */
export type Approval =
  | { readonly kind: 'none' }
  | { readonly kind: 'provisional'; readonly holdForMs: number }
  | { readonly kind: 'required'; readonly timeoutMs: number };

export interface Response {
  readonly default: Answer;
  readonly byDetector: Readonly<Partial<Record<DetectorName, Answer>>>;
}

/** In mode enforce. */
export interface Enforcement {
  /** What becomes of a packet that no rule allows. */
  readonly denyWith: 'drop' | 'reject';
}

export interface NeverBlock {
  readonly destinations: readonly Prefix[];
  readonly sources: readonly Prefix[];
  readonly ports: readonly { readonly protocol: number; readonly first: number; readonly last: number }[];
}

export interface PolicyTest {
  readonly name: string;
  readonly from: Prefix['address'];
  readonly atMs: number | null;
  readonly accept: readonly (Probe | NamedProbe)[];
  readonly deny: readonly (Probe | NamedProbe)[];
  readonly place: Place;
}

export interface Policy {
  readonly name: string;
  readonly owner: string | null;
  readonly description: string | null;
  /** audit: only report; respond: act on findings; enforce: also drop in the kernel what no rule allows. */
  readonly mode: 'audit' | 'respond' | 'enforce';
  readonly hostGroups: readonly AddressGroup[];
  readonly addressSets: readonly AddressSet[];
  readonly services: readonly { readonly name: string; readonly keys: readonly KeyRange[] }[];
  readonly schedules: readonly { readonly name: string; readonly schedule: Schedule }[];
  readonly rules: readonly Rule[];
  readonly denyLists: readonly DenyList[];
  readonly enforcement: Enforcement;
  readonly neverBlock: NeverBlock;
  /** null: no address set has names. */
  readonly names: NameSettings | null;
  /** Detectors that are switched on, with their settings. */
  readonly detectors: Readonly<DetectorSettings>;
  readonly response: Response;
  readonly guardrails: Guardrails;
  /** What is kept of an incident. */
  readonly evidence: EvidenceSettings;
  readonly tests: readonly PolicyTest[];
  readonly sources: PolicySources;
  /** SHA-256 of the sources in hex; line ends do not count. */
  readonly digest: string;
}
