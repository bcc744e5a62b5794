/** Flows and hosts as the main thread asks for them, a page at a time; see flow-listing.ts and host-listing.ts. */
import type { HostOrder, ProfileLine, ProfileSummary } from '../detection/profile-summary.ts';
import type { FlowOrder } from '../flow/flow-selection.ts';

export interface FlowFilter {
  host?: string | undefined;
  destination?: string | undefined;
  protocol?: number | undefined;
  /** Of the destination. */
  port?: number | undefined;
  verdict?: 'allow' | 'deny' | 'exempt' | undefined;
  /** Id of the rule that allows it, or of the deny list that it is on. */
  rule?: string | undefined;
  /** `started` when left out; the highest first. */
  sort?: FlowOrder | undefined;
  /** `next` of the page before. */
  after?: string | undefined;
  limit: number;
}

export interface FlowView {
  direction: 'outbound' | 'inbound' | 'foreign';
  protocol: number;
  host: string;
  hostPort: number;
  destination: string;
  destinationPort: number;
  /** null without NAT. */
  translated: string | null;
  translatedPort: number | null;
  startedAtMs: number;
  lastSeenAtMs: number;
  replied: boolean;
  bytesOut: number;
  bytesIn: number;
  packetsOut: number;
  packetsIn: number;
  verdict: 'allow' | 'deny' | 'exempt';
  /** Rule id, deny list id, or why the policy has no say. */
  because: string;
}

/** `groups` are the host groups of the policy in force. */
export type HostView = ProfileSummary & { readonly host: string; readonly groups: readonly string[] };
export type HostLine = ProfileLine & Pick<HostView, 'host' | 'groups'>;

export interface HostFilter {
  /** A host group of the policy in force. */
  group?: string | undefined;
  /** `lastSeen` when left out; the highest first. */
  sort?: HostOrder | undefined;
  /** `next` of the page before. */
  after?: string | undefined;
  limit: number;
}

export interface HostListing {
  hosts: HostLine[];
  established: number;
  truncated: boolean;
  /** Where to read on; null: this is the last page. */
  next: string | null;
}

export interface FlowListing {
  flows: FlowView[];
  standing: number;
  /** There may be more. */
  truncated: boolean;
  /** Where to read on; a page may have fewer flows than `limit` and still not be the last. null: it is. */
  next: string | null;
}
