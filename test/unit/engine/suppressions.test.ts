import { describe, expect, it } from 'vitest';
import { AddressError } from '../../../src/address/errors.ts';
import type { Finding } from '../../../src/detection/finding.ts';
import { Suppressions } from '../../../src/engine/suppressions.ts';
import type { Suppression } from '../../../src/incident/suppression.ts';
import { type FlowText, flowOf } from '../incident/flow.ts';
import { suppression as recorded } from '../ledger/samples.ts';

const NOW = 1_000_000;

function suppression(number: number, changes: Partial<Suppression> = {}): Suppression {
  return recorded(number, { createdAtMs: number, untilMs: NOW + 1_000, ...changes });
}

function finding(text: FlowText = {}, changes: Partial<Omit<Finding, 'flow'>> = {}): Finding {
  const flow = flowOf({ to: '198.51.100.66 443', ...text });
  return {
    detector: 'beacon',
    scope: 'destination',
    confidence: 0.9,
    happened: '',
    normal: '',
    ...changes,
    flow,
  };
}

function holding(...suppressions: Suppression[]): Suppressions {
  const made = new Suppressions();
  for (const each of suppressions) made.add(each);
  return made;
}

const found = (suppressions: Suppressions, sought: Finding, nowMs = NOW) =>
  suppressions.find(sought, nowMs)?.id;

describe('a suppression of one destination and service', () => {
  const suppressions = holding(suppression(1));
  it('silences what it was made of', () => {
    expect(found(suppressions, finding())).toBe('S1');
  });
  it.each<[string, Finding]>([
    ['another host', finding({ host: '10.1.0.11' })],
    ['another destination', finding({ to: '198.51.100.67 443' })],
    ['another port', finding({ to: '198.51.100.66 80' })],
    ['another protocol', finding({ protocol: 17 })],
    ['another detector', finding({}, { detector: 'volume' })],
    ['the host as a whole', finding({}, { scope: 'host' })],
    ['an IPv6 address with the same last word', finding({ to: '::c633:6442 443' })],
  ])('does not silence %s', (_, other) => {
    expect(found(suppressions, other)).toBeUndefined();
  });
});

it('one of a host as a whole silences only that', () => {
  const suppressions = holding(suppression(1, { detector: 'scan', destination: null, service: null }));
  expect(found(suppressions, finding({}, { detector: 'scan', scope: 'host' }))).toBe('S1');
  expect(found(suppressions, finding({ to: '192.0.2.9 22' }, { detector: 'scan', scope: 'host' }))).toBe(
    'S1',
  );
  expect(found(suppressions, finding({}, { detector: 'scan' }))).toBeUndefined();
});

it('one of no service silences every service of its destination', () => {
  const suppressions = holding(suppression(1, { service: null }));
  for (const protocol of [1, 6, 17]) expect(found(suppressions, finding({ protocol }))).toBe('S1');
});

it('one of a protocol without ports does not ask for one', () => {
  const suppressions = holding(
    suppression(1, { detector: 'icmpTunnel', service: { protocol: 1, port: null } }),
  );
  const tunnel = finding({ protocol: 1, to: '198.51.100.66' }, { detector: 'icmpTunnel' });
  expect(found(suppressions, tunnel)).toBe('S1');
});

it('addresses are compared as numbers, however they were written', () => {
  const suppressions = holding(suppression(1, { host: 'FD00:1:0::0010', destination: '2001:db8:0:0::0:66' }));
  const host = 'fd00:1::10';
  expect(found(suppressions, finding({ host, to: '2001:db8::66 443' }))).toBe('S1');
  expect(found(suppressions, finding({ host, to: '2001:db8::67 443' }))).toBeUndefined();
});

it('what is no address is refused and silences nothing', () => {
  const suppressions = holding(suppression(1));
  for (const bad of [{ host: '10.1.0.010' }, { destination: 'example.org' }])
    expect(() => suppressions.add(suppression(2, bad))).toThrow(AddressError);
  expect([suppressions.size, suppressions.get('S2')]).toEqual([1, undefined]);
});

it('each counts what it has silenced, until it goes', () => {
  const suppressions = holding(suppression(1), suppression(2, { detector: 'volume' }));
  for (let n = 0; n < 3; n++) suppressions.find(finding(), NOW);
  suppressions.find(finding({ host: '10.1.0.11' }), NOW);
  expect([suppressions.hits('S1'), suppressions.hits('S2'), suppressions.hits('S3')]).toEqual([
    3,
    0,
    undefined,
  ]);
  suppressions.remove('S1');
  expect([suppressions.hits('S1'), found(suppressions, finding())]).toEqual([undefined, undefined]);
});

it('one taken out leaves the others of its host alone', () => {
  const other = suppression(2, { destination: '198.51.100.67' });
  const suppressions = holding(suppression(1), other);
  suppressions.remove('S1');
  suppressions.remove('S1');
  expect(suppressions.size).toBe(1);
  expect(found(suppressions, finding({ to: '198.51.100.67 443' }))).toBe('S2');
});

describe('time', () => {
  it('ends what a suppression silences at its very end, whether or not it was taken out', () => {
    const suppressions = holding(suppression(1));
    expect(found(suppressions, finding(), NOW + 999)).toBe('S1');
    expect(found(suppressions, finding(), NOW + 1_000)).toBeUndefined();
    expect([suppressions.size, suppressions.hits('S1')]).toEqual([1, 1]);
  });
  it('shows what is over, again and again until it is taken out', () => {
    const late = suppression(2, { untilMs: NOW + 2_000, detector: 'volume' });
    const suppressions = holding(suppression(1), late);
    const due = (nowMs: number) => suppressions.due(nowMs).map(({ id }) => id);
    expect(due(NOW)).toEqual([]);
    expect(due(NOW + 1_000)).toEqual(['S1']);
    expect(due(NOW + 1_000)).toEqual(['S1']);
    suppressions.remove('S1');
    expect(due(NOW + 1_999)).toEqual([]);
    expect(due(NOW + 2_000)).toEqual(['S2']);
  });
});

describe('room', () => {
  const others = (count: number) =>
    Array.from({ length: count }, (_, n) => suppression(n + 1, { host: `10.1.1.${n + 1}` }));
  const full = (max: number) => {
    const suppressions = new Suppressions({ max });
    for (const each of others(max)) suppressions.add(each);
    return suppressions;
  };
  it('is made by the oldest', () => {
    const coming = [suppression(8), suppression(9, { detector: 'volume' })];
    expect(full(5).displacedBy(coming)).toMatchObject([
      { suppression: { id: 'S1' }, reason: 'the oldest of 5, ended to make room' },
      { suppression: { id: 'S2' } },
    ]);
    expect(full(5).displacedBy([])).toEqual([]);
  });
  it('needs nobody else to go where one of the same scope goes', () => {
    const again = { ...others(3)[2], id: 'S9' };
    expect(full(5).displacedBy([again])).toEqual([
      { suppression: others(3)[2], reason: 'S9 takes its place' },
    ]);
  });
});
