/**
 * What the main thread asks of the engine, and what the engine tells it. All of it is plain data that crosses a
 * MessagePort by structured clone.
 *
 *   main thread  -- Command {call, name, params} -->  engine thread
 *   main thread  <-- Reply  {call, result|refusal} --  engine thread
 *   main thread  <-- Notice {notice: ...} -----------  engine thread
 */

import type { BreakerState } from '../decision/circuit-breaker.ts';
import type { Decision, Target } from '../decision/decision.ts';
import type { Operator, OperatorPath } from '../decision/operators.ts';
import type { Incident } from '../incident/incident.ts';
import type { Judgement, Suppression } from '../incident/suppression.ts';
import type { EntryDraft } from '../ledger/entry.ts';
import type { ProposedPolicy } from '../ledger/proposed-policy.ts';
import type { DenyList, Policy } from '../policy/policy.ts';
import type { EvidenceSettings } from '../policy/schema/evidence.ts';
import type { DenyPreloadStatus } from './deny-preload.ts';
import type { EvidenceQuestion, EvidenceView } from './evidence/evidence-keeper.ts';
import type { FlowPage } from './flow-page.ts';
import type { FlowFilter, HostFilter, HostListing, HostView } from './listing.ts';
import type { EngineMeasures } from './measure/measures.ts';
import type { NameFilter, NameListing } from './name-listing.ts';
import type { CutPath } from './operator-path.ts';
import type { RuleListing } from './rule-hits.ts';
import type { Tallied } from './tally.ts';
import type { DrainedTraffic } from './traffic-totals.ts';

export type {
  FlowFilter,
  FlowListing,
  FlowView,
  HostFilter,
  HostLine,
  HostListing,
  HostView,
} from './listing.ts';

/** Who asked: the name of a token, or `file` for the policy file at start and at SIGHUP. */
export type Actor = string;

export interface Commands {
  status: { params: Record<never, never>; result: EngineStatus };
  /** What was counted and timed, for the metrics. */
  measures: { params: Record<never, never>; result: EngineMeasures };
  /** Of which incidents evidence is kept; null before there is a policy. */
  evidenceSettings: { params: Record<never, never>; result: { settings: EvidenceSettings | null } };
  /** What is known now of an incident's host and of whom it talked to. */
  evidence: { params: EvidenceQuestion; result: EvidenceView };
  /** The rules in force and how often each was used. */
  rules: { params: Record<never, never>; result: RuleListing };
  /** What `applyPolicy` would change; changes nothing. */
  planPolicy: { params: { policy: Policy }; result: PolicyPlan };
  applyPolicy: {
    /** `confirmWithinMs`: taken back after this time unless confirmed; absent, it stays. */
    params: {
      policy: Policy;
      actor: Actor;
      reason: string;
      confirmWithinMs?: number;
      force?: boolean;
      /** Only while the policy in force has one of these digests. */
      insteadOf?: readonly string[];
    };
    /**
     * `trial`: what waits to be confirmed; null when nothing does. `proposal`: it waits for a second person and is not
     * in force; null where one is enough.
     */
    result: {
      revision: number;
      changed: boolean;
      trial: TrialStatus | null;
      proposal: ProposedPolicy | null;
    };
  };
  /** The second person wants the proposed change: it is carried out. */
  approvePolicy: { params: Answering; result: { proposal: ProposedPolicy; revision: number } };
  rejectPolicy: { params: Answering; result: ProposedPolicy };
  proposedPolicy: { params: Record<never, never>; result: { proposal: ProposedPolicy | null } };
  /** The policy that waits to be confirmed stays. `revision`: the one that is meant; any, when left out. */
  confirm: { params: { revision?: number; actor: Actor; reason: string }; result: Confirmation };
  /** Fresh content of the deny lists of the policy with this digest; refused when another one is in force. */
  refreshDenyLists: {
    params: { policyDigest: string; lists: readonly DenyList[] };
    result: Record<never, never>;
  };
  /** A block or quarantine by a person; stands at once, unless it takes a second one. */
  enact: {
    /** `force`: though it cuts an operator's path. */
    params: { target: Target; ttlMs: number; actor: Actor; reason: string; force?: boolean };
    result: Decision;
  };
  approve: { params: Answering & { force?: boolean }; result: Decision };
  reject: { params: Answering; result: Decision };
  revoke: { params: Answering; result: Decision };
  /** The last change of one decision is taken back; makes a new revision. */
  undo: { params: Answering; result: Undone };
  closeIncident: { params: Closing; result: ClosedIncident };
  revokeSuppression: { params: Answering; result: Suppression };
  /** How many findings each has silenced since the engine started, by id; none that has ended. */
  suppressionHits: { params: { ids: readonly string[] }; result: Readonly<Record<string, number>> };
  /** Policy and standing decisions become those of revision `to`; makes a new revision. */
  rollback: {
    /** `confirmWithinMs`: taken back after this time unless confirmed; absent, it stays. */
    params: { to: number; actor: Actor; reason: string; confirmWithinMs?: number; force?: boolean };
    /** `proposal`: it waits for a second person, and nothing was changed. */
    result: RollbackResult & { trial: TrialStatus | null; proposal: ProposedPolicy | null };
  };
  /** Somebody works from this address: it is protected for a while. */
  noteOperator: { params: { path: OperatorPath; actor: Actor }; result: Record<never, never> };
  operators: { params: Record<never, never>; result: { operators: Operator[] } };
  breaker: { params: Record<never, never>; result: BreakerState };
  /** A person's stop: automation only alerts from here on. */
  openBreaker: { params: { actor: Actor; reason: string }; result: BreakerState };
  closeBreaker: { params: { actor: Actor; reason: string }; result: BreakerState };
  /** How that went which `bootFileWritten` asks for; null: well. */
  bootFileSettled: { params: { failure: string | null }; result: Record<never, never> };
  /** See flow-page.ts. */
  flows: { params: FlowFilter; result: FlowPage };
  /** Names that are known; `name`: this one only. */
  names: { params: NameFilter; result: NameListing };
  /** What is known of one host, established or not. */
  profile: { params: { host: string }; result: HostView };
  /** Established hosts, the one seen last first. */
  profiles: { params: HostFilter; result: HostListing };
  /** A piece of what was sent and received since the drain before; asked by one only. */
  drainTraffic: { params: Record<never, never>; result: DrainedTraffic };
  /** Write entries on behalf of an edge (a token made, an alert given up), so that the engine stays the one writer. */
  record: { params: { entries: EntryDraft[] }; result: { seq: number } };
  /** Leave the kernel as it is, close everything, end the thread. */
  stop: { params: Record<never, never>; result: Record<never, never> };
}

