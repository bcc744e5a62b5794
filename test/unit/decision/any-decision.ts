/** Decisions of all kinds and states about few addresses, so that they meet. */
import fc from 'fast-check';
import type { Decision, DecisionState, Target } from '../../../src/decision/decision.ts';
import { decisionOf } from './fixtures.ts';

export const HOSTS = ['10.1.0.10', '10.1.0.11', '192.0.2.1', 'fd00:1::10', '2001:db8::1'];
const states: DecisionState[] = ['pending', 'provisional', 'active', 'rejected', 'expired', 'revoked'];
const ofFamily = (family: 4 | 6) =>
  fc.constantFrom(...HOSTS.filter((host) => host.includes(':') === (family === 6)));
const service = fc.constantFrom(
  { protocol: 6, port: 443 },
  { protocol: 17, port: 443 },
  { protocol: 6, port: 0 },
  { protocol: 6, port: null },
  { protocol: 1, port: 2048 },
);

export const anyTarget: fc.Arbitrary<Target> = fc.oneof(
  fc.constantFrom(4 as const, 6 as const).chain((family) =>
    fc.record({
      kind: fc.constant('flow' as const),
      host: ofFamily(family),
      destination: ofFamily(family),
      service,
    }),
  ),
  fc.record({
    kind: fc.constant('destination' as const),
    prefix: fc.constantFrom(
      ...HOSTS.map((host) => `${host}/${host.includes(':') ? 128 : 32}`),
      '192.0.2.0/24',
    ),
  }),
  fc.record({
    kind: fc.constant('host' as const),
    host: fc.constantFrom(...HOSTS),
    allowTo: fc.subarray(['192.0.2.1/32', '10.1.0.0/24']),
  }),
);

/** `D1` to `D<numbers>`. */
export function anyDecision(numbers: number): fc.Arbitrary<Decision> {
  const parts = fc.record({
    number: fc.integer({ min: 1, max: numbers }),
    target: anyTarget,
    state: fc.constantFrom(...states),
    createdAtMs: fc.integer({ min: 0, max: 1_000 }),
    spanMs: fc.integer({ min: 1, max: 1_000 }),
    isManual: fc.boolean(),
  });
  return parts.map(({ number, target, state, createdAtMs, spanMs, isManual }) => {
    const untilMs = createdAtMs + spanMs;
    const waits = state === 'pending' || state === 'provisional';
    return {
      ...decisionOf(target, `D${number}`),
      ...{ state, createdAtMs, ttlMs: spanMs + 500, answerByMs: waits ? untilMs : null },
      expiresAtMs: state === 'pending' ? null : untilMs,
      ...(isManual && { origin: { kind: 'manual', actor: 'duty' } as const }),
    };
  });
}

/** As a ledger has them at a start: the latest of each. */
export function latest(decisions: readonly Decision[]): Decision[] {
  return [...new Map(decisions.map((each) => [each.id, each])).values()];
}
