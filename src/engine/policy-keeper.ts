/** The policy in force: takes another, records it, and says beforehand what that would change. */

import type { EntryDraft } from '../ledger/entry.ts';
import { type CompiledPolicy, compilePolicy } from '../policy/compiled-policy.ts';
import { withFetched } from '../policy/feed/carry-over.ts';
import { type NameSource, NO_NAMES } from '../policy/names.ts';
import type { DenyList, Policy } from '../policy/policy.ts';

export interface InForce {
  readonly policy: Policy;
  readonly compiled: CompiledPolicy;
}

export type PolicyListener = (now: InForce, before: InForce | undefined) => void;

const NO_LISTS: readonly DenyList[] = [];

export class PolicyKeeper {
  #inForce: InForce | undefined;
  readonly #onChange: PolicyListener;
  readonly #isStored: (digest: string) => boolean;
  readonly #names: NameSource;
  /** Of policies that are not in force yet, and the deny lists in force when they were compiled. */
  readonly #compiled = new WeakMap<
    Policy,
    { readonly lists: readonly DenyList[]; readonly made: CompiledPolicy }
  >();

  /** `isStored`: the ledger has the text of the policy with this digest. */
  constructor(isStored: (digest: string) => boolean, onChange: PolicyListener, names: NameSource = NO_NAMES) {
    this.#isStored = isStored;
    this.#onChange = onChange;
    this.#names = names;
  }

  get inForce(): InForce {
    if (this.#inForce === undefined) throw new Error('no policy is in force yet');
    return this.#inForce;
  }

  get digest(): string | null {
    return this.#inForce?.policy.digest ?? null;
  }

  /** What is recorded when this policy is put in force: its text, if the ledger lacks it, and the change. */
  drafts(policy: Policy, actor: string, reason: string): EntryDraft[] {
    const { name, digest, sources, mode } = policy;
    const stored: EntryDraft[] = this.#isStored(digest)
      ? []
      : [{ type: 'policy.stored', actor, body: { digest, name, sources } }];
    const body = { name, digest, previousDigest: this.digest, mode, reason };
    return [...stored, { type: 'policy.applied', actor, body }];
  }

  /** As it would judge, with what its deny lists hold by now; who asks again before it is in force gets the same. */
  compiled(policy: Policy, names = this.#names): CompiledPolicy {
    const lists = this.#inForce?.compiled.denyLists ?? NO_LISTS;
    const known = this.#compiled.get(policy);
    const made = known?.lists === lists ? known.made : compilePolicy(withFetched(policy, lists));
    this.#compiled.set(policy, { lists, made });
    return made.withNames(names);
  }

  /** Judge by it from now on. */
  enforce(policy: Policy): void {
    const before = this.#inForce;
    this.#inForce = {
      policy,
      compiled: this.compiled(policy),
    };
    this.#compiled.delete(policy);
    this.#onChange(this.#inForce, before);
  }

  /** The policy is the same, what its deny lists hold is not. */
  replaceDenyLists(lists: readonly DenyList[]): void {
    this.inForce.compiled.replaceDenyLists(lists);
    this.#onChange(this.inForce, this.inForce);
  }
}
