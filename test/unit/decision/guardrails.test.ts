import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import type { Target } from '../../../src/decision/decision.ts';
import {
  checkAutomatic,
  checkManual,
  type GuardrailContext,
  type GuardrailName,
} from '../../../src/decision/guardrails.ts';
import { subjectOf } from '../../../src/decision/subject.ts';
import { destinationTarget, flowTarget, hostTarget, neverBlockOf, OPEN } from './fixtures.ts';

const automatic = (target: Target, context: GuardrailContext, service = { protocol: 6, port: 443 }) =>
  checkAutomatic(subjectOf(target, service), context);

const KEPT = neverBlockOf(['10.0.0.53/32', '198.51.100.0/28'], ['10.1.0.99/32'], ['6/22', '17/53']);
const PROTECTED: GuardrailContext = { ...OPEN, neverBlock: KEPT };

describe('what no action may touch, a person’s neither', () => {
  it.each<[string, Target, GuardrailContext, GuardrailName, string]>([
    [
      'never-block destination',
      flowTarget('10.1.0.10', '10.0.0.53'),
      PROTECTED,
      'neverBlock',
      'touches a never-block destination',
    ],
    [
      'never-block destination in a prefix',
      destinationTarget('198.51.100.0/24'),
      PROTECTED,
      'neverBlock',
      '198.51.100.0/24',
    ],
    [
      'part of a never-block network',
      destinationTarget('198.51.100.9/32'),
      PROTECTED,
      'neverBlock',
      '198.51.100.9',
    ],
    ['never-block destination as host', hostTarget('10.0.0.53'), PROTECTED, 'neverBlock', '10.0.0.53'],
    [
      'never-block source',
      flowTarget('10.1.0.99', '192.0.2.1'),
      PROTECTED,
      'neverBlock',
      '10.1.0.99 is a never-block source',
    ],
    ['never-block source as host', hostTarget('10.1.0.99'), PROTECTED, 'neverBlock', 'source'],
    [
      'never-block source as destination',
      destinationTarget('10.1.0.99/32'),
      PROTECTED,
      'neverBlock',
      'source',
    ],
    [
      'never-block port',
      flowTarget('10.1.0.10', '192.0.2.1', 22),
      PROTECTED,
      'neverBlock',
      'it is never-block port tcp/22',
    ],
    [
      'never-block port in a whole protocol',
      flowTarget('10.1.0.10', '192.0.2.1', null, 17),
      PROTECTED,
      'neverBlock',
      'udp/53',
    ],
    [
      'own address as destination',
      flowTarget('10.1.0.10', '10.1.0.1'),
      OPEN,
      'ownAddresses',
      '10.1.0.1 is an address of this machine',
    ],
    ['own address in a prefix', destinationTarget('10.1.0.0/24'), OPEN, 'ownAddresses', '10.1.0.1'],
    ['own address in quarantine', hostTarget('fd00::1'), OPEN, 'ownAddresses', 'fd00::1'],
    ['gateway as destination', destinationTarget('203.0.113.1/32'), OPEN, 'gateways', 'a gateway'],
    ['gateway in quarantine', hostTarget('fe80::1'), OPEN, 'gateways', 'fe80::1'],
    [
      'name server',
      flowTarget('10.1.0.10', '9.9.9.9', 53, 17),
      OPEN,
      'resolvers',
      '9.9.9.9 is a name server',
    ],
    [
      'operator as destination',
      flowTarget('10.1.0.10', '10.1.0.77', 22),
      OPEN,
      'operators',
      'an operator works from 10.1.0.77',
    ],
    ['operator in a prefix', destinationTarget('10.1.0.64/26'), OPEN, 'operators', '10.1.0.77'],
    ['operator in quarantine', hostTarget('fd00::77'), OPEN, 'operators', 'fd00::77'],
    [
      'prefix too wide',
      destinationTarget('192.0.0.0/23'),
      OPEN,
      'prefixLength',
      '192.0.0.0/23 is wider than /24',
    ],
    ['IPv6 prefix too wide', destinationTarget('2001:db8::/63'), OPEN, 'prefixLength', 'wider than /64'],
    ['two families', flowTarget('10.1.0.10', '2001:db8::1'), OPEN, 'target', 'not of one family'],
    [
      'port of a protocol without',
      flowTarget('10.1.0.10', '192.0.2.1', 8, 1),
      OPEN,
      'target',
      'icmp has no ports',
    ],
  ])('%s', (_, target, context, guardrail, words) => {
    const veto = { guardrail, reason: expect.stringContaining(words) };
    expect(automatic(target, context)).toEqual(veto);
    expect(checkManual(target, context)).toEqual(veto);
  });

  it.each<[string, Target]>([
    ['a flow', flowTarget('10.1.0.10', '192.0.2.1')],
    ['a flow of this very machine', flowTarget('10.1.0.1', '192.0.2.1')],
    ['what an operator opens elsewhere', flowTarget('10.1.0.77', '192.0.2.1')],
    ['ICMP', flowTarget('10.1.0.10', '192.0.2.1', null, 1)],
    ['a whole protocol', flowTarget('10.1.0.10', '192.0.2.1', null, 6)],
    ['a network as wide as allowed', destinationTarget('192.0.2.0/24')],
    ['an IPv6 network as wide as allowed', destinationTarget('2001:db8::/64')],
    ['a host', hostTarget('10.1.0.10', '10.0.0.53/32')],
  ])('lets pass %s', (_, target) => {
    expect(automatic(target, OPEN)).toBeUndefined();
    expect(checkManual(target, OPEN)).toBeUndefined();
  });

  it('keeps a never-block port out of a wider block that began with it', () => {
    const target = destinationTarget('192.0.2.1/32');
    expect(automatic(target, PROTECTED, { protocol: 6, port: 22 })).toEqual({
      guardrail: 'neverBlock',
      reason: 'it began with never-block port tcp/22',
    });
    expect(automatic(target, PROTECTED)).toBeUndefined();
  });
});