export interface Answering {
  id: string;
  actor: Actor;
  reason: string;
}

/** One that time has closed already only gets its verdict. */
export interface Closing extends Answering {
  verdict: Judgement;
  /** As false: for how long what its evidence says is not reported. null: it is reported again. */
  suppressForMs: number | null;
}

export interface ClosedIncident {
  incident: Incident;
  /** What it taught. */
  suppressions: readonly Suppression[];
  /** Why it taught nothing, where it was asked to. */
  note: string | null;
}

export type CommandName = keyof Commands;
export type Params<N extends CommandName> = Commands[N]['params'];
export type Result<N extends CommandName> = Commands[N]['result'];

/**
 * Why a command was not carried out; nothing was changed.
 * notFound: no such thing; conflict: its state does not allow it; refused: a guardrail or a check says no;
 * changed: something else stands than the caller takes for granted; failed: the kernel or the ledger said no (`message` says what and what stands now);
 * busy: too many lists are being made.
 */
export interface Refusal {
  code: 'notFound' | 'conflict' | 'refused' | 'changed' | 'failed' | 'busy';
  message: string;
  /** The guardrail that said no, where one did. */
  guardrail?: string;
}

export type Outcome<T> = { ok: true; result: T } | { ok: false; refusal: Refusal };

/** The engine as the edges see it. */
export interface EngineControl {
  /** `cancelled`: nobody waits for the answer any more. */
  call<N extends CommandName>(
    name: N,
    params: Params<N>,
    cancelled?: AbortSignal,
  ): Promise<Outcome<Result<N>>>;
  /** Listen to notices; returns a function that ends it. */
  onNotice(listener: (notice: Notice) => void): () => void;
}

export type Notice =
  /** Entries up to `seq` are in the ledger: the readers' cue. */
  | { notice: 'appended'; seq: number }
  /** A block is in the kernel: milliseconds from the kernel's event to the acknowledged element. */
  | { notice: 'blocked'; latencyMs: number }
  /** The file for the next boot is written, and is to be put in its place for good. */
  | { notice: 'bootFileWritten'; temporary: string; path: string }
  /** Somebody else has touched the table that packets of incidents are caught with. */
  | { notice: 'captureTouched' }
  | {
      notice: 'log';
      level: 'info' | 'warn' | 'error';
      message: string;
      fields: Record<string, string | number>;
    };

export interface EngineStatus {
  mode: 'audit' | 'respond' | 'enforce';
  startedAtMs: number;
  policy: { name: string; digest: string; revision: number };
  /** The policy in force is not confirmed yet; null when it is there to stay. */
  trial: TrialStatus | null;
  kernel: KernelStatus;
  allowlist: AllowlistStatus;
  /** Why nothing can be recorded now, so that nothing is done; absent when all is well. */
  ledgerError?: string;
  conntrack: ConntrackStatus;
  decisions: { pending: number; provisional: number; active: number };
  /** open: automation only alerts until a person closes it. */
  breaker: BreakerState;
  openIncidents: number;
  activeSuppressions: number;
  /** Hosts that are known well enough to count, and those that were forgotten since the start, for want of room. */
  profiles: { established: number; evicted: number };
  /** Deny lists in the kernel before anybody asks. */
  denyLists: DenyPreloadStatus;
  /** Packets that the kernel drops by the policy itself, since the daemon's start. */
  dropped: DroppedStatus;
  /** From the kernel's event to the acknowledged set element. */
  blockLatency: LatencySummary;
}

