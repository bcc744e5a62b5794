/** Whatever is changed in between: each packet that an element counts is a hit of the rule that it stood for then. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Allowlist } from '../../../src/enforcement/allowlist/allowlist.ts';
import { policyPart } from '../../../src/enforcement/allowlist/policy-part.ts';
import { KernelAllowCounters } from '../../../src/engine/allow-counters.ts';
import { RuleHits } from '../../../src/engine/rule-hits.ts';
import { ruleKey } from '../../../src/engine/rule-key.ts';
import type { StoredUse } from '../../../src/ledger/rule-shelf.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { changes } from '../enforcement/allowlist/changes.ts';
import { FakeTable } from '../enforcement/allowlist/fake-table.ts';
import { NOW } from '../policy/sources.ts';

/** The table outlives the daemon, and so does what is saved. */
class Machine {
  readonly table = new FakeTable();
  readonly expected = new Map<string, number>();
  readonly saved = new Map<string, StoredUse>();
  #allowlist = this.#newAllowlist();
  #hits = this.#newHits();

  #newAllowlist(): Allowlist {
    return new Allowlist({
      table: this.table,
      markMask: 0x0f00_0000,
      passGenerations: (change) => this.table.apply(change),
      gracePeriod: () => {},
      freshGeneration: (other) => (other % 15) + 1,
      hold: () => {},
      beforeChange: (before, after) => this.#hits.changeElements(before, after, NOW),
    });
  }

  #newHits(): RuleHits {
    const hits = new RuleHits(NOW, new KernelAllowCounters(this.table, this.#allowlist));
    hits.restore([...this.saved.values()]);
    return hits;
  }

  put(policy: Policy): void {
    const compiled = compilePolicy(policy);
    this.#allowlist.put(policyPart(policy, compiled, NOW), NOW);
    this.#hits.changePolicy({ policy, compiled }, NOW);
  }

  /** A packet comes that some element allows: the n-th of them. */
  pass(n: number): void {
    const counting = [...this.table.elements.values()].filter(({ set }) => /^allow[46]$/.test(set));
    if (counting.length === 0) return;
    const element = counting[n % counting.length];
    const rule = this.#allowlist.ruleOf(element.set === 'allow4' ? 4 : 6, element);
    if (rule === undefined) throw new Error(`${element.id} is of no rule`);
    this.table.packets.set(element.id, (this.table.packets.get(element.id) ?? 0) + 1);
    this.expected.set(ruleKey(rule), (this.expected.get(ruleKey(rule)) ?? 0) + 1);
  }

  read(): void {
    this.#hits.tryReadKernel(NOW);
  }

  save(uses = this.#hits.takeDirty(2, NOW)): void {
    for (const use of uses) this.saved.set(use.key, use);
  }

  stop(): void {
    this.read();
    this.save(this.#hits.takeAllDirty(NOW));
  }

  restart(policy: Policy): void {
    this.stop();
    this.#allowlist = this.#newAllowlist();
    this.#hits = this.#newHits();
    this.put(policy);
  }
}

test('no hit is lost or counted twice, of rules that left neither', () => {
  const steps = fc.array(fc.oneof(fc.nat({ max: 500 }), fc.constantFrom('read', 'save', 'restart')), {
    minLength: 9 * 12,
    maxLength: 9 * 12,
  });
  let hits = 0;
  fc.assert(
    fc.property(changes, steps, (policies, all) => {
      const machine = new Machine();
      policies.forEach((policy, i) => {
        machine.put(policy);
        for (const step of all.slice(i * 12, (i + 1) * 12)) {
          if (typeof step === 'number') machine.pass(step);
          else if (step === 'read') machine.read();
          else if (step === 'save') machine.save();
          else if (i === 0) machine.restart(policy);
        }
      });
      machine.stop();
      const counted = [...machine.saved]
        .filter(([, use]) => use.hits > 0)
        .map(([key, use]) => [key, use.hits]);
      expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(machine.expected));
      for (const count of machine.expected.values()) hits += count;
    }),
    { numRuns: 40 },
  );
  expect(hits).toBeGreaterThan(500);
});