describe('a person who knows that they cut an operator off', () => {
  it.each<[string, Target]>([
    ['may quarantine', hostTarget('10.1.0.77')],
    ['may block', destinationTarget('10.1.0.77/32')],
  ])('%s', (_, target) => {
    expect(checkManual(target, OPEN, { force: true })).toBeUndefined();
  });

  it('is held to everything else', () => {
    expect(checkManual(destinationTarget('10.1.0.0/24'), OPEN, { force: true })).toMatchObject({
      guardrail: 'ownAddresses',
    });
  });
});

describe('bounds of automation', () => {
  it('while the circuit breaker is open, nothing, but a person may', () => {
    const breaker = { state: 'open', sinceMs: 0, actor: 'penstock', reason: 'too many' } as const;
    const target = flowTarget('10.1.0.10', '192.0.2.1');
    expect(automatic(target, { ...OPEN, breaker })).toEqual({
      guardrail: 'circuitBreaker',
      reason: 'the circuit breaker is open: too many',
    });
    expect(checkManual(target, { ...OPEN, breaker })).toBeUndefined();
  });

  it.each<[string, number, number, boolean]>([
    ['below the hourly rate', 499, 500, true],
    ['at the hourly rate', 500, 500, false],
    ['none an hour', 0, 0, false],
  ])('%s', (_, blocksInLastHour, maxBlocksPerHour, passes) => {
    const guardrails = { ...OPEN.guardrails!, maxBlocksPerHour };
    const context = { ...OPEN, guardrails, blocksInLastHour };
    const target = flowTarget('10.1.0.10', '192.0.2.1');
    expect(automatic(target, context)?.guardrail).toBe(passes ? undefined : 'hourlyRate');
    expect(checkManual(target, context)).toBeUndefined();
  });

  it.each<[string, number, number, number, boolean]>([
    ['half of 100 at 50 %', 50, 100, 50, true],
    ['more than half of 100', 51, 100, 50, false],
    ['all of a handful', 5, 5, 50, true],
    ['a sixth of seven', 6, 7, 50, false],
    ['none at 0 %', 0, 100, 0, true],
    ['one at 0 %', 1, 100, 0, false],
    ['all at 100 %', 100, 100, 100, true],
  ])('touched hosts: %s', (_, touched, knownHosts, maxBlockedHostsPercent, passes) => {
    const guardrails = { ...OPEN.guardrails!, maxBlockedHostsPercent };
    const context = { ...OPEN, guardrails, knownHosts, touchedHosts: () => touched };
    const target = destinationTarget('192.0.2.1/32');
    expect(automatic(target, context)?.guardrail).toBe(passes ? undefined : 'blockedShare');
    expect(checkManual(target, context)).toBeUndefined();
  });

  it.each<[string, number, number, boolean]>([
    ['below the rate', 49, 50, true],
    ['at the rate', 50, 50, false],
    ['no automatic block allowed at all', 0, 0, false],
  ])('%s', (_, blocksInLastMinute, maxBlocksPerMinute, passes) => {
    const guardrails = { ...OPEN.guardrails!, maxBlocksPerMinute };
    const context = { ...OPEN, guardrails, blocksInLastMinute };
    const target = flowTarget('10.1.0.10', '192.0.2.1');
    expect(automatic(target, context)?.guardrail).toBe(passes ? undefined : 'rate');
    expect(checkManual(target, context)).toBeUndefined();
  });

  it.each<[string, number, number, number, boolean]>([
    ['the first of 100 at 5 %', 0, 100, 5, true],
    ['the fifth of 100 at 5 %', 4, 100, 5, true],
    ['the sixth of 100 at 5 %', 5, 100, 5, false],
    ['the first of three at 5 %', 0, 3, 5, true],
    ['the second of three at 5 %', 1, 3, 5, false],
    ['the first where none are known', 0, 0, 5, true],
    ['any at 0 %', 0, 100, 0, false],
    ['all at 100 %', 2, 3, 100, true],
  ])('quarantine: %s', (_, quarantinedHosts, knownHosts, maxQuarantinedPercent, passes) => {
    const guardrails = { ...OPEN.guardrails!, maxQuarantinedPercent };
    const context = { ...OPEN, guardrails, quarantinedHosts, knownHosts };
    expect(automatic(hostTarget('10.1.0.10'), context)?.guardrail).toBe(
      passes ? undefined : 'quarantineShare',
    );
    expect(automatic(flowTarget('10.1.0.10', '192.0.2.1'), context)).toBeUndefined();
    expect(checkManual(hostTarget('10.1.0.10'), context)).toBeUndefined();
  });
});

