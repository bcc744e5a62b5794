/** What is made of a change alone comes to the same as all made anew. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Allowlist } from '../../../../src/enforcement/allowlist/allowlist.ts';
import { boxElement } from '../../../../src/enforcement/allowlist/box-list.ts';
import { type PolicyPart, policyPart } from '../../../../src/enforcement/allowlist/policy-part.ts';
import type { Holder } from '../../../../src/enforcement/element.ts';
import { FAMILIES, SETS } from '../../../../src/enforcement/sets.ts';
import { compilePolicy } from '../../../../src/policy/compiled-policy.ts';
import type { Rule } from '../../../../src/policy/policy.ts';
import { moment } from '../../policy/any-policy.ts';
import { NOW } from '../../policy/sources.ts';
import { changes } from './changes.ts';
import { FakeTable } from './fake-table.ts';

const OF_POLICY = new Set(SETS.filter(({ owner }) => owner === 'policy').map(({ name }) => name));

/** Elements of a policy, each made anew, with the rule of those that have one. */
function everything({ elements, boxes, rules }: PolicyPart): Map<string, Rule | undefined> {
  const all = new Map<string, Rule | undefined>([...elements.keys()].map((id) => [id, undefined]));
  for (const family of FAMILIES) {
    const list = boxes[family];
    for (let i = 0; i < list.count; i++) all.set(boxElement(list, i).id, rules[list.places[i]]);
  }
  return all;
}

function allowlistOf(table: FakeTable) {
  const holders: Holder[] = [];
  const allowlist = new Allowlist({
    table,
    markMask: 0x0f00_0000,
    passGenerations: (change) => table.apply(change),
    gracePeriod: () => {},
    freshGeneration: (other) => (other % 15) + 1,
    hold: (holder) => holders.push(holder),
  });
  return { allowlist, holder: () => holders.find(({ owner }) => owner === 'policy') };
}

test('after any change, refused in any step or not, the table holds what the policy comes to', () => {
  const refusals = fc.array(fc.option(fc.nat({ max: 3 }), { freq: 4 }), { minLength: 9, maxLength: 9 });
  fc.assert(
    fc.property(changes, refusals, moment, fc.boolean(), (policies, refused, atMs, restarts) => {
      const table = new FakeTable();
      let { allowlist, holder } = allowlistOf(table);
      policies.forEach((policy, i) => {
        const part = policyPart(policy, compilePolicy(policy), atMs);
        if (restarts && i === 2) ({ allowlist, holder } = allowlistOf(table));
        table.takes = refused[i] ?? Number.POSITIVE_INFINITY;
        try {
          allowlist.put(part, NOW);
        } catch {
          table.takes = Number.POSITIVE_INFINITY;
          allowlist.put(part, NOW);
        }
        const wanted = everything(part);
        const ids = [...table.elements.values()].filter(({ set }) => OF_POLICY.has(set)).map(({ id }) => id);
        expect(ids.sort()).toEqual([...wanted.keys()].sort());
        expect([...(holder()?.elements(NOW) ?? [])].map(({ id }) => id).sort()).toEqual(ids);
        for (const family of FAMILIES)
          for (const element of table.elements.values())
            if (element.set === `allow${family}`)
              expect(allowlist.ruleOf(family, element)).toBe(wanted.get(element.id));
      });
    }),
    { numRuns: 60 },
  );
});
