import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, fromBytes, parseAddress } from '../../../src/address/address.ts';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { decide, type ResponsePolicy } from '../../../src/decision/decide.ts';
import type { GuardrailContext } from '../../../src/decision/guardrails.ts';
import { subjectOf } from '../../../src/decision/subject.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { portOf } from '../../../src/incident/service.ts';
import type { Answer } from '../../../src/policy/policy.ts';
import type { Verdict } from '../../../src/policy/verdict.ts';
import { type FlowText, flowOf } from '../incident/flow.ts';
import { neverBlockOf, OPEN } from './fixtures.ts';

const INCIDENT: Incident = {
  id: 'I7',
  host: '10.1.0.10',
  groups: ['web'],
  cause: 'denyList',
  source: 'known-c2',
  destination: '198.51.100.66',
  translated: null,
  services: [],
  severity: 'high',
  score: 1,
  count: 1,
  firstSeenMs: 0,
  lastSeenMs: 0,
  raisedAtMs: 0,
  state: 'open',
  evidence: [],
  story: null,
  reasons: ['10.1.0.10 opened tcp/443 to 198.51.100.66, which deny list known-c2 holds: command and control'],
};

const ALERT: Answer = { action: 'alert' };
const NONE = { kind: 'none' } as const;
const BLOCK_FLOW = {
  action: 'block',
  target: 'flow',
  ttlMs: 3_600_000,
  approval: NONE,
  canary: null,
} as const satisfies Answer;
const BLOCK_DESTINATION = { ...BLOCK_FLOW, target: 'destination' } as const satisfies Answer;
const QUARANTINE = {
  action: 'quarantine',
  target: 'host',
  ttlMs: 7_200_000,
  approval: { kind: 'provisional', holdForMs: 900_000 },
  allowTo: [parsePrefix('10.0.0.53/32')],
  canary: null,
} as const satisfies Answer;

/** Denies what is listed. */
function policyOf(
  answer: Answer,
  denied = ['198.51.100.66'],
  mode: ResponsePolicy['mode'] = 'respond',
): ResponsePolicy {
  return {
    mode,
    response: { default: ALERT, byDetector: { denyList: answer } },
    neverBlock: neverBlockOf(['10.9.0.0/24']),
    groupsOf: (host) => (formatAddress(host) === '10.1.0.10' ? ['web', 'all'] : []),
    evaluate: ({ destination, translated }): Verdict =>
      [destination, translated].some((end) => denied.includes(formatAddress(end)))
        ? { kind: 'deny', cause: 'denyList', list: 'known-c2', reason: 'command and control' }
        : { kind: 'allow', rule: 'any', ruleIndex: 0 },
  };
}

const anyFlow: fc.Arbitrary<Flow> = fc.constantFrom(4, 16).chain((length) => {
  const address = fc.uint8Array({ minLength: length, maxLength: length }).map(fromBytes);
  const port = fc.integer({ min: 0, max: 65_535 });
  return fc
    .tuple(address, address, address, port, fc.constantFrom(1, 6, 17, 47))
    .map(([host, destination, translated, translatedPort, protocol]): Flow => {
      return { ...flowOf(), host, destination, translated, translatedPort, protocol };
    });
});

function outcome(policy: ResponsePolicy, text: FlowText = {}, context: GuardrailContext = OPEN) {
  return decide(INCIDENT, flowOf({ to: '198.51.100.66 443', ...text }), policy, context, 0);
}

describe('whether to act', () => {
  it.each<[string, ResponsePolicy]>([
    ['the response says alert', policyOf(ALERT)],
    ['the mode is audit', policyOf(BLOCK_FLOW, [], 'audit')],
    [
      'the cause has no answer of its own',
      { ...policyOf(BLOCK_FLOW), response: { default: ALERT, byDetector: {} } },
    ],
  ])('only alerts when %s', (_, policy) => {
    expect(outcome(policy)).toEqual({ kind: 'alert' });
  });

  it.each<[string, FlowText, readonly string[], string | undefined]>([
    ['a host of a canary group', {}, ['tests', 'web'], undefined],
    [
      'a host of other groups',
      {},
      ['tests', 'build'],
      'it acts on tests, build first, and 10.1.0.10 is in web, all',
    ],
    ['a host of no group', { host: '10.9.9.9' }, ['web'], '10.9.9.9 is in no group'],
  ])('with a canary, of %s', (_, text, canary, withheld) => {
    const found = outcome(policyOf({ ...BLOCK_FLOW, canary }), text);
    expect(found).toMatchObject({
      kind: withheld === undefined ? 'act' : 'withhold',
      proposal: { target: { kind: 'flow' } },
      ...(withheld && { reason: expect.stringContaining(withheld) }),
    });
  });

  it('a canary changes no alert', () => {
    expect(outcome(policyOf({ ...BLOCK_FLOW, canary: ['tests'] }, [], 'audit'))).toEqual({ kind: 'alert' });
  });

  it('takes the default answer for a cause without its own', () => {
    const policy = { ...policyOf(ALERT), response: { default: BLOCK_FLOW, byDetector: {} } };
    expect(outcome(policy).kind).toBe('act');
  });

  it('proposes nothing that a guardrail forbids, and says what it would have been', () => {
    const context = { ...OPEN, neverBlock: neverBlockOf(['198.51.100.0/24']) };
    expect(outcome(policyOf(BLOCK_FLOW), {}, context)).toMatchObject({
      kind: 'veto',
      guardrail: 'neverBlock',
      reason: '198.51.100.66 touches a never-block destination',
      proposal: { incident: 'I7', target: { kind: 'flow' } },
    });
  });
});