describe('of several that say no', () => {
  const peer = '192.0.2.1';
  const them = { addresses: [parseAddress(peer)] };
  const more = (context: GuardrailContext, field: Partial<GuardrailContext['surroundings']>) => ({
    surroundings: { ...context.surroundings!, ...field },
  });
  /** In the order in which they are asked about a flow. */
  const OBJECTIONS: readonly [GuardrailName, (context: GuardrailContext) => Partial<GuardrailContext>][] = [
    ['neverBlock', () => ({ neverBlock: neverBlockOf([`${peer}/32`]) })],
    ['ownAddresses', (context) => more(context, { ownAddresses: them })],
    ['gateways', (context) => more(context, { gateways: them })],
    ['resolvers', (context) => more(context, { resolvers: them })],
    ['operators', () => ({ operators: them.addresses })],
    [
      'prefixLength',
      ({ guardrails }) => ({ guardrails: { ...guardrails!, maxPrefixLength: { ipv4: 33, ipv6: 64 } } }),
    ],
    [
      'circuitBreaker',
      () => ({ breaker: { state: 'open', sinceMs: 0, actor: 'penstock', reason: 'spike' } }),
    ],
    ['rate', () => ({ blocksInLastMinute: 1_000_000 })],
    ['hourlyRate', () => ({ blocksInLastHour: 1_000_000 })],
    ['blockedShare', () => ({ touchedHosts: () => 1_000_000 })],
  ];
  const OF_PERSONS = OBJECTIONS.slice(0, 6).map(([name]) => name);
  const target = flowTarget('10.1.0.10', peer);

  it('the first in order is named, and of a person’s action no bound of automation', () => {
    fc.assert(
      fc.property(fc.subarray([...OBJECTIONS]), (objections) => {
        const context = { ...OPEN };
        for (const [, objection] of objections) Object.assign(context, objection(context));
        const names = objections.map(([name]) => name);
        const ofPersons = names.filter((name) => OF_PERSONS.includes(name));
        expect(automatic(target, context)?.guardrail).toBe(names[0]);
        expect(checkManual(target, context)?.guardrail).toBe(ofPersons[0]);
        const forced = ofPersons.filter((name) => name !== 'operators');
        expect(checkManual(target, context, { force: true })?.guardrail).toBe(forced[0]);
      }),
    );
  });
});

