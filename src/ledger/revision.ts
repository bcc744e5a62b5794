/**
 * Every change of policy or decisions makes a revision; the numbers rise by one. A rollback is a new revision that
 * equals an old one. What stood at revision N is what the entries up to and with its `revision.created` say.
 */
export interface Revision {
  readonly number: number;
  readonly atMs: number;
  readonly kind: 'policy' | 'decision' | 'rollback';
  readonly actor: string;
  readonly reason: string;
  /** The policy in force, see `policySources`. */
  readonly policyDigest: string;
  /** SHA-256 of the canonical listing of the kernel's table; null when the kernel did not confirm it. */
  readonly rulesetDigest: string | null;
  /** For a rollback, the revision that this one equals. */
  readonly restoredFrom: number | null;
}