/**
 * All packets are counted. Told are the first packets of connections, as fast as can be looked at: the rest is not
 * reported.
 */
export interface DroppedStatus {
  /** To or by way of an address on a deny list. */
  denyList: number;
  /** What no rule allows, in mode enforce. */
  allowlist: number;
  /** From a host of ours, and no connection that conntrack understands. */
  untracked: number;
  /** Over a limit of the rule that allows it, in mode enforce. */
  limits: number;
  /** Of all four, but for packets over a limit of bytes. */
  reported: number;
  notReported: number;
  /** Connections that the reported packets would have opened. */
  attempts: number;
  /** Let through, as neverBlock asks. */
  spared: number;
  /** Attempts that the kernel dropped and the policy does not deny: should be 0. */
  disagreements: number;
  /** Why none is reported; absent when all is well. */
  error?: string;
}

/** A policy that is taken back by itself unless somebody confirms it. */
export interface TrialStatus {
  /** The revision that is to be confirmed. */
  revision: number;
  /** The revision that stands again when nobody does. */
  restoreTo: number;
  policyName: string;
  policyDigest: string;
  /** Who applied it. */
  actor: string;
  begunAtMs: number;
  /** By the clock of now, ms since the epoch. */
  confirmByMs: number;
  /** 0: it is being taken back. */
  leftMs: number;
}

export interface Confirmation {
  revision: number;
  policyName: string;
  policyDigest: string;
  /** Who confirmed it. */
  actor: string;
  confirmedAtMs: number;
}

/** The policy's part of the table. */
export interface AllowlistStatus {
  /** Which of the fifteen numbers admitted connections carry in their mark; null when nothing is enforced. */
  generation: number | null;
  /** Of what the rules allow, IPv4 and IPv6 together; 0 when nothing is enforced. */
  elements: number;
  /** Why the kernel does not hold the allowlist of the policy in force; it is tried again. Absent when all is well. */
  error?: string;
}

export interface KernelStatus {
  /** in-place: equal to the ledger at the last look; repairing: drift seen and not yet mended. */
  table: 'in-place' | 'repairing' | 'failed';
  verifiedAtMs: number;
  driftRepairs: number;
  /** Programs that change the table again and again, by the names they give themselves; absent in peace. */
  contestedBy?: string[];
  /** SHA-256 over rules and elements, see enforcement/ruleset-digest.ts. */
  digest: string;
  /** Why `table` is failed, in words. */
  error?: string;
}

export interface ConntrackStatus {
  standingFlows: number;
  events: number;
  /** Times the kernel dropped events because we read too slowly; each is followed by a resynchronisation. */
  lost: number;
  resyncs: number;
  /** Messages that could not be decoded. */
  undecodable: number;
  hooksRegistered: boolean;
}

/** Milliseconds. `count` 0 leaves the others 0. */
export interface LatencySummary {
  count: number;
  medianMs: number;
  p99Ms: number;
  maxMs: number;
}

/** Names of what comes, goes and changes. */
export interface Changes {
  added: string[];
  removed: string[];
  changed: string[];
}

export interface SettingChange {
  field: string;
  from: string;
  to: string;
}

/** What a policy would change. Lists of examples and counts hold at most 20. */
export interface PolicyPlan {
  changed: boolean;
  fromDigest: string;
  toDigest: string;
  mode: { from: string; to: string };
  rules: Changes;
  denyLists: Changes;
  hostGroups: Changes;
  addressSets: Changes;
  services: Changes;
  schedules: Changes;
  /** By detector, and `default`. */
  response: Changes;
  neverBlock: Changes;
  guardrails: SettingChange[];
  /** Standing flows whose verdict would change. */
  flows: { newlyDenied: number; newlyAllowed: number; examples: string[] };
  /** Standing connections that the kernel would end. By rule: what allows them now. */
  cuts: {
    count: number;
    byRule: Tallied[];
    byHost: Tallied[];
    byDestination: Tallied[];
    examples: string[];
  };
  /** Standing blocks that it would lift, because it protects their targets. */
  lifts: { id: string; target: string }[];
  /** Paths of operators that it would cut: it is refused unless forced. */
  cutsOperators: CutPath[];
}

export interface RollbackResult {
  revision: number;
  restoredFrom: number;
  policyChanged: boolean;
  lifted: string[];
  reinstated: string[];
  /** Decisions of that revision that have expired since: a rollback never lengthens a block. */
  expired: string[];
  /** Automatic blocks of that revision that its own policy's `neverBlock` forbids: they stood until it was put in force. */
  protected: string[];
}

/** What came of undoing the last change of a decision. */
export interface Undone {
  revision: number;
  /** Its id. */
  undone: string;
  /** The decision as it is now, where it stood or waited. */
  withdrawn: Decision | null;
  /** What stands or waits again, as it was before, under a new id. */
  reinstated: Decision | null;
}
