import { expect, it } from 'vitest';
import { GroupBaselines } from '../../../src/detection/group-baselines.ts';

function learnt(hours: Readonly<Record<string, readonly number[]>>): GroupBaselines {
  const groups = new GroupBaselines();
  for (const [group, uploads] of Object.entries(hours))
    for (const bytes of uploads) groups.learn(group, bytes);
  return groups;
}

it('says nothing of a group that is unknown or hardly known', () => {
  expect(learnt({ web: [5e6, 6e6] }).most(['web'])).toBe(0);
  expect(learnt({}).most(['web'])).toBe(0);
  expect(learnt({ web: Array(500).fill(5e6) }).most([])).toBe(0);
});

it('takes nearly the most, so that one theft is not the measure of all', () => {
  const hours = Array.from({ length: 1_000 }, (_, i) => 1e6 + i * 1e3);
  expect(learnt({ web: hours }).most(['web'])).toBeGreaterThan(1.9e6);
  expect(learnt({ web: [...hours, 1e12] }).most(['web'])).toBeLessThan(2.1e6);
});

it('takes the most of a host’s groups', () => {
  const groups = learnt({ web: Array(500).fill(5e6), build: Array(500).fill(8e8) });
  expect(groups.most(['web', 'build', 'unknown'])).toBe(8e8);
});

it('forgets what is long ago', () => {
  expect(learnt({ web: [...Array(500).fill(1e9), ...Array(5_000).fill(1e6)] }).most(['web'])).toBe(1e6);
});

it('keeps no more groups than it may', () => {
  const groups = new GroupBaselines();
  for (let group = 0; group < 3_000; group++) for (let i = 0; i < 100; i++) groups.learn(`g${group}`, 1e6);
  const kept = Array.from({ length: 3_000 }, (_, group) => groups.most([`g${group}`])).filter(
    (most) => most > 0,
  );
  expect(kept.length).toBeLessThan(2_000);
  expect(groups.most(['g0'])).toBe(1e6);
});
