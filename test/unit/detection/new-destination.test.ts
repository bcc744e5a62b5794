import { describe, expect, it } from 'vitest';
import { type NoveltyFacts, noveltyOf } from '../../../src/detection/new-destination.ts';
import { defaultsOf } from './settings.ts';

const SETTINGS = defaultsOf('newDestination');
const { minHistory } = SETTINGS;
const DAY_MS = 86_400_000;

const facts = (change: Partial<NoveltyFacts> = {}): NoveltyFacts => ({
  watchedBeforeMs: 30 * DAY_MS,
  networkWatchedBeforeMs: 30 * DAY_MS,
  serviceWatchedBeforeMs: 0,
  knownForMs: 60_000,
  hosts: 100,
  hostsThere: 1,
  ...change,
});
const novelty = (change: Partial<NoveltyFacts>) => noveltyOf(facts(change), SETTINGS);

describe('a destination is', () => {
  it.each<[string, Partial<NoveltyFacts>]>([
    [
      'the host was watched for too short a time',
      { watchedBeforeMs: minHistory - 1, networkWatchedBeforeMs: minHistory - 1 },
    ],
    ['the clock was set back since', { watchedBeforeMs: -DAY_MS }],
    ['it has been known for days', { knownForMs: 5 * DAY_MS }],
  ])('not new when %s', (_, change) => {
    expect(novelty(change)).toBe(0);
  });

  it('the newer the less is known of it', () => {
    const known = novelty({ networkWatchedBeforeMs: 0 });
    const others = novelty({ hostsThere: 30 });
    const service = novelty({ hostsThere: 30, serviceWatchedBeforeMs: 30 * DAY_MS });
    const nobody = novelty({});
    const order = [0, known, others, service, nobody];
    expect(order).toEqual(order.toSorted((x, y) => x - y));
    expect(new Set(order).size).toBe(5);
    expect(nobody).toBe(1);
  });

  it('not called unknown to all by a handful of hosts', () => {
    expect(novelty({ hosts: 2 })).toBe(novelty({ hostsThere: 30 }));
  });

  it('new from the very age that the settings say', () => {
    expect(novelty({ watchedBeforeMs: minHistory, networkWatchedBeforeMs: minHistory })).toBe(1);
  });
});
