/** One policy after another, as people change them: mostly a rule or two, sometimes all. */
import fc from 'fast-check';
import type { Policy, Rule } from '../../../../src/policy/policy.ts';
import { policy } from '../../policy/any-policy.ts';

type Edit = (before: Policy) => Policy;

const place = fc.nat({ max: 7 });

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 3,
    arbitrary: place.map(
      (at): Edit =>
        (given) =>
          withRules(given, given.rules.toSpliced(at, 1)),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(place, policy).map(
      ([
        at,
        {
          rules: [rule],
        },
      ]): Edit =>
        (given) =>
          withRules(given, given.rules.toSpliced(at, 0, { ...rule, id: `new-${at}-${given.rules.length}` })),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(place, policy).map(
      ([
        at,
        {
          rules: [{ to, keys }],
        },
      ]): Edit =>
        (given) =>
          withRules(
            given,
            given.rules.map((rule, i) => (i === at ? { ...rule, to, keys } : rule)),
          ),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Edit>((given) => withRules(given, given.rules.toReversed())) },
  // As it comes from the ledger: equal, and no object of it is the same.
  { weight: 1, arbitrary: fc.constant<Edit>((given) => structuredClone(given)) },
  { weight: 1, arbitrary: fc.constant<Edit>((given) => ({ ...given, mode: 'respond' })) },
  {
    weight: 2,
    arbitrary: policy.map(
      (next): Edit =>
        () => ({ ...next, mode: 'enforce' }),
    ),
  },
);

/** At least two; the first enforces. */
export const changes: fc.Arbitrary<readonly Policy[]> = fc
  .tuple(policy, fc.array(edit, { minLength: 1, maxLength: 8 }))
  .map(([first, edits]) => {
    const policies: Policy[] = [{ ...first, mode: 'enforce' }];
    for (const each of edits) policies.push(each({ ...policies[policies.length - 1], mode: 'enforce' }));
    return policies;
  });

function withRules(given: Policy, rules: readonly Rule[]): Policy {
  return { ...given, rules };
}
