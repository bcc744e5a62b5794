/** What the kernel's elements that allow something have counted, by the rule that each stands for. */
import type { Allowlist } from '../enforcement/allowlist/allowlist.ts';
import type { KernelTable } from '../enforcement/kernel-table.ts';
import type { AllowCounters } from './rule-hits.ts';

export class KernelAllowCounters implements AllowCounters {
  readonly #table: Pick<KernelTable, 'readSet'>;
  readonly #allowlist: Pick<Allowlist, 'ruleOf'>;

  constructor(table: Pick<KernelTable, 'readSet'>, allowlist: Pick<Allowlist, 'ruleOf'>) {
    this.#table = table;
    this.#allowlist = allowlist;
  }

  /** @throws EnforcementError */
  *counters(): ReturnType<AllowCounters['counters']> & Generator {
    for (const set of ['allow4', 'allow6'] as const) {
      for (const [id, { counter }] of this.#table.readSet(set)) {
        const rule = this.#allowlist.ruleOf(id);
        if (rule !== undefined && counter !== undefined) yield { id, rule, counter };
      }
    }
  }
}
