import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { emptyRecordedFlow, type FlowLabel } from '../../../src/flow/recorded/recorded-flow.ts';
import { RecordedFlows } from '../../../src/flow/recorded/recorded-flows.ts';
import { labelledHosts, NOBODY_NAMED } from '../../../src/replay/backtest-roles.ts';

type Row = readonly [startedAtMs: number, source: string, destination: string, label: FlowLabel];

function recorded(rows: readonly Row[]): RecordedFlows {
  const flows = new RecordedFlows();
  for (const [startedAtMs, source, destination, label] of rows)
    flows.push({
      ...emptyRecordedFlow(),
      startedAtMs,
      source: parseAddress(source),
      destination: parseAddress(destination),
      label,
    });
  flows.sort();
  return flows;
}

const named = (
  infected: readonly string[],
  benign: readonly string[],
  attackStartMs: number | null = null,
) => ({
  infected: infected.map(parseAddress),
  benign: benign.map(parseAddress),
  attackStartMs,
});
const nobodyIsOurs = () => false;
const rolesOf = (
  rows: readonly Row[],
  who = NOBODY_NAMED,
  isOurs = nobodyIsOurs as Parameters<typeof labelledHosts>[1],
) => Object.fromEntries(labelledHosts(recorded(rows), isOurs, who).map(({ host, role }) => [host, role]));

const HOST = '198.51.100.10';
const OUTSIDE = '203.0.113.1';
const OTHER = '203.0.113.2';

describe('who is who in a labelled capture', () => {
  it.each<[string, readonly Row[], Record<string, string>]>([
    ['opens malicious flows: infected', [[1, HOST, OUTSIDE, 'malicious']], { [HOST]: 'infected' }],
    [
      'opens both: infected',
      [
        [1, HOST, OUTSIDE, 'benign'],
        [2, HOST, OTHER, 'malicious'],
      ],
      { [HOST]: 'infected' },
    ],
    ['opens benign flows only: benign', [[1, HOST, OUTSIDE, 'benign']], { [HOST]: 'benign' }],
    ['nothing is said: not there', [[1, HOST, OUTSIDE, 'unknown']], {}],
    [
      'only attacks a benign host, from outside: an attacker',
      [
        [1, OUTSIDE, HOST, 'malicious'],
        [2, HOST, OTHER, 'benign'],
      ],
      { [OUTSIDE]: 'attacker', [HOST]: 'benign' },
    ],
    [
      'attacks a benign host and others: infected',
      [
        [1, OUTSIDE, HOST, 'malicious'],
        [2, HOST, OTHER, 'benign'],
        [3, OUTSIDE, OTHER, 'malicious'],
      ],
      { [OUTSIDE]: 'infected', [HOST]: 'benign' },
    ],
    [
      'attacks a server of which the labels say nothing: infected',
      [
        [1, OUTSIDE, HOST, 'malicious'],
        [2, HOST, OTHER, 'unknown'],
      ],
      { [OUTSIDE]: 'infected' },
    ],
  ])('%s', (_, rows, roles) => {
    expect(rolesOf(rows)).toEqual(roles);
  });

  it('takes one of ours for infected whomever it attacks', () => {
    const rows: Row[] = [
      [1, '10.0.0.5', '10.0.0.6', 'malicious'],
      [2, '10.0.0.6', OUTSIDE, 'benign'],
    ];
    const isOurs = ({ d }: { d: number }) => d >>> 24 === 10;
    expect(rolesOf(rows, NOBODY_NAMED, isOurs)).toEqual({ '10.0.0.5': 'infected', '10.0.0.6': 'benign' });
  });

  it('believes a person before the labels', () => {
    const rows: Row[] = [
      [1, HOST, OUTSIDE, 'malicious'],
      [2, OTHER, OUTSIDE, 'unknown'],
    ];
    expect(rolesOf(rows, named([OTHER], [HOST]))).toEqual({ [OTHER]: 'infected', [HOST]: 'benign' });
  });

  it('leaves out a named host that opened nothing', () => {
    expect(rolesOf([[1, HOST, OUTSIDE, 'benign']], named([OTHER], []))).toEqual({ [HOST]: 'benign' });
  });

  it.each<[string, readonly Row[], ReturnType<typeof named>, number]>([
    [
      'at the first malicious flow',
      [
        [5, HOST, OUTSIDE, 'benign'],
        [9, HOST, OUTSIDE, 'malicious'],
        [7, HOST, OUTSIDE, 'malicious'],
      ],
      NOBODY_NAMED as ReturnType<typeof named>,
      7,
    ],
    [
      'at the first flow of a named host without labels',
      [[5, HOST, OUTSIDE, 'unknown']],
      named([HOST], []),
      5,
    ],
    ['when a person says so', [[5, HOST, OUTSIDE, 'malicious']], named([HOST], [], 6), 6],
    ['by the labels of those not named', [[5, HOST, OUTSIDE, 'malicious']], named([OTHER], [], 6), 5],
  ])('has the attack begin %s', (_, rows, who, attackMs) => {
    const hosts = labelledHosts(recorded(rows), nobodyIsOurs, who);
    expect(hosts.find(({ host }) => host === HOST)?.attackMs).toBe(attackMs);
  });

  it('tells how much a host opened, and from when to when', () => {
    const rows: Row[] = [
      [4, HOST, OUTSIDE, 'unknown'],
      [5, HOST, OUTSIDE, 'benign'],
      [9, HOST, OUTSIDE, 'unknown'],
      [20, OUTSIDE, HOST, 'unknown'],
    ];
    expect(labelledHosts(recorded(rows), nobodyIsOurs)).toEqual([
      { host: HOST, role: 'benign', flows: 3, firstMs: 4, lastMs: 9, attackMs: null },
    ]);
  });
});
