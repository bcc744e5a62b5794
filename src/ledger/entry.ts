/**
 * What is recorded: the public vocabulary of Penstock's events. The ledger, `/v1/events`, `/v1/audit` and the alerts
 * all speak it. Type names and fields are never renamed; new ones are added.
 */
import type { Decision } from '../decision/decision.ts';
import type { OperatorPath } from '../decision/operators.ts';
import type { Incident, Severity } from '../incident/incident.ts';
import type { Judgement, Suppression } from '../incident/suppression.ts';
import type { FeedContent } from '../policy/feed/feed.ts';
import type { PolicySources } from '../policy/policy.ts';
import { completed } from './older-incident.ts';
import type { ProposedPolicy } from './proposed-policy.ts';
import type { Revision } from './revision.ts';
import type { Trial } from './trial.ts';

/** How a block reaches or leaves the kernel: put in, given another life time, taken out. */
export type ElementChange = 'add' | 'refresh' | 'remove';

/** Bodies by type. `incident`, `decision` and `suppression` are always whole and as they are after what happened. */
export interface EntryBodies {
  /**
   * `bootedAtMs`: when the machine was booted, by the clock that everything before this entry goes by; with each
   * `clock.jumped` it is another time. `bootId` is `/proc/sys/kernel/random/boot_id`, null when that cannot be read.
   */
  'daemon.started': {
    readonly version: string;
    readonly pid: number;
    readonly bootId?: string | null;
    readonly bootedAtMs?: number;
  };
  'daemon.stopped': { readonly reason: string };

  /** The text of a policy, once a digest; it comes before the first entry that names the digest. */
  'policy.stored': { readonly digest: string; readonly name: string; readonly sources: PolicySources };
  'policy.applied': PolicyChange;
  'policy.refused': { readonly name: string | null; readonly problems: readonly string[] };

  /**
   * A deny list of the policy in force was read again; how many prefixes each list has now, and which content those
   * are that were read after the policy was.
   */
  'denyLists.refreshed': {
    readonly policyDigest: string;
    readonly prefixes: Readonly<Record<string, number>>;
    readonly contents?: Readonly<Record<string, FeedContent>>;
  };
  /** What keeps a deny list from being fresh, had it dropped or left something out; told when it begins or changes. */
  'denyLists.failed': { readonly policyDigest: string; readonly problems: readonly string[] };

  'incident.opened': { readonly incident: Incident };
  'incident.updated': { readonly incident: Incident };
  /** The severity rose. */
  'incident.escalated': { readonly incident: Incident; readonly from: Severity };
  /** `verdict` is a person's; without one, time has closed it. One that time has closed may get its verdict later. */
  'incident.closed': {
    readonly incident: Incident;
    readonly reason: string;
    readonly verdict?: Judgement;
  };

  /** An incident was closed as false: findings of this scope are not reported until the suppression ends. */
  'suppression.created': { readonly suppression: Suppression };
  'suppression.revoked': { readonly suppression: Suppression; readonly reason: string };
  /** Its time is over, or another took its place: the reason says which. */
  'suppression.expired': { readonly suppression: Suppression; readonly reason: string };

  /** The decision exists: pending, provisional or active. */
  'decision.proposed': { readonly decision: Decision };
  /** A guardrail said no; there is no such decision. */
  'decision.vetoed': {
    readonly decision: Pick<Decision, 'incident' | 'action' | 'target'>;
    readonly guardrail: string;
    readonly reason: string;
  };
  /** The response acts on other host groups first; there is no such decision. */
  'decision.withheld': {
    readonly decision: Pick<Decision, 'incident' | 'action' | 'target'>;
    readonly reason: string;
  };
  /** The first of two persons approved; it takes another one. */
  'decision.endorsed': { readonly decision: Decision };
  'decision.approved': { readonly decision: Decision };
  /** What a quarantine covers besides the address named has changed (`decision.coverage`), or a new gap was found. */
  'decision.extended': { readonly decision: Decision };
  /** The clock was set, see `clock.jumped`: it has the time left that it had. */
  'decision.rescheduled': { readonly decision: Decision };
  'decision.rejected': { readonly decision: Decision };
  'decision.lapsed': { readonly decision: Decision };
  'decision.expired': { readonly decision: Decision };
  'decision.revoked': { readonly decision: Decision };
  /** A rollback made it stand again. */
  'decision.reinstated': { readonly decision: Decision };

