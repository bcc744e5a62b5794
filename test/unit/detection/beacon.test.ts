import { describe, expect, it } from 'vitest';
import { type BeaconFacts, beacon, type Sizes } from '../../../src/detection/beacon.ts';
import { readTiming, type Timing } from '../../../src/detection/timing.ts';
import { expectSurer, expectWords } from './confidences.ts';
import { defaultsOf } from './settings.ts';

const SETTINGS = defaultsOf('beacon');
const { minBeats, minPeriod, maxPeriod } = SETTINGS;

/** The timing of 23 pauses, drawn evenly from within `jitter` of the period. */
function timingOf(periodS: number, jitter = 0): Timing {
  const pauses = Float32Array.from(
    { length: 23 },
    (_, i) => periodS * (1 + jitter * (((i * 7) % 23) / 11 - 1)),
  );
  const timing = readTiming(pauses);
  if (timing === undefined) throw new Error('too few pauses');
  return timing;
}

const CONSTANT = sizes(1);

/** The share of beats that are the same; all are alike but for what is said. */
function sizes(constancy: number, likeness = 1): Sizes {
  return { medianBytes: 420, constancy, likeness };
}

const facts = (change: Partial<BeaconFacts> = {}): BeaconFacts => ({
  service: 'tcp/8443',
  destination: '203.0.113.9',
  beats: 2 * minBeats,
  spanS: 2 * minBeats * 60,
  timing: timingOf(60),
  out: CONSTANT,
  in: CONSTANT,
  web: false,
  inside: false,
  novelty: 0,
  ...change,
});
const judge = (change: Partial<BeaconFacts>) => beacon(facts(change), SETTINGS);
const people: Timing = { ...timingOf(60), ratio: -5, inside: 0.35, spread: 0.9 };

describe('a beacon is', () => {
  it.each<[string, Partial<BeaconFacts>]>([
    ['one of clockwork', {}],
    ['one that draws lots', { timing: timingOf(600, 0.5) }],
    ['as short as the settings say', { beats: minBeats }],
    ['as quick', { timing: timingOf(minPeriod / 1000) }],
    ['as slow', { timing: timingOf(maxPeriod / 1000) }],
    ['one whose sizes differ now and then', { out: sizes(0.95) }],
  ])('reported: %s', (_, change) => {
    expect(judge(change)).toBeDefined();
  });

  it.each<[string, Partial<BeaconFacts>]>([
    ['too few beats', { beats: minBeats - 1 }],
    ['too quick', { timing: timingOf(minPeriod / 1000 / 2) }],
    ['too slow', { timing: timingOf((maxPeriod / 1000) * 1.5) }],
    ['pauses of people', { timing: people }],
    ['requests that all differ', { out: sizes(0.2, 0.3) }],
    ['answers that all differ', { in: sizes(0.2, 0.3) }],
  ])('not reported: %s', (_, change) => {
    expect(judge(change)).toBeUndefined();
  });
});

describe('it is surer', () => {
  it.each<[string, Partial<BeaconFacts>, Partial<BeaconFacts>]>([
    ['when the pauses are drawn', { timing: timingOf(60) }, { timing: timingOf(60, 0.3) }],
    ['off the web’s ports', { web: true }, { web: false }],
    ['outside', { inside: true }, { inside: false }],
    ['where the host has never been', { novelty: 0 }, { novelty: 1 }],
    ['for days', {}, { beats: 2_000, spanS: 2 * 86_400 }],
    ['when it always says the same', { out: sizes(0.3) }, {}],
  ])('%s', (_, less, more) => {
    expectSurer([judge(less), judge(more)]);
  });

  it('the more constant it is, and the newer', () => {
    const constancies = [0.5, 0.6, 0.7, 0.79, 0.8, 0.9, 1];
    expectSurer(constancies.map((constancy) => judge({ in: sizes(constancy), novelty: constancy })));
  });

  it('never of what is inside than of what is outside', () => {
    const inside = { inside: true, novelty: 1, timing: timingOf(60, 0.3), beats: 2_000, spanS: 2 * 86_400 };
    expectSurer([judge(inside), judge({ web: true })]);
  });
});

it('says destination, service, beats, time, period, spread and sizes', () => {
  const told = judge({
    beats: 96,
    spanS: 5_760,
    timing: timingOf(60, 0.2),
    in: { ...CONSTANT, medianBytes: 2_048 },
  });
  expectWords(told, [
    '203.0.113.9 tcp/8443',
    '96 times in 96 min',
    'every 60 s',
    'spread 11 %',
    '420 B',
    '2 KiB',
    '23',
  ]);
});
