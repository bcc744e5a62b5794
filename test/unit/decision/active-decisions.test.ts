import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { ActiveDecisions } from '../../../src/decision/active-decisions.ts';
import type { Target } from '../../../src/decision/decision.ts';
import type { FlowMatch } from '../../../src/flow/flow-match.ts';
import { FlowTable } from '../../../src/flow/flow-table.ts';
import { entry } from '../flow/entry.ts';
import { type FlowText, flowOf } from '../incident/flow.ts';
import { decisionOf, destinationTarget, flowTarget, hostTarget } from './fixtures.ts';

function holding(...targets: Target[]): ActiveDecisions {
  const active = new ActiveDecisions();
  for (const [i, target] of targets.entries()) active.put(decisionOf(target, `D${i + 1}`));
  return active;
}

describe('whether a flow is blocked', () => {
  it.each<[string, Target, FlowText]>([
    ['its destination', destinationTarget('192.0.2.1/32'), {}],
    ['its destination after NAT', destinationTarget('203.0.113.9/32'), { translated: '203.0.113.9 443' }],
    ['its destination as asked', destinationTarget('192.0.2.1/32'), { translated: '203.0.113.9 443' }],
    ['a prefix of its destination', destinationTarget('192.0.2.0/24'), {}],
    ['an IPv6 prefix', destinationTarget('2001:db8::/32'), { host: 'fd00::1', to: '2001:db8::1 443' }],
    ['its host as a destination', destinationTarget('10.1.0.0/24'), {}],
    ['the flow', flowTarget('10.1.0.10', '192.0.2.1'), {}],
    ['the whole protocol', flowTarget('10.1.0.10', '192.0.2.1', null), {}],
    ['the flow after NAT', flowTarget('10.1.0.10', '203.0.113.9', 8443), { translated: '203.0.113.9 8443' }],
    ['ICMP', flowTarget('10.1.0.10', '192.0.2.1', null, 1), { protocol: 1, to: '192.0.2.1' }],
    ['its host', hostTarget('10.1.0.10', '10.0.0.53/32'), {}],
    ['a flow the other way', flowTarget('192.0.2.1', '10.1.0.10', 40000), { hostPort: 40000 }],
    ['the host it goes to', hostTarget('192.0.2.1'), {}],
  ])('by %s', (_, target, text) => {
    expect(holding(target).find(flowOf(text))?.id).toBe('D1');
  });

  it.each<[string, Target, FlowText]>([
    ['another destination', destinationTarget('192.0.2.2/32'), {}],
    ['the same words of another family', destinationTarget('::c000:201/128'), {}],
    ['a prefix beside it', destinationTarget('192.0.2.128/25'), {}],
    ['another port', flowTarget('10.1.0.10', '192.0.2.1', 80), {}],
    [
      'a flow the other way from another port',
      flowTarget('192.0.2.1', '10.1.0.10', 40001),
      { hostPort: 40000 },
    ],
    ['another protocol', flowTarget('10.1.0.10', '192.0.2.1', 443, 17), {}],
    ['another host', flowTarget('10.1.0.11', '192.0.2.1'), {}],
    [
      'a flow that NAT leads elsewhere',
      flowTarget('10.1.0.10', '192.0.2.1'),
      { translated: '203.0.113.9 443' },
    ],
    ['an exception of the quarantine', hostTarget('10.1.0.10', '192.0.2.0/24'), {}],
    ['an exception for who comes', hostTarget('192.0.2.1', '10.1.0.10/32'), {}],
  ])('not by %s', (_, target, text) => {
    expect(holding(target).find(flowOf(text))).toBeUndefined();
  });

  it('lets the exceptions of two quarantines of one host hold together, as the kernel does', () => {
    const active = holding(hostTarget('10.1.0.10', '192.0.2.1/32'), hostTarget('10.1.0.10'));
    expect(active.find(flowOf())).toBeUndefined();
    active.drop('D1');
    expect(active.find(flowOf())?.id).toBe('D2');
  });
});

describe('whether a block is already there', () => {
  it.each<[string, Target, Target]>([
    ['the same flow', flowTarget('10.1.0.10', '192.0.2.1'), flowTarget('10.1.0.10', '192.0.2.1')],
    [
      'a flow in a whole protocol',
      flowTarget('10.1.0.10', '192.0.2.1', null),
      flowTarget('10.1.0.10', '192.0.2.1'),
    ],
    ['a flow to a blocked prefix', destinationTarget('192.0.2.0/24'), flowTarget('10.1.0.10', '192.0.2.1')],
    ['a flow of a quarantined host', hostTarget('10.1.0.10'), flowTarget('10.1.0.10', '192.0.2.1')],
    ['an address in a prefix', destinationTarget('192.0.2.0/24'), destinationTarget('192.0.2.1/32')],
    ['the same address', destinationTarget('192.0.2.1/32'), destinationTarget('192.0.2.1/32')],
    ['a narrower prefix', destinationTarget('192.0.2.0/24'), destinationTarget('192.0.2.128/25')],
    ['a quarantine with more exceptions', hostTarget('10.1.0.10'), hostTarget('10.1.0.10', '10.0.0.53/32')],
    [
      'a quarantine with wider exceptions',
      hostTarget('10.1.0.10', '10.0.0.53/32'),
      hostTarget('10.1.0.10', '10.0.0.0/24'),
    ],
  ])('%s', (_, standing, wanted) => {
    expect(holding(standing).covering(wanted)?.id).toBe('D1');
  });

  it.each<[string, Target, Target]>([
    ['a whole protocol', flowTarget('10.1.0.10', '192.0.2.1'), flowTarget('10.1.0.10', '192.0.2.1', null)],
    ['a flow to an exception', hostTarget('10.1.0.10', '192.0.2.0/24'), flowTarget('10.1.0.10', '192.0.2.1')],
    ['a destination, only a flow', flowTarget('10.1.0.10', '192.0.2.1'), destinationTarget('192.0.2.1/32')],
    ['a wider prefix', destinationTarget('192.0.2.128/25'), destinationTarget('192.0.2.0/24')],
    [
      'a prefix, only its first address',
      destinationTarget('192.0.2.0/32'),
      destinationTarget('192.0.2.0/24'),
    ],
    ['fewer exceptions', hostTarget('10.1.0.10', '10.0.0.53/32'), hostTarget('10.1.0.10')],
    ['another host', hostTarget('10.1.0.10'), hostTarget('10.1.0.11')],
  ])('not %s', (_, standing, wanted) => {
    expect(holding(standing).covering(wanted)).toBeUndefined();
  });
});