  /**
   * The outcome. The intent is the `decision.*` entry before it, whose decision has `enforcement` pending: it is
   * written before the kernel is asked.
   */
  'enforcement.applied': { readonly decision: Decision };
  'enforcement.failed': {
    readonly decision: Decision;
    readonly change: ElementChange;
    readonly error: string;
  };
  /** The block is out of the kernel. */
  'enforcement.lifted': { readonly decision: Decision };

  /** Somebody set the wall clock by so many ms, forward or (less than 0) back. */
  'clock.jumped': { readonly byMs: number };

  /** A person did what this guardrail refuses, knowing it. */
  'guardrail.forced': { readonly guardrail: string; readonly reason: string };
  /** From here on automation only alerts; opened by the actor, `penstock` for a spike. */
  'breaker.opened': { readonly reason: string };
  'breaker.closed': { readonly reason: string };
  /** The actor works from this address; it is protected until then. Told when it is new, and now and then again. */
  'operator.seen': OperatorPath & { readonly untilMs: number };

  /**
   * A table of the kernel is not what it should be: what differs, at most 20 lines. In all of these `table` is family and
   * name of one of the small tables; without it, it is `inet penstock`.
   */
  'drift.found': {
    readonly differences: readonly string[];
    readonly by?: readonly Culprit[];
    readonly table?: string;
  };
  'drift.repaired': { readonly differences: readonly string[]; readonly table?: string };
  'drift.failed': {
    readonly differences: readonly string[];
    readonly error: string;
    readonly table?: string;
  };
  /** Others change the table again and again: until the end of it, mending may wait up to `maxPauseMs`, unrecorded. */
  'drift.contested': {
    readonly harms: number;
    readonly by: readonly Culprit[];
    readonly maxPauseMs: number;
    readonly table?: string;
  };
  /** They have stopped. `harms` is how many of their transactions touched the table, all mended. */
  'drift.settled': {
    readonly harms: number;
    readonly by: readonly Culprit[];
    readonly forMs: number;
    readonly table?: string;
  };

  /** The kernel dropped events because they were read too slowly; `lost` counts such times since the start. */
  'conntrack.lost': { readonly lost: number };

  'revision.created': { readonly revision: Revision };
  /** Written before the kernel is asked. */
  'rollback.intended': RollbackChange & { readonly reason: string };
  'rollback.done': RollbackChange;

  /** A policy is in force until its deadline, unless it is confirmed: written with its revision, before the change. */
  'trial.begun': { readonly trial: Trial };
  /** By the actor: it stays. */
  'trial.confirmed': { readonly trial: Trial };
  /** It is taken back; written with the revision that does so, before the change. */
  'trial.reverted': { readonly trial: Trial };

  /** A change of policy waits for a second person, and what became of it. */
  'proposal.made': { readonly proposal: ProposedPolicy };
  'proposal.approved': { readonly proposal: ProposedPolicy };
  'proposal.rejected': { readonly proposal: ProposedPolicy };
  'proposal.lapsed': { readonly proposal: ProposedPolicy };
  'proposal.replaced': { readonly proposal: ProposedPolicy };

  'token.created': {
    readonly name: string;
    readonly role: string;
    readonly expiresAtMs: number | null;
    /** Left out, or null: all that the role may. */
    readonly scopes?: readonly string[] | null;
  };
  'token.revoked': { readonly name: string };

  /**
   * What is known of an incident lies in a bundle of these hashes (SHA-256, hex), the file's name in the state
   * directory's `evidence`; `ledger` is the head that the manifest names. Written before the bundle is in its place.
   */
  'evidence.sealed': {
    readonly incidentId: string;
    readonly bundle: string;
    readonly bytes: number;
    readonly manifestSha256: string;
    readonly bundleSha256: string;
    readonly ledger: { readonly seq: number; readonly hash: string };
    readonly packets: number;
  };
  /** There is no bundle of this incident, and why. */
  'evidence.failed': { readonly incidentId: string; readonly reason: string };
  /** It was kept as long, or as much of it, as the policy says. Written before the file goes. */
  'evidence.deleted': { readonly incidentId: string; readonly bundle: string; readonly reason: string };
  /** The actor has fetched it. */
  'evidence.read': { readonly incidentId: string; readonly bundle: string };

  /** A report was kept: the file's name and the SHA-256 of its content. */
  'report.made': {
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly fromMs: number;
    readonly toMs: number;
  };

