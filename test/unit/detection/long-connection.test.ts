import { expect, it } from 'vitest';
import { type LongFacts, longConnection } from '../../../src/detection/long-connection.ts';
import { expectSurer, expectWords } from './confidences.ts';
import { defaultsOf } from './settings.ts';

const SETTINGS = defaultsOf('longConnection');
const LONG_S = SETTINGS.longerThan / 1000;

const facts = (change: Partial<LongFacts> = {}): LongFacts => ({
  service: 'tcp/2222',
  destination: '203.0.113.9',
  ageS: 2 * LONG_S,
  bytesOut: 4_096,
  bytesIn: 2_048,
  web: false,
  inside: false,
  novelty: 0,
  ...change,
});
const judge = (change: Partial<LongFacts>) => longConnection(facts(change), SETTINGS);

it.each<[string, Partial<LongFacts>]>([
  ['is young', { ageS: LONG_S - 1 }],
  ['began in the future', { ageS: -LONG_S }],
  ['stays inside', { inside: true }],
  ['never sent', { bytesOut: 0 }],
  ['was never answered', { bytesIn: 0 }],
])('says nothing of a connection that %s', (_, change) => {
  expect(judge(change)).toBeUndefined();
});

it('speaks from the age that the settings say', () => {
  expect(judge({ ageS: LONG_S })).toBeDefined();
});

it('is surer off the web’s ports and where the host has never been, and never sure alone', () => {
  expectSurer([judge({ web: true }), judge({ web: true, novelty: 1 }), judge({}), judge({ novelty: 1 })]);
  expect(judge({ novelty: 1 })?.confidence).toBeLessThanOrEqual(0.5);
});

it('says destination, service, age and bytes', () => {
  expectWords(judge({ ageS: 90_000 }), ['203.0.113.9 tcp/2222', '25 h', '4 KiB out', '2 KiB in', '12 h']);
});
