import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_HOURS, type VolumeFacts, volume } from '../../../src/detection/volume.ts';
import { expectSurer, expectWords } from './confidences.ts';
import { defaultsOf } from './settings.ts';

const SETTINGS = defaultsOf('volume');
const { floor, factor, uploadRatio } = SETTINGS;

const facts = (change: Partial<VolumeFacts> = {}): VolumeFacts => ({
  destination: '203.0.113.9',
  service: 'tcp/443',
  windowS: 3_600,
  bytesOut: 4 * factor * floor,
  bytesIn: floor / 10,
  most: floor,
  hoursWatched: 10 * MIN_HOURS,
  groupMost: 0,
  score: 9.4,
  inside: false,
  novelty: 0,
  ...change,
});
const judge = (change: Partial<VolumeFacts>) => volume(facts(change), SETTINGS);
const YOUNG = { hoursWatched: MIN_HOURS - 1, most: 0, score: null };

describe('a volume is', () => {
  it.each<[string, Partial<VolumeFacts>]>([
    ['far above the host’s most', {}],
    ['as far above it as the settings say', { bytesOut: factor * floor }],
    ['the floor, of a host that never uploads', { bytesOut: floor, bytesIn: 0, most: 0 }],
    ['as lopsided as the settings say', { bytesIn: (4 * factor * floor) / uploadRatio }],
    ['well above the floor, of a host without a past', { ...YOUNG, bytesOut: 2 * floor, bytesIn: 0 }],
    ['above what the group does', { ...YOUNG, groupMost: floor }],
  ])('reported: %s', (_, change) => {
    expect(judge(change)).toBeDefined();
  });

  it.each<[string, Partial<VolumeFacts>]>([
    ['below the floor', { bytesOut: floor - 1, bytesIn: 0, most: 0 }],
    ['what the host does', { bytesOut: factor * floor - 1 }],
    ['a call, a game, a speed test', { bytesIn: 4 * factor * floor }],
    ['no more lopsided than the settings say', { bytesIn: (4 * factor * floor) / uploadRatio + 1 }],
    ['the floor, of a host without a past', { ...YOUNG, bytesOut: floor, bytesIn: 0 }],
    ['what the group does', { ...YOUNG, groupMost: 5 * floor }],
    ['what a young host did before', { ...YOUNG, most: 5 * floor }],
  ])('not reported: %s', (_, change) => {
    expect(judge(change)).toBeUndefined();
  });

  it('measured by the host’s own past once there is one, whatever the group does', () => {
    expect(judge({ groupMost: 100 * floor })).toEqual(judge({}));
  });
});

describe('it is surer', () => {
  it('the more is sent', () => {
    expectSurer(
      [1, 2, 4, 8, 64, 2 ** 20].map((times) => judge({ bytesOut: times * factor * floor, bytesIn: 0 })),
    );
  });

  it.each<[string, Partial<VolumeFacts>, Partial<VolumeFacts>]>([
    ['where the host has never been', {}, { novelty: 1 }],
    ['outside', { inside: true, novelty: 1 }, {}],
    ['with a past to compare with', { ...YOUNG, bytesOut: 2 * floor }, { most: 0, bytesOut: 2 * floor }],
  ])('%s', (_, less, more) => {
    expectSurer([judge({ bytesIn: 0, ...less }), judge({ bytesIn: 0, ...more })]);
  });

  it('by no number less than by a smaller one', () => {
    const bytes = fc.double({ min: 0, max: 2 ** 60, noNaN: true });
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.nat(400), (x, y, most, hoursWatched) => {
        const [less, more] = [Math.min(x, y), Math.max(x, y)];
        const said = [less, more].map((bytesOut) =>
          judge({ bytesOut, bytesIn: 0, most, hoursWatched, groupMost: most }),
        );
        expect(said[0]?.confidence ?? 0).toBeLessThanOrEqual(said[1]?.confidence ?? 0);
      }),
    );
  });
});

describe('words', () => {
  it.each<[string, Partial<VolumeFacts>, string[]]>([
    [
      'compare with the host’s own past',
      { bytesOut: 3 * 2 ** 30, bytesIn: 2 ** 20, most: 50 * 2 ** 20, hoursWatched: 240 },
      [
        'sent 3 GiB to 203.0.113.9 (tcp/443) within 60 min',
        'got 1 MiB back',
        '10 d watched',
        '50 MiB',
        '9.4 robust',
      ],
    ],
    ['leave out a score that is not known', { score: null }, ['In 10 d watched']],
    [
      'say that a past is short',
      { ...YOUNG, hoursWatched: 7 },
      ['In 7 h watched', 'That is short', 'nothing is known of its group'],
    ],
    [
      'say that there is no past',
      { ...YOUNG, hoursWatched: 0 },
      ['was not watched before', 'nothing is known of its group'],
    ],
    [
      'tell of the group',
      { ...YOUNG, hoursWatched: 0, groupMost: 30 * 2 ** 20 },
      ['hosts of its group stay below 30 MiB'],
    ],
    [
      'name many destinations',
      { destination: null, service: 'all services' },
      ['many destinations (all services)'],
    ],
  ])('%s', (_, change, words) => {
    expectWords(judge(change), words);
  });
});
