/** What can happen in a chaos run, and what the generator must know of the world to choose only what can happen. */
import type { DecisionState, Target } from '../../src/decision/decision.ts';

export type Mode = 'audit' | 'respond' | 'enforce';
export type Hand = 'none' | 'provisional' | 'required';

/** A policy of the family that policy.ts writes. */
export interface PolicyChoice {
  readonly mode: Mode;
  /** How violations are answered. */
  readonly approval: Hand;
  /** Destinations under neverBlock. */
  readonly protectedPrefixes: readonly string[];
  /** Destinations on a deny list. */
  readonly denied: readonly string[];
}

export const HARMS = [
  'flush-ruleset',
  'delete-table',
  'flush-set',
  'delete-element',
  'add-element',
  'insert-rule',
  'flush-chain',
] as const;
export type Harm = (typeof HARMS)[number];

/** Where a change can be cut off: see src/engine/step.ts, and `committing` in test/faults/kill-at-step.ts. */
export const FATAL_STEPS = ['committing', 'recorded', 'enforced', 'cut', 'settled'] as const;

export type Change =
  | { readonly kind: 'apply'; readonly policy: PolicyChoice }
  | { readonly kind: 'try'; readonly policy: PolicyChoice; readonly withinMs: number }
  | { readonly kind: 'confirm'; readonly revision: number }
  | { readonly kind: 'block'; readonly target: Target; readonly ttlMs: number }
  | { readonly kind: 'approve' | 'reject' | 'revoke'; readonly id: string }
  | { readonly kind: 'rollback'; readonly to: number }
  /** Of something that never may be blocked. */
  | { readonly kind: 'forbidden'; readonly prefix: string };

export type Fault =
  /** While it is dead, `harm` is done. */
  | { readonly kind: 'kill'; readonly harm: Harm | null }
  /** In the midst of a change, or of whatever comes after it. */
  | { readonly kind: 'kill-at-step'; readonly at: (typeof FATAL_STEPS)[number]; readonly change: Change }
  | { readonly kind: 'foreign'; readonly harm: Harm }
  | { readonly kind: 'fill-disk' }
  | { readonly kind: 'lock-ledger' }
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'enobufs' };

export type Step =
  | Change
  | Fault
  /** Datagrams to so many ports from `firstPort`, which no rule allows. */
  | {
      readonly kind: 'traffic';
      readonly destination: string;
      readonly firstPort: number;
      readonly ports: number;
    }
  /** Whether the kernel lets through what it should, and nothing else. */
  | { readonly kind: 'probe' }
  /** Until the policy on trial is taken back by itself. */
  | { readonly kind: 'deadline' }
  /** The end of a fault that lasts. */
  | { readonly kind: 'heal' };

export interface World {
  /** That the product takes. */
  readonly modes: readonly Mode[];
  /** That wait or stand. */
  readonly decisions: readonly { readonly id: string; readonly state: DecisionState }[];
  /** The last one. */
  readonly revision: number;
  readonly trial: { readonly revision: number } | null;
  /** What keeps the ledger from being written, and for how many steps already. */
  readonly ledgerFault: 'full' | 'locked' | null;
  readonly faultySteps: number;
  /** The daemon's clock minus the machine's. */
  readonly clockOffsetMs: number;
}

export const FAULT_KINDS: ReadonlySet<Step['kind']> = new Set<Fault['kind']>([
  'kill',
  'kill-at-step',
  'foreign',
  'fill-disk',
  'lock-ledger',
  'clock',
  'enobufs',
]);
