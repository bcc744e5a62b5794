import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURE_COUNT, FEATURES, Feature } from '../../../../src/detection/model/features.ts';
import { WARM_UP_WINDOWS, WindowModel } from '../../../../src/detection/model/window-model.ts';
import { ordinaryWindows, scanWindow } from './windows.ts';

function trained(count = 600, seed = 1): WindowModel {
  const model = new WindowModel({ seed });
  for (const window of ordinaryWindows(count)) model.learn(window);
  return model;
}

/** Share of ordinary windows at least as unusual. */
function rarityOf(model: WindowModel, x: Float64Array): number {
  return model.rarity(model.score(x)!);
}

describe('warm-up', () => {
  it('gives no score before enough windows are learnt', () => {
    const model = trained(WARM_UP_WINDOWS - 1);
    const [window] = ordinaryWindows(1, 99);
    expect(model.score(window)).toBeUndefined();
    expect(model.explain(window)).toEqual([]);
    expect(model.learnt).toBe(WARM_UP_WINDOWS - 1);
    model.learn(window);
    expect(model.score(window)).toBeTypeOf('number');
  });

  it('is not shortened by windows without weight', () => {
    const model = new WindowModel();
    for (const window of ordinaryWindows(1000)) model.learn(window, 0);
    expect(model.learnt).toBe(0);
  });
});

describe('score', () => {
  it('is near 0.5 for ordinary windows and higher for a scan than for all of them', () => {
    const model = trained();
    const scores = ordinaryWindows(200, 5).map((window) => model.score(window)!);
    const scan = model.score(scanWindow())!;
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeCloseTo(0.5, 1);
    expect(scan).toBeGreaterThan(Math.max(...scores));
    expect(model.rarity(scan)).toBe(1 / 601);
  });

  it('calls about as many ordinary windows rare as its rarity says', () => {
    const model = trained(1000);
    const rare = ordinaryWindows(1000, 11).filter((window) => rarityOf(model, window) <= 0.05);
    expect(rare.length).toBeGreaterThan(20);
    expect(rare.length).toBeLessThan(90);
  });

  it('is above 0 and below 1 for any finite vector', () => {
    const model = trained(200);
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: FEATURE_COUNT, maxLength: FEATURE_COUNT }), (numbers) => {
        const x = Float64Array.from(numbers);
        const score = model.score(x)!;
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThan(1);
        model.learn(x, 0.01);
      }),
    );
  });

  it('is the same for the same seed and windows', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [one, other] = [trained(200, seed), trained(200, seed)];
        for (const window of ordinaryWindows(20, 3)) expect(one.score(window)).toBe(other.score(window));
      }),
      { numRuns: 5 },
    );
  });
});

describe('what is no vector', () => {
  const notFinite = (value: number) => {
    const [x] = ordinaryWindows(1);
    x[Feature.bytesOut] = value;
    return x;
  };
  it.each([
    { what: 'NaN', x: notFinite(Number.NaN) },
    { what: 'infinity', x: notFinite(Number.POSITIVE_INFINITY) },
    { what: 'minus infinity', x: notFinite(Number.NEGATIVE_INFINITY) },
    { what: 'a vector too short', x: new Float64Array(FEATURE_COUNT - 1) },
    { what: 'a vector too long', x: new Float64Array(FEATURE_COUNT + 1) },
  ])('$what has no score and is not learnt', ({ x }) => {
    const model = trained(200);
    const before = model.state();
    model.learn(x);
    expect(model.score(x)).toBeUndefined();
    expect(model.state()).toEqual(before);
  });

  it.each([Number.NaN, -1, Number.NEGATIVE_INFINITY])('a weight of %f teaches nothing', (weight) => {
    const model = trained(200);
    const before = model.state();
    model.learn(scanWindow(), weight);
    expect(model.state()).toEqual(before);
  });
});

describe('explanation', () => {
  it('names the features that made the score, with value and normal value, largest first', () => {
    const told = trained().explain(scanWindow());
    expect(told.map(({ share }) => share)).toEqual(told.map(({ share }) => share).toSorted((a, b) => b - a));
    expect(told.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    const failed = told.find(({ place }) => place === Feature.failed)!;
    expect(failed.feature).toBe(FEATURES[Feature.failed]);
    expect(failed.value).toBeCloseTo(3000);
    expect(failed.normal).toBe(0);
    const unusual = [
      Feature.opened,
      Feature.destinations,
      Feature.toNew,
      Feature.failed,
      Feature.failedShare,
    ];
    for (const { place } of told.slice(0, 4)) expect(unusual).toContain(place);
  });

  it('blames the one feature that is unusual', () => {
    const [x] = ordinaryWindows(1, 21);
    x[Feature.dns] = Math.log1p(500);
    expect(trained().explain(x)[0]).toMatchObject({ place: Feature.dns, normal: 0 });
  });
});

describe('poisoning', () => {
  const learnt = trained().state();
  const rarityAfter = (attack: Float64Array, windows: number, weight: number) => {
    const model = new WindowModel();
    model.restore(learnt);
    for (let i = 0; i < windows; i++) model.learn(attack, weight);
    return rarityOf(model, attack);
  };

  it('200 windows of the same attack at a weight of 0.02 do not make it usual', () => {
    const factor = fc.double({ min: 1, max: 3, noNaN: true });
    fc.assert(
      fc.property(factor, (times) => {
        const attack = scanWindow().map((value) => value * times);
        expect(rarityAfter(attack, 200, 0.02)).toBeLessThan(0.02);
      }),
      { numRuns: 20 },
    );
  });

  it('at full weight they would', () => {
    expect(rarityAfter(scanWindow(), 200, 1)).toBeGreaterThan(0.1);
  });
});

describe('state', () => {
  it('brings back a model that judges alike', () => {
    const model = trained();
    const restored = new WindowModel();
    expect(restored.restore(model.state())).toBe(true);
    expect(restored.state()).toEqual(model.state());
    for (const window of ordinaryWindows(50, 3))
      expect(Math.abs(restored.score(window)! - model.score(window)!)).toBeLessThan(0.06);
    expect(rarityOf(restored, scanWindow())).toBe(1 / 601);
  });

  it('brings back one that still warms up', () => {
    const restored = new WindowModel();
    expect(restored.restore(trained(50).state())).toBe(true);
    expect(restored.learnt).toBe(50);
  });
});
