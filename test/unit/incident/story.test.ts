import { describe, expect, it } from 'vitest';
import { reasonsOf, tellStory } from '../../../src/incident/story.ts';
import { ANOMALY_DETECTORS } from '../../../src/policy/schema/detectors.ts';
import { evidenceOf } from './finding.ts';

const HOST = '10.1.0.10';
const OTHER = '203.0.113.9';

describe('a story', () => {
  const cases = ANOMALY_DETECTORS.flatMap((detector) => [
    [detector, OTHER] as const,
    [detector, null] as const,
  ]);

  it.each(cases)(
    'of %s towards %s has four parts, whole sentences without a hole',
    (detector, destination) => {
      const story = tellStory(HOST, [evidenceOf(detector, destination, 0.7)]);
      expect(Object.keys(story)).toEqual(['happened', 'normal', 'meaning', 'advice']);
      for (const part of Object.values(story)) {
        expect(part).toMatch(/^[A-Za-z].{10,}\.$/s);
        expect(part).not.toMatch(/undefined|null|NaN|\[object/);
      }
      expect(story.advice).toContain(HOST);
    },
  );

  it('differs in meaning and advice for each detector', () => {
    const stories = ANOMALY_DETECTORS.map((detector) => tellStory(HOST, [evidenceOf(detector, OTHER, 0.7)]));
    for (const part of ['meaning', 'advice'] as const)
      expect(new Set(stories.map((story) => story[part])).size).toBe(ANOMALY_DETECTORS.length);
  });

  it('names the destination that leads where it matters', () => {
    const { advice } = tellStory(HOST, [
      evidenceOf('beacon', OTHER, 0.7),
      evidenceOf('volume', '203.0.113.8', 0.5),
    ]);
    expect(advice).toContain(OTHER);
    expect(advice).not.toContain('203.0.113.8');
  });

  it('is led by the strongest, with a few of the others besides', () => {
    const evidence = ANOMALY_DETECTORS.map((detector, i) => evidenceOf(detector, OTHER, 0.9 - i / 20));
    const { happened, normal } = tellStory(HOST, evidence);
    expect(happened.startsWith(evidence[0].happened)).toBe(true);
    expect(normal).toBe(evidence[0].normal);
    const told = evidence.filter((each) => happened.includes(each.happened));
    expect(told).toEqual(evidence.slice(0, told.length));
    expect(told.length).toBeGreaterThan(1);
    expect(told.length).toBeLessThan(6);
  });
});

it('the reasons say who, what, what is normal, and who else says so', () => {
  const evidence = [
    evidenceOf('beacon', OTHER, 0.9),
    evidenceOf('volume', OTHER, 0.6),
    evidenceOf('scan', null, 0.5),
  ];
  const reasons = reasonsOf(HOST, evidence, tellStory(HOST, evidence));
  expect(reasons).toEqual([
    `${HOST}: beacon happened.`,
    'beacon is not normal.',
    'volume: volume happened.',
    'scan: scan happened.',
  ]);
});

it('the reasons are few, however much evidence there is', () => {
  const evidence = Array.from({ length: 16 }, (_, i) => evidenceOf('beacon', `203.0.113.${i}`, 0.9));
  expect(reasonsOf(HOST, evidence, tellStory(HOST, evidence)).length).toBeLessThan(8);
});