describe('keeping', () => {
  const TARGETS = [
    flowTarget('10.1.0.10', '192.0.2.1'),
    destinationTarget('192.0.2.1/32'),
    destinationTarget('192.0.2.0/24'),
    hostTarget('10.1.0.10'),
  ];

  it('takes each for itself', () => {
    const active = holding(...TARGETS);
    expect([active.size, [...active.values()].map(({ id }) => id)]).toEqual([4, ['D1', 'D2', 'D3', 'D4']]);
    for (const id of ['D2', 'D3', 'D1', 'D4']) {
      expect(active.find(flowOf())).toBeDefined();
      active.drop(id);
    }
    expect([active.size, active.find(flowOf())]).toEqual([0, undefined]);
    active.drop('D4');
  });

  it('tells quarantines from the rest', () => {
    const active = holding(...TARGETS);
    const ids = () => [...active.quarantines()].map(({ id }) => id);
    expect(ids()).toEqual(['D4']);
    active.put(decisionOf(TARGETS[3], 'D5'));
    active.drop('D4');
    expect(ids()).toEqual(['D5']);
    active.put(decisionOf(TARGETS[0], 'D5'));
    expect(ids()).toEqual([]);
  });

  it('replaces the decision of the same id', () => {
    const active = holding(TARGETS[1]);
    active.put({ ...decisionOf(TARGETS[1]), ttlMs: 7 });
    active.drop('D1');
    expect(active.find(flowOf())).toBeUndefined();
    active.put(decisionOf(TARGETS[0]));
    active.put(decisionOf(flowTarget('10.1.0.10', '192.0.2.2')));
    expect([active.size, active.find(flowOf())]).toEqual([1, undefined]);
  });
});

describe('agreement', () => {
  const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '192.0.2.1', '192.0.2.2', '192.0.2.130');
  const prefix = fc.constantFrom('192.0.2.1/32', '192.0.2.0/25', '192.0.2.0/24', '10.0.0.1/32', '0.0.0.0/0');
  const port = fc.constantFrom(80, 443);
  const target: fc.Arbitrary<Target> = fc.oneof(
    fc.tuple(address, address, fc.option(port)).map(([host, to, by]) => flowTarget(host, to, by)),
    prefix.map(destinationTarget),
    fc.tuple(address, fc.array(prefix, { maxLength: 2 })).map(([host, to]) => hostTarget(host, ...to)),
  );
  const ends = fc.record({
    host: address,
    to: address,
    toPort: port,
    went: fc.option(address),
    wentPort: port,
  });

  it('a flow that is found blocked is one that is cut, and the other way round', () => {
    fc.assert(
      fc.property(target, ends, (wanted, { host, to, toPort, went, wentPort }) => {
        const asked = `${to} ${toPort}`;
        const translated = went === null ? asked : `${went} ${wentPort}`;
        const table = new FlowTable({ isOurs: () => true, maxFlows: 1 });
        table.observe(entry({ from: `${host} 80`, to: asked, translated }), 1, () => {});
        const isCut = table.matching(matchOf(wanted)).length > 0;
        expect(holding(wanted).find(table.flowAt(1)) !== undefined).toBe(isCut);
      }),
      { numRuns: 2_000 },
    );
  });

  it('what covers a target blocks every flow that the target would', () => {
    fc.assert(
      fc.property(target, target, ends, (standing, wanted, { host, to, toPort }) => {
        const active = holding(standing);
        if (active.covering(wanted) === undefined) return;
        const flow = flowOf({ host, hostPort: 80, to: `${to} ${toPort}` });
        if (holding(wanted).find(flow)) expect(active.find(flow)).toBeDefined();
      }),
      { numRuns: 2_000 },
    );
  });
});

function matchOf(target: Target): FlowMatch {
  switch (target.kind) {
    case 'destination':
      return { kind: 'destination', prefix: parsePrefix(target.prefix) };
    case 'host':
      return { kind: 'host', host: parseAddress(target.host), except: target.allowTo.map(parsePrefix) };
    case 'flow': {
      const { protocol, port } = target.service;
      const [host, destination] = [parseAddress(target.host), parseAddress(target.destination)];
      return { kind: 'flow', host, destination, protocol, port };
    }
  }
}