describe('a guardrail that cannot be evaluated vetoes', () => {
  const unreadable = { problem: 'name servers not known: EACCES' };

  it.each<[string, Partial<GuardrailContext>, GuardrailName, string]>([
    ['no never-block list', { neverBlock: undefined }, 'neverBlock', 'the never-block list is not known'],
    ['no surroundings', { surroundings: undefined }, 'ownAddresses', 'not known'],
    [
      'unreadable own addresses',
      { surroundings: { ...OPEN.surroundings!, ownAddresses: unreadable } },
      'ownAddresses',
      'EACCES',
    ],
    [
      'unreadable gateways',
      { surroundings: { ...OPEN.surroundings!, gateways: unreadable } },
      'gateways',
      'EACCES',
    ],
    [
      'unreadable resolvers',
      { surroundings: { ...OPEN.surroundings!, resolvers: unreadable } },
      'resolvers',
      'EACCES',
    ],
    ['no limits', { guardrails: undefined }, 'rate', 'the guardrails are not known'],
    ['no rate', { blocksInLastMinute: undefined }, 'rate', 'not known'],
    ['no count of quarantines', { quarantinedHosts: undefined }, 'quarantineShare', 'not known'],
    ['no operators', { operators: undefined }, 'operators', 'not known'],
    ['no breaker', { breaker: undefined }, 'circuitBreaker', 'not known'],
    ['no hourly rate', { blocksInLastHour: undefined }, 'hourlyRate', 'not known'],
    ['no count of touched hosts', { touchedHosts: undefined }, 'blockedShare', 'not known'],
    ['no count of hosts', { knownHosts: undefined }, 'quarantineShare', 'not known'],
  ])('%s', (_, missing, guardrail, words) => {
    expect(automatic(hostTarget('10.1.0.10'), { ...OPEN, ...missing })).toEqual({
      guardrail,
      reason: expect.stringMatching(new RegExp(`cannot be evaluated: .*${words}`)),
    });
  });

  it('no widest prefix', () => {
    const context = { ...OPEN, guardrails: undefined };
    expect(checkManual(destinationTarget('192.0.2.0/24'), context)?.guardrail).toBe('prefixLength');
  });

  it('one that throws', () => {
    const neverBlock = {
      ...neverBlockOf(),
      destination: () => {
        throw new Error('the list is broken');
      },
    };
    expect(checkManual(flowTarget('10.1.0.10', '192.0.2.1'), { ...OPEN, neverBlock })).toEqual({
      guardrail: 'neverBlock',
      reason: 'cannot be evaluated: the list is broken',
    });
  });
});
