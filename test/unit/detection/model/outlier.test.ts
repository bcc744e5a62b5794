import { describe, expect, it } from 'vitest';
import { FEATURE_COUNT } from '../../../../src/detection/model/features.ts';
import { MOST_CONFIDENCE, type Outlier, OutlierJudge } from '../../../../src/detection/model/outlier.ts';
import { WARM_UP_WINDOWS } from '../../../../src/detection/model/window-model.ts';
import { ordinaryWindows, scanWindow } from './windows.ts';

function trained(count: number): OutlierJudge {
  const judge = new OutlierJudge({ seed: 1 });
  for (const window of ordinaryWindows(count)) judge.judge(window);
  return judge;
}

function outlier(judge: OutlierJudge): Outlier {
  const verdict = judge.judge(scanWindow(), 0);
  if (verdict.kind !== 'outlier') throw new Error(`the scan is ${verdict.kind}`);
  return verdict;
}

describe('a judge of windows', () => {
  it('abstains while it knows too little, and says how much', () => {
    const judge = trained(40);
    expect(judge.judge(scanWindow())).toEqual({ kind: 'abstained', learnt: 40, needed: WARM_UP_WINDOWS });
  });

  it('says of an outlier what happened and what is normal, with numbers', () => {
    const { happened, normal, contributions } = outlier(trained(600));
    expect(happened).toMatch(/^5 minutes more unusual than 99\.8 % of all hosts' windows: /);
    expect(happened).toContain('TCP connections refused or unanswered in 5 minutes: 3000');
    expect(normal).toContain('TCP connections refused or unanswered in 5 minutes: 0');
    expect(contributions.length).toBeGreaterThan(3);
  });

  it.each([200, 1200])('is never surer than 0.3, after %i windows', (count) => {
    const { confidence, rarity } = outlier(trained(count));
    expect(confidence).toBeGreaterThanOrEqual(0.1);
    expect(confidence).toBeLessThanOrEqual(MOST_CONFIDENCE);
    expect(rarity).toBeLessThanOrEqual(0.01);
  });

  it('finds an ordinary window usual, but for about 1 in 100', () => {
    const judge = trained(1000);
    const verdicts = ordinaryWindows(1000, 12).map((window) => judge.judge(window).kind);
    expect(verdicts.filter((kind) => kind === 'outlier').length).toBeLessThan(25);
    expect(verdicts.filter((kind) => kind === 'usual').length).toBeGreaterThan(975);
  });

  it('learns with the weight it is given', () => {
    const judge = trained(600);
    for (let i = 0; i < 100; i++) judge.judge(scanWindow(), 0);
    expect(judge.judge(scanWindow(), 0).kind).toBe('outlier');
    for (let i = 0; i < 100; i++) judge.judge(scanWindow(), 1);
    expect(judge.judge(scanWindow(), 0).kind).toBe('usual');
  });

  it('refuses what is no vector', () => {
    const judge = trained(10);
    expect(judge.judge(new Float64Array(FEATURE_COUNT).fill(Number.NaN)).kind).toBe('refused');
    expect(judge.judge(new Float64Array(1)).kind).toBe('refused');
  });
});

describe('bytes of a judge', () => {
  it('bring it back, so that it goes on where it was', () => {
    const judge = trained(600);
    const restored = OutlierJudge.fromBytes(judge.toBytes(), { seed: 1 });
    expect(restored.toBytes()).toEqual(judge.toBytes());
    expect(outlier(restored).rarity).toBe(outlier(judge).rarity);
  });

  it('are bounded', () => {
    expect(trained(1200).toBytes().length).toBeLessThanOrEqual(107_000);
  });

  it.each([
    { what: 'nothing', damage: () => new Uint8Array() },
    { what: 'a cut', damage: (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 8) },
    { what: 'a flipped bit', damage: (bytes: Uint8Array) => bytes.with(5000, bytes[5000] ^ 1) },
    { what: 'another version', damage: (bytes: Uint8Array) => bytes.with(4, 2) },
  ])('give a fresh judge after $what', ({ damage }) => {
    const restored = OutlierJudge.fromBytes(damage(trained(100).toBytes()));
    expect(restored.judge(scanWindow())).toMatchObject({ kind: 'abstained', learnt: 0 });
  });
});
