import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Approval } from '../../../src/decision/decision.ts';
import { approve, propose } from '../../../src/decision/life-cycle.ts';
import { manualProposal } from '../../../src/decision/proposal.ts';
import { hostTarget } from './fixtures.ts';

const PERSONS = ['ann', 'ben', 'cyn'];
const persons = fc.array(fc.constantFrom(...PERSONS), { maxLength: 8 });

it('what takes two persons becomes active with the second of them, and never by one alone', () => {
  const automatic = fc.constantFrom<Approval>('provisional', 'required');
  const manual = fc.constantFrom(...PERSONS);
  fc.assert(
    fc.property(fc.oneof(automatic, manual), persons, (start, answers) => {
      const asker = PERSONS.find((name) => name === start);
      const proposal =
        asker === undefined
          ? {
              ...manualProposal(hostTarget('10.1.0.10'), 9_000, 'x', '', { quarantine: true }),
              origin: { kind: 'automatic', detector: 'scan' } as const,
              approval: start as Approval,
            }
          : manualProposal(hostTarget('10.1.0.10'), 9_000, asker, '', { quarantine: true });
      let decision = propose(proposal, 'D1', 1_000);
      const waiting = decision;
      const wanted = new Set(asker === undefined ? [] : [asker]);
      for (const [i, actor] of answers.entries()) {
        const isNew = !wanted.has(actor);
        const transition = approve(decision, { actor, reason: '', atMs: 1_001 + i });
        expect(transition.ok).toBe(wanted.size < 2 && isNew);
        if (!transition.ok) continue;
        wanted.add(actor);
        decision = transition.decision;
        expect(decision.state).toBe(wanted.size === 2 ? 'active' : waiting.state);
        if (wanted.size < 2) expect({ ...decision, answers: [] }).toEqual(waiting);
        else expect(decision.expiresAtMs).toBe(1_001 + i + 9_000);
      }
    }),
    { numRuns: 500 },
  );
});