  /** A sink gave up on the alert of entry `seq`. */
  'alert.failed': { readonly sink: string; readonly seq: number; readonly error: string };
  /** The actor had a test alert sent to a sink. */
  'alert.tested': { readonly sink: string; readonly delivered: boolean; readonly error: string | null };
  /**
   * Nobody has answered for so long: these sinks are told. `waiting` is a decision or a proposed policy by its id,
   * asked at `askedAtMs`; `what` says in words what holds until it is answered.
   */
  'alert.escalated': {
    readonly waiting: {
      readonly id: string;
      readonly what: string;
      readonly host: string | null;
      readonly incident: string | null;
      readonly askedAtMs: number;
      readonly answerByMs: number | null;
    };
    /** 1 for the first. */
    readonly step: number;
    readonly afterMs: number;
    readonly sinks: readonly string[];
  };
}

/** Who changed the table, as the kernel tells it: the number of a thread, and what it calls itself (hostile text). */
export interface Culprit {
  readonly processId: number;
  readonly processName: string;
}

export interface PolicyChange {
  readonly name: string;
  readonly digest: string;
  /** null: there was none. */
  readonly previousDigest: string | null;
  readonly mode: 'audit' | 'respond' | 'enforce';
  readonly reason: string;
}

/**
 * What a rollback does; ids of decisions. Some stood then and do not come back: the time of the `expired` is over, and
 * the `protected` are forbidden by the policy of that revision (entries of 0.1.0 do not have them).
 */
export interface RollbackChange {
  /** The revision that it makes. */
  readonly revision: number;
  readonly restoredFrom: number;
  readonly policyChanged: boolean;
  readonly lifted: readonly string[];
  readonly reinstated: readonly string[];
  readonly expired: readonly string[];
  readonly protected: readonly string[];
}

export type EntryType = keyof EntryBodies;

/** `actor` is the name of a token, `file` or `penstock`. `atMs` is ms since the epoch; now, when left out. */
interface Draft<T extends EntryType> {
  readonly type: T;
  readonly actor: string;
  readonly atMs?: number;
  readonly body: EntryBodies[T];
}

export interface Recorded<T extends EntryType> extends Draft<T> {
  readonly seq: number;
  readonly atMs: number;
  /** What it is about: the id of an incident, a decision or a suppression, the number of a revision, a digest, a name; or null. */
  readonly subject: string | null;
  readonly previousHash: string;
  readonly hash: string;
}

export type EntryDraft = { [T in EntryType]: Draft<T> }[EntryType];
export type Entry = { [T in EntryType]: Recorded<T> }[EntryType];

/** The incident that the entry is about, as it is from then on; of an older version's entry, with what it lacks. */
export function incidentOf({ body }: EntryDraft): Incident | undefined {
  return 'incident' in body ? completed(body.incident) : undefined;
}

/** The decision that the entry is about, as it is from then on; one vetoed or withheld never came to be. */
export function decisionOf(draft: EntryDraft): Decision | undefined {
  if (draft.type === 'decision.vetoed' || draft.type === 'decision.withheld') return undefined;
  return 'decision' in draft.body ? draft.body.decision : undefined;
}

/** The suppression that the entry is about, as it is from then on. */
export function suppressionOf({ body }: EntryDraft): Suppression | undefined {
  return 'suppression' in body ? body.suppression : undefined;
}

export function subjectOf(draft: EntryDraft): string | null {
  const thing = incidentOf(draft) ?? decisionOf(draft) ?? suppressionOf(draft);
  if (thing !== undefined) return thing.id;
  if (draft.type === 'decision.vetoed' || draft.type === 'decision.withheld')
    return draft.body.decision.incident;
  const { body } = draft;
  if ('incidentId' in body) return body.incidentId;
  if ('address' in body) return body.address;
  if ('proposal' in body) return body.proposal.id;
  if ('waiting' in body) return body.waiting.id;
  if ('digest' in body) return body.digest;
  if ('policyDigest' in body) return body.policyDigest;
  if ('sink' in body) return body.sink;
  return 'name' in body ? body.name : revisionIn(draft);
}

function revisionIn(draft: EntryDraft): string | null {
  if (draft.type === 'revision.created') return String(draft.body.revision.number);
  if ('trial' in draft.body) return String(draft.body.trial.revision);
  const isRollback = draft.type === 'rollback.intended' || draft.type === 'rollback.done';
  return isRollback ? String(draft.body.revision) : null;
}
