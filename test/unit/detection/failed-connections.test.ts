import { describe, expect, it } from 'vitest';
import { type FailureFacts, failedConnections } from '../../../src/detection/failed-connections.ts';
import { readTiming } from '../../../src/detection/timing.ts';
import { expectSurer, expectWords } from './confidences.ts';
import { defaultsOf } from './settings.ts';

const SETTINGS = defaultsOf('failedConnections');
const { minAttempts, failedPercent, minSpan } = SETTINGS;
const REGULAR = readTiming(new Float32Array(20).fill(60));
const IRREGULAR = readTiming(Float32Array.from({ length: 20 }, (_, i) => 1.7 ** i));

const facts = (change: Partial<FailureFacts> = {}): FailureFacts => ({
  service: 'tcp/8443',
  destination: '203.0.113.9',
  attempts: 2 * minAttempts,
  failures: 2 * minAttempts,
  beats: 2 * minAttempts,
  spanS: (2 * minSpan) / 1000,
  timing: IRREGULAR,
  web: false,
  inside: false,
  othersAnswer: true,
  ...change,
});
const judge = (change: Partial<FailureFacts>) => failedConnections(facts(change), SETTINGS);

describe('failed connections are', () => {
  it.each<[string, Partial<FailureFacts>]>([
    ['of a program that tries ever again', {}],
    ['as few as the settings say', { beats: minAttempts }],
    ['as short as the settings say', { spanS: minSpan / 1000 }],
    ['answered now and then', { attempts: 1_000, failures: 10 * failedPercent }],
    ['without timing', { timing: undefined }],
  ])('reported: %s', (_, change) => {
    expect(judge(change)).toBeDefined();
  });

  it.each<[string, Partial<FailureFacts>]>([
    ['one try too few', { beats: minAttempts - 1 }],
    ['many at once, as one page makes them', { attempts: 500, failures: 500, beats: 1 }],
    ['over too short a time', { spanS: minSpan / 1000 - 1 }],
    ['before the first of them, by a clock that was set', { spanS: -3_600 }],
    ['answered too often', { attempts: 1_000, failures: 10 * failedPercent - 1 }],
    ['while nothing else answers either', { othersAnswer: false }],
  ])('not reported: %s', (_, change) => {
    expect(judge(change)).toBeUndefined();
  });
});

describe('it is surer', () => {
  it.each<[string, Partial<FailureFacts>, Partial<FailureFacts>]>([
    ['by a timer', {}, { timing: REGULAR }],
    ['for long', {}, { beats: 20 * minAttempts, spanS: 86_400 }],
    ['off the web’s ports', { web: true }, { web: false }],
    ['outside', { inside: true }, { inside: false }],
  ])('%s', (_, less, more) => {
    expectSurer([judge(less), judge(more)]);
  });

  it('the more tries and the longer', () => {
    const times = [1, 2, 5, 20, 200];
    expectSurer(times.map((n) => judge({ beats: n * minAttempts, spanS: (n * minSpan) / 1000 })));
  });

  it('never of a printer that is off than of a controller that is gone', () => {
    const printer = { inside: true, timing: REGULAR, beats: 5_000, spanS: 10 * 86_400 };
    expectSurer([judge(printer), judge({ web: true, beats: minAttempts })]);
  });
});

it('says destination, service, tries, time, pace and share', () => {
  expectWords(judge({ attempts: 40, failures: 38, spanS: 2_340, timing: REGULAR }), [
    '203.0.113.9 tcp/8443',
    '40 times in 39 min',
    'about every 60 s',
    '38 of them failed (95 %)',
  ]);
  expect(judge({})?.happened).not.toContain('about every');
});
