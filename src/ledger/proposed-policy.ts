/**
 * A change of policy that waits for a second person. Plain data, always whole in the entries; the life cycle is drawn
 * in engine/proposed-policy.ts.
 */
export interface ProposedPolicy {
  /** Short and speakable, for example `P3`; unique in one ledger. */
  readonly id: string;
  /** apply: put this policy in force; rollback: everything as at revision `to`, whose policy this is. */
  readonly kind: 'apply' | 'rollback';
  readonly policyName: string;
  readonly policyDigest: string;
  /** The policy that was in force when it was proposed: another one since, and it must be looked at anew. */
  readonly insteadOf: string;
  /** Of a rollback; else null. */
  readonly to: number | null;
  /** How long it is then on trial, ms; null: it stays. */
  readonly confirmWithinMs: number | null;
  /** Though it cuts an operator's path. */
  readonly force: boolean;
  /** Who proposed it, and why. */
  readonly actor: string;
  readonly reason: string;
  readonly proposedAtMs: number;
  /** ms since the epoch. */
  readonly answerByMs: number;
  readonly state: 'pending' | 'approved' | 'rejected' | 'lapsed' | 'replaced';
  /** Who answered; null while it waits, and when nobody did. */
  readonly answer: { readonly actor: string; readonly reason: string; readonly atMs: number } | null;
}
