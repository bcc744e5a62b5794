import { describe, expect, it } from 'vitest';
import { type FanOutFacts, fanOut } from '../../../src/detection/fan-out.ts';
import { expectSurer, expectWords } from './confidences.ts';
import { defaultsOf } from './settings.ts';

const SETTINGS = defaultsOf('fanOut');
const { factor, floor, minHistory } = SETTINGS;
const LEAST_HOURS = minHistory / 3_600_000;

const facts = (change: Partial<FanOutFacts> = {}): FanOutFacts => ({
  newDestinations: 10 * floor,
  most: floor,
  hoursWatched: 10 * LEAST_HOURS,
  service: 'tcp/25',
  sameService: 0,
  ...change,
});
const judge = (change: Partial<FanOutFacts>) => fanOut(facts(change), SETTINGS);

describe('fan-out is', () => {
  it.each<[string, Partial<FanOutFacts>]>([
    ['far more new destinations than ever', {}],
    ['as many as the settings say', { newDestinations: factor * floor }],
    ['the floor, of a host that goes nowhere new', { newDestinations: floor, most: 0 }],
    [
      'many on one service, whatever the host did before',
      { newDestinations: 0, sameService: 100, hoursWatched: 0 },
    ],
  ])('reported: %s', (_, change) => {
    expect(judge(change)).toBeDefined();
  });

  it.each<[string, Partial<FanOutFacts>]>([
    ['below the floor', { newDestinations: floor - 1, most: 0 }],
    ['what the host does', { newDestinations: factor * floor - 1 }],
    ['of a host that is young', { hoursWatched: LEAST_HOURS - 1 }],
    ['a handful on one service', { newDestinations: 10, sameService: 8 }],
  ])('not reported: %s', (_, change) => {
    expect(judge(change)).toBeUndefined();
  });
});

it('is surer of one service than of many, and of more on it', () => {
  expectSurer([judge({}), judge({ sameService: 40 }), judge({ sameService: 96 })]);
});

it('says how many, where, and what was before', () => {
  expectWords(judge({ newDestinations: 5_000, most: 210, hoursWatched: 100 }), [
    '5000 destinations',
    '4.2 d watched',
    '210',
  ]);
  expectWords(judge({ sameService: 64 }), ['tcp/25', '64 addresses']);
});
