import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Approval, Decision, DecisionState } from '../../../src/decision/decision.ts';
import {
  approve,
  dueAt,
  expire,
  lapse,
  propose,
  reject,
  revoke,
  standsInKernel,
  type Transition,
} from '../../../src/decision/life-cycle.ts';
import { flowTarget } from './fixtures.ts';

/** The drawing in decision.ts. */
const NEXT: Record<DecisionState, Partial<Record<Verb, DecisionState>>> = {
  pending: { approve: 'active', reject: 'rejected', lapse: 'lapsed' },
  provisional: { approve: 'active', reject: 'rejected', lapse: 'lapsed', revoke: 'revoked' },
  active: { revoke: 'revoked', expire: 'expired' },
  rejected: {},
  lapsed: {},
  expired: {},
  revoked: {},
};

type Verb = 'approve' | 'reject' | 'revoke' | 'lapse' | 'expire';

const VERBS: Record<Verb, (decision: Decision, atMs: number) => Transition> = {
  approve: (decision, atMs) => approve(decision, { actor: 'laptop', reason: 'yes', atMs }),
  reject: (decision, atMs) => reject(decision, { actor: 'printer', reason: 'no', atMs }),
  revoke: (decision, atMs) => revoke(decision, { actor: 'scanner', reason: 'enough', atMs }),
  lapse,
  expire,
};
const BY_TIME: readonly Verb[] = ['lapse', 'expire'];
const STATE: Record<Approval, DecisionState> = {
  none: 'active',
  provisional: 'provisional',
  required: 'pending',
};

const step = fc.record({
  verb: fc.constantFrom<Verb>('approve', 'reject', 'revoke', 'lapse', 'expire'),
  afterMs: fc.nat(40),
});

function holds(decision: Decision): void {
  const { state, answerByMs, expiresAtMs, answers } = decision;
  const waits = state === 'pending' || state === 'provisional';
  expect(answerByMs !== null).toBe(waits);
  if (standsInKernel(decision)) expect(expiresAtMs).not.toBeNull();
  if (state === 'provisional') expect(expiresAtMs).toBe(answerByMs);
  if (state === 'pending') expect(expiresAtMs).toBeNull();
  expect(dueAt(decision) === undefined).toBe(Object.keys(NEXT[state]).length === 0);
  expect(answers.toSorted((x, y) => x.atMs - y.atMs)).toEqual(answers);
  expect(answers.length).toBeLessThanOrEqual(2);
}

it('every sequence of answers and time follows the drawing and nothing else', () => {
  const approval = fc.constantFrom<Approval>('none', 'provisional', 'required');
  fc.assert(
    fc.property(
      approval,
      fc.array(step, { maxLength: 12 }),
      fc.nat(60),
      fc.nat(60),
      (kind, steps, ttlMs, waitMs) => {
        let nowMs = 1_000;
        let decision = propose(
          {
            incident: null,
            origin: { kind: 'automatic', detector: 'limit' },
            action: 'block',
            target: flowTarget('10.0.0.1', '192.0.2.1'),
            approval: kind,
            ttlMs,
            answerWithinMs: kind === 'none' ? null : waitMs,
            reason: 'because',
          },
          'D1',
          nowMs,
        );
        expect(decision.state).toBe(STATE[kind]);
        for (const { verb, afterMs } of steps) {
          holds(decision);
          nowMs += afterMs;
          const before = structuredClone(decision);
          const due = dueAt(decision) ?? Number.NaN;
          const next = NEXT[decision.state][verb];
          const isTime = BY_TIME.includes(verb) ? nowMs >= due : nowMs < due;
          const transition = VERBS[verb](decision, nowMs);
          expect(decision).toEqual(before);
          expect(transition.ok).toBe(next !== undefined && isTime);
          if (transition.ok) {
            decision = transition.decision;
            expect(decision.state).toBe(next);
          } else {
            expect(transition.reason).toMatch(/^D1 cannot /);
          }
        }
        holds(decision);
      },
    ),
    { numRuns: 500 },
  );
});
