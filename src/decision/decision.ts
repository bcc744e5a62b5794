/**
 * A decision is a block or a quarantine, proposed by the controller or made by a person.
 *
 *                     approval: required
 *        propose  +---------------------> pending ------ approve -----+
 *   -------------+|                       |  |                        v
 *                 |  provisional          |  +- approvalTimeout ->  lapsed
 *                 +--------> provisional -|----- holdFor ---------->  ^
 *                 |             |  |      +-- reject --> rejected     |
 *                 |             |  +--------- reject -----^           |
 *                 |             +--- approve --> active               |
 *                 |  none / by a person           |  |                |
 *                 +------------------------> active  +-- ttl --> expired
 *                                                 +-- revoke --> revoked
 *
 * In the kernel stand: provisional and active. `provisional` can be revoked too.
 *
 * Where two persons must want it (`persons`), the first approval only adds an answer, and the second, by another
 * person, is the one drawn. Who asked for it by hand is the first.
 */
import type { Service } from '../incident/incident.ts';
import type { Coverage } from './coverage.ts';

export type DecisionState =
  | 'pending'
  | 'provisional'
  | 'active'
  | 'rejected'
  | 'lapsed'
  | 'expired'
  | 'revoked';
export type Approval = 'none' | 'provisional' | 'required';
export type Action = 'block' | 'quarantine';

/** Addresses and prefixes are canonical text (RFC 5952, always with a length for prefixes). */
export type Target =
  /** This host may not talk to this destination by this service (port null: the whole protocol). */
  | { readonly kind: 'flow'; readonly host: string; readonly destination: string; readonly service: Service }
  /** Nobody may talk to this prefix, in either direction. */
  | { readonly kind: 'destination'; readonly prefix: string }
  /** This host may talk to nobody but the prefixes named. */
  | { readonly kind: 'host'; readonly host: string; readonly allowTo: readonly string[] };

export type Origin =
  | { readonly kind: 'automatic'; readonly detector: string }
  /** `actor` is the name of the token that asked. */
  | { readonly kind: 'manual'; readonly actor: string };

/** Whether the kernel holds what the decision asks for. */
export type Enforcement =
  | { readonly status: 'none' }
  | { readonly status: 'pending' }
  | { readonly status: 'applied'; readonly atMs: number }
  | { readonly status: 'failed'; readonly atMs: number; readonly error: string };

/** Plain data: it goes to the ledger, the API and alerts as it is. Times are ms since the epoch, spans ms. */
export interface Decision {
  /** Short and speakable, for example `D42`; unique in one ledger. */
  readonly id: string;
  readonly incident: string | null;
  readonly origin: Origin;
  readonly action: Action;
  readonly target: Target;
  readonly approval: Approval;
  /** How long the block stands once active. */
  readonly ttlMs: number;
  readonly state: DecisionState;
  readonly createdAtMs: number;
  /** When a pending or provisional decision lapses; null in the other states. */
  readonly answerByMs: number | null;
  /** When the block leaves the kernel by itself: set while provisional (= answerByMs) and from active on. */
  readonly expiresAtMs: number | null;
  /** How many different persons must want it before it stands for its whole time; left out: one. */
  readonly persons?: 2;
  readonly reason: string;
  /** What a quarantine stops besides the address named; left out until it stands, and for other decisions. */
  readonly coverage?: Coverage;
  /** Who approved, rejected or revoked, when and why; in order. */
  readonly answers: readonly Answer[];
  readonly enforcement: Enforcement;
}

export interface Answer {
  readonly verb: 'approve' | 'reject' | 'revoke';
  readonly actor: string;
  readonly atMs: number;
  readonly reason: string;
}