describe('what is proposed', () => {
  it('is all that a decision needs', () => {
    expect(outcome(policyOf(BLOCK_FLOW))).toEqual({
      kind: 'act',
      proposal: {
        incident: 'I7',
        origin: { kind: 'automatic', detector: 'denyList' },
        action: 'block',
        target: {
          kind: 'flow',
          host: '10.1.0.10',
          destination: '198.51.100.66',
          service: { protocol: 6, port: 443 },
        },
        approval: 'none',
        ttlMs: 3_600_000,
        answerWithinMs: null,
        reason: `10.1.0.10 to 198.51.100.66 tcp/443: ${INCIDENT.reasons[0]}`,
      },
      subject: {
        kind: 'flow',
        host: parseAddress('10.1.0.10'),
        network: parsePrefix('198.51.100.66/32'),
        service: { protocol: 6, port: 443 },
      },
    });
  });

  it.each<[string, Answer]>([
    ['a flow', BLOCK_FLOW],
    ['a destination', BLOCK_DESTINATION],
    ['a host', QUARANTINE],
  ])('is told in numbers as its text says: %s', (_, answer) => {
    fc.assert(
      fc.property(anyFlow, (flow) => {
        const incident = { ...INCIDENT, host: formatAddress(flow.host) };
        const made = decide(incident, flow, policyOf(answer), OPEN, 0);
        if (made.kind !== 'act') return;
        const { protocol, translatedPort } = flow;
        const service = { protocol, port: portOf(protocol, translatedPort) };
        expect(made.subject).toEqual(subjectOf(made.proposal.target, service));
        // What it is made of is filled with the next flow.
        Object.assign(flow.host, parseAddress('9.9.9.9'));
        Object.assign(flow.translated, flow.host);
        expect(made.subject).toEqual(subjectOf(made.proposal.target, service));
      }),
    );
  });

  it.each<[string, Answer, FlowText, object]>([
    [
      'ICMP without a port',
      BLOCK_FLOW,
      { protocol: 1, to: '198.51.100.66 0' },
      { service: { protocol: 1, port: null } },
    ],
    [
      'a destination with its length',
      BLOCK_DESTINATION,
      {},
      { kind: 'destination', prefix: '198.51.100.66/32' },
    ],
    [
      'an IPv6 destination',
      BLOCK_DESTINATION,
      { host: 'fd00::2', to: '2001:db8::66 443' },
      { prefix: '2001:db8::66/128' },
    ],
    [
      'a host, its exceptions and what must never be blocked',
      QUARANTINE,
      {},
      { kind: 'host', host: '10.1.0.10', allowTo: ['10.0.0.53/32', '10.9.0.0/24'] },
    ],
  ])('%s', (_, answer, text, target) => {
    expect(outcome(policyOf(answer), text)).toMatchObject({ kind: 'act', proposal: { target } });
  });

  it.each<[string, Answer, object]>([
    ['provisional', QUARANTINE, { approval: 'provisional', answerWithinMs: 900_000, ttlMs: 7_200_000 }],
    [
      'required',
      { ...BLOCK_FLOW, approval: { kind: 'required', timeoutMs: 1_800_000 } },
      { approval: 'required', answerWithinMs: 1_800_000 },
    ],
  ])('waits for an answer as long as the policy says: %s', (_, answer, proposal) => {
    expect(outcome(policyOf(answer))).toMatchObject({ proposal });
  });
});

describe('after NAT', () => {
  const PROXIED: FlowText = { to: '198.51.100.66 80', translated: '10.9.0.1 3128' };
  const REDIRECTED: FlowText = { to: '10.9.0.80 80', translated: '198.51.100.66 8080' };

  it.each<[string, Answer, FlowText, object]>([
    [
      'a flow is named as the kernel sees it',
      BLOCK_FLOW,
      PROXIED,
      { destination: '10.9.0.1', service: { protocol: 6, port: 3128 } },
    ],
    [
      'a denied destination behind a proxy is blocked, not the proxy',
      BLOCK_DESTINATION,
      PROXIED,
      { prefix: '198.51.100.66/32' },
    ],
    [
      'a destination that NAT leads to is blocked itself',
      BLOCK_DESTINATION,
      REDIRECTED,
      { prefix: '198.51.100.66/32' },
    ],
  ])('%s', (_, answer, text, target) => {
    expect(outcome(policyOf(answer), text)).toMatchObject({ kind: 'act', proposal: { target } });
  });

  it('the reason says so', () => {
    const result = outcome(policyOf(BLOCK_FLOW), PROXIED);
    expect(result.kind === 'act' && result.proposal.reason).toMatch(
      /^10\.1\.0\.10 to 10\.9\.0\.1 tcp\/3128: .*; NAT sends what was asked of 198\.51\.100\.66 tcp\/80 to 10\.9\.0\.1$/,
    );
  });

  it('never cuts everybody off from this machine that redirects to itself', () => {
    const redirected = { ...PROXIED, translated: '10.1.0.1 3128' };
    expect(outcome(policyOf(BLOCK_FLOW), redirected)).toMatchObject({
      kind: 'veto',
      guardrail: 'ownAddresses',
    });
  });
});
