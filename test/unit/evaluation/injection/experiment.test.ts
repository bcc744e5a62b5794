import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../../src/address/address.ts';
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import type { Evidence, Incident } from '../../../../src/incident/incident.ts';
import { beacon } from '../../../evaluation/injection/attack/beacon.ts';
import { summary } from '../../../evaluation/injection/cell.ts';
import { outcomeOf } from '../../../evaluation/injection/experiment.ts';
import { report } from '../../../evaluation/injection/report.ts';
import { drawOf, START_MS, sceneOf } from './scene.ts';

const attack: RecordedFlow[] = beacon(
  sceneOf({ hours: 1 }),
  { periodS: 60, jitter: 0, sizeJitter: 0, port: 443 },
  drawOf(1),
);
const TARGET = formatAddress(attack[0].destination);
const OTHER = '192.0.2.99';
const MINUTE_MS = 60_000;

function evidence(fields: Partial<Evidence> = {}): Evidence {
  return {
    detector: 'beacon',
    destination: TARGET,
    service: null,
    confidence: 0.8,
    firstSeenMs: START_MS + 10 * MINUTE_MS,
    lastSeenMs: START_MS + 20 * MINUTE_MS,
    count: 2,
    happened: '',
    normal: '',
    ...fields,
  };
}

function incident(fields: Partial<Incident>): Incident {
  return {
    ...{ id: 'I1', host: '10.77.0.10', groups: [], cause: 'beacon', source: null, destination: TARGET },
    ...{
      translated: null,
      services: [],
      severity: 'high',
      score: 0.8,
      count: 1,
      state: 'open',
      reasons: [],
      story: null,
    },
    firstSeenMs: START_MS + 10 * MINUTE_MS,
    lastSeenMs: START_MS + 20 * MINUTE_MS,
    raisedAtMs: START_MS + 15 * MINUTE_MS,
    evidence: [evidence()],
    ...fields,
  };
}

describe('an attack', () => {
  it.each<[string, readonly Incident[], readonly Incident[], (number | null)[]]>([
    ['is detected when an incident that names it is raised', [incident({})], [], [15, 10]],
    ['is only noticed by a medium one', [incident({ severity: 'medium', raisedAtMs: null })], [], [null, 10]],
    ['is not noticed by nothing', [], [], [null, null]],
    [
      'is not noticed by what is said of others',
      [incident({ evidence: [evidence({ destination: OTHER })] })],
      [],
      [null, null],
    ],
    [
      'is detected by what is said of the host',
      [incident({ evidence: [evidence({ destination: null })] })],
      [],
      [15, 10],
    ],
    [
      'is not detected by what was raised before it',
      [incident({ raisedAtMs: START_MS - 1 })],
      [],
      [null, 10],
    ],
    [
      'is not noticed by what is said without it too',
      [incident({ evidence: [evidence({ destination: null })] })],
      [incident({ evidence: [evidence({ destination: null, firstSeenMs: 0 })], raisedAtMs: null })],
      [null, null],
    ],
    [
      'is noticed when more is said than without it',
      [incident({ evidence: [evidence({ destination: null, confidence: 0.9 })] })],
      [incident({ evidence: [evidence({ destination: null })], raisedAtMs: null })],
      [15, 10],
    ],
    [
      'is not detected by what would have been raised anyway',
      [incident({})],
      [incident({ evidence: [] })],
      [null, 10],
    ],
  ])('%s', (_, incidents, undisturbed, minutes) => {
    const { detectedAfterMs, noticedAfterMs } = outcomeOf(attack, incidents, undisturbed);
    expect([detectedAfterMs, noticedAfterMs].map((ms) => ms && ms / MINUTE_MS)).toEqual(minutes);
  });
});

describe('what came of one experiment', () => {
  const experiment = {
    kind: 'scan',
    variant: 'vertical',
    strength: '1/s',
    historyDays: 1,
    lengthMs: 1,
    attack: () => attack,
  };
  const outcomes = [
    { detectedAfterMs: 60_000, noticedAfterMs: 30_000, evidence: ['scan 0.90'] },
    { detectedAfterMs: 180_000, noticedAfterMs: 30_000, evidence: ['scan 0.90'] },
    { detectedAfterMs: null, noticedAfterMs: 90_000, evidence: ['scan 0.60', 'fanOut 0.50'] },
    { detectedAfterMs: null, noticedAfterMs: null, evidence: [] },
  ];

  it('counts runs, and tells medians and what was said of those missed', () => {
    expect(summary(experiment, outcomes)).toEqual({
      experiment,
      runs: 4,
      detected: 2,
      noticed: 3,
      detectedAfterMs: 120_000,
      noticedAfterMs: 30_000,
      missedWith: new Map([
        ['scan 0.60', 1],
        ['nothing', 1],
      ]),
    });
  });

  it('is a row of the report, and one of those missed', () => {
    const text = report([], [summary(experiment, outcomes)]);
    expect(text).toContain('| scan | vertical | 1/s | 2 of 4 | 3 of 4 | 2.0 min |');
    expect(text).toContain('| scan | vertical | 1/s | 2 of 4 | scan 0.60 (1), nothing (1) |');
  });
});
