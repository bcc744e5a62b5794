import { expect, test } from 'vitest';
import { alertOf } from '../../../../src/edges/alerts/alert.ts';
import { ecsEvent } from '../../../../src/edges/alerts/ecs.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { PROPOSAL } from '../api/samples.ts';
import { dispatch, entry } from './entries.ts';

const flow = {
  kind: 'flow',
  host: '10.1.0.10',
  destination: '192.0.2.1',
  service: { protocol: 6, port: 443 },
} as const;
const unmade = { incident: 'I7', action: 'block', target: flow } as const;

test.each<[EntryDraft, string | undefined, RegExp]>([
  [
    { type: 'breaker.opened', actor: 'penstock', body: { reason: '100 automatic blocks within 10 min' } },
    'critical',
    /^Automatic blocks spiked: 100 .* only alerts.*penstock breaker close --reason TEXT$/,
  ],
  [
    { type: 'breaker.opened', actor: 'ann', body: { reason: 'maintenance' } },
    'critical',
    /^ann stopped automation: maintenance\./,
  ],
  [{ type: 'breaker.closed', actor: 'ann', body: { reason: 'mended' } }, 'medium', /^ann closed .*mended\./],
  [
    { type: 'guardrail.forced', actor: 'ann', body: { guardrail: 'operators', reason: 'ssh of ann' } },
    'high',
    /^ann went on against guardrail operators: ssh of ann\.$/,
  ],
  [
    {
      type: 'decision.vetoed',
      actor: 'penstock',
      body: { decision: unmade, guardrail: 'circuitBreaker', reason: 'it is open' },
    },
    'low',
    /Guardrail circuitBreaker says no/,
  ],
  [
    {
      type: 'decision.withheld',
      actor: 'penstock',
      body: { decision: unmade, reason: 'canary: it acts on pilots first' },
    },
    'low',
    /^Not blocked, only told: 10\.1\.0\.10 to 192\.0\.2\.1 tcp\/443 \(canary: it acts on pilots first\)/,
  ],
  [
    { type: 'proposal.made', actor: 'laptop', body: { proposal: PROPOSAL } },
    'medium',
    /^laptop proposes policy office .*penstock approve P1, or penstock reject P1$/,
  ],
  [
    { type: 'proposal.lapsed', actor: 'penstock', body: { proposal: { ...PROPOSAL, state: 'lapsed' } } },
    'medium',
    /^Nobody answered P1 in time/,
  ],
  [
    {
      type: 'proposal.rejected',
      actor: 'ben',
      body: { proposal: { ...PROPOSAL, answer: { actor: 'ben', reason: 'too wide', atMs: 1 } } },
    },
    'low',
    /^ben rejected the policy that laptop proposed as P1\. Reason: too wide\.$/,
  ],
])('$type', (draft, severity, message) => {
  const made = entry(draft);
  expect(alertOf(made)).toEqual({ severity, message: expect.stringMatching(message) });
  expect(ecsEvent(dispatch(draft)).message).toMatch(message);
});

test('what was only not made is labelled with its incident, and is no decision', () => {
  const made = dispatch({
    type: 'decision.withheld',
    actor: 'penstock',
    body: { decision: unmade, reason: 'canary' },
  });
  expect(ecsEvent(made)).toMatchObject({
    labels: { incident: 'I7' },
    source: { ip: '10.1.0.10' },
    destination: { ip: '192.0.2.1', port: 443 },
  });
});

test('that an operator was seen wakes nobody', () => {
  const body = { address: '10.1.0.10', via: 'ssh', local: '10.1.0.1', port: 22, untilMs: 1 } as const;
  expect(alertOf(entry({ type: 'operator.seen', actor: 'ann', body }))).toBeUndefined();
});
