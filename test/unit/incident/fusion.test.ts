import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWeight, scoreOf, severityOf } from '../../../src/incident/fusion.ts';
import { acts, type Evidence, type Severity } from '../../../src/incident/incident.ts';
import { ANOMALY_DETECTORS } from '../../../src/policy/schema/detectors.ts';
import { evidenceOf } from './finding.ts';

const HERE = '192.0.2.1';
const THERE = '192.0.2.2';

describe('the score', () => {
  it.each<[string, Evidence[], number]>([
    ['of nothing is nothing', [], 0],
    ['of one reason is its confidence', [evidenceOf('beacon', HERE, 0.6)], 0.6],
    [
      'of independent reasons of one destination is that not all are wrong',
      [
        evidenceOf('beacon', HERE, 0.5),
        evidenceOf('volume', HERE, 0.5),
        evidenceOf('longConnection', HERE, 0.2),
      ],
      0.8,
    ],
    [
      'counts the same detector and destination once, by the highest',
      [
        evidenceOf('beacon', HERE, 0.5, { service: { protocol: 6, port: 1 } }),
        evidenceOf('beacon', HERE, 0.6, { service: { protocol: 6, port: 2 } }),
      ],
      0.6,
    ],
    [
      'takes other destinations at less than their worth',
      [evidenceOf('beacon', HERE, 0.6), evidenceOf('beacon', THERE, 0.5)],
      1 - 0.4 * (1 - 0.3 * 0.5),
    ],
    [
      'takes the host as a whole as one more destination',
      [evidenceOf('scan', null, 0.8), evidenceOf('oddHours', null, 0.5), evidenceOf('beacon', HERE, 0.5)],
      1 - 0.1 * (1 - 0.3 * 0.5),
    ],
    ['of a weight alone is nothing', [evidenceOf('outlier', null, 0.99)], 0],
    [
      'of weights alone is nothing, however many',
      [evidenceOf('outlier', null, 0.99), evidenceOf('newDestination', HERE, 0.99)],
      0,
    ],
    [
      'takes a weight as a reason beside others',
      [evidenceOf('newDestination', HERE, 0.5), evidenceOf('beacon', HERE, 0.5)],
      0.75,
    ],
  ])('%s', (_, evidence, score) => {
    expect(scoreOf(evidence)).toBeCloseTo(score, 12);
  });

  const evidence = fc
    .record({
      detector: fc.constantFrom(...ANOMALY_DETECTORS),
      destination: fc.constantFrom(null, HERE, THERE, '2001:db8::1'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ detector, destination, confidence }) => evidenceOf(detector, destination, confidence));

  it('is between none and certain, whatever the order, and never less for one more reason', () => {
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 12, size: 'max' }), evidence, (all, another) => {
        const score = scoreOf(all);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(scoreOf(all.toReversed())).toBeCloseTo(score, 12);
        expect(scoreOf([...all, another])).toBeGreaterThanOrEqual(score - 1e-12);
        const speaking = all.filter(({ detector }) => !isWeight(detector));
        for (const { confidence } of speaking) expect(score).toBeGreaterThanOrEqual(confidence - 1e-12);
        if (speaking.length === 0) expect(score).toBe(0);
      }),
    );
  });

  it('of different destinations never proves what neither is near', () => {
    const many = Array.from({ length: 6 }, (_, i) => evidenceOf('longConnection', `192.0.2.${i}`, 0.2));
    expect(severityOf(scoreOf(many)) ?? 'low').toBe('low');
  });
});

describe('the severity', () => {
  it.each<[number, Severity | undefined]>([
    [0, undefined],
    [0.299, undefined],
    [0.3, 'low'],
    [0.499, 'low'],
    [0.5, 'medium'],
    [0.799, 'medium'],
    [0.8, 'high'],
    [0.949, 'high'],
    [0.95, 'critical'],
    [1, 'critical'],
  ])('of %f is %s', (score, severity) => {
    expect(severityOf(score)).toBe(severity);
  });

  it('acts from high on', () => {
    const severities: Severity[] = ['low', 'medium', 'high', 'critical'];
    expect(severities.filter(acts)).toEqual(['high', 'critical']);
  });
});

it('weights are what no policy may act upon', () => {
  expect(ANOMALY_DETECTORS.filter(isWeight)).toEqual(['newDestination', 'outlier']);
});
