/**
 * The benchmarks work: the cheap ones in their short form, each figure beside what it is compared with. What they say
 * about speed is not looked at.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Figure } from '../bench/figure.ts';

const MAIN = new URL('../bench/main.ts', import.meta.url).pathname;

function bench(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 55_000 });
}

it('writes each figure with its unit, beside its peer or limit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'figures.json');
  const { status, stdout, stderr } = bench(
    '--smoke',
    '--only',
    'match,elements,latency,leak,detection',
    '--json',
    file,
  );
  expect(status, stderr).toBe(0);
  const figures: Figure[] = JSON.parse(readFileSync(file, 'utf8'));
  const names = figures.map(({ name }) => name.replace(/ \(.*/, ''));
  expect(names).toEqual(
    expect.arrayContaining([
      'match',
      'element-median',
      'bulk',
      'block-latency-median',
      'packets-leaked',
      'replay',
    ]),
  );
  for (const figure of figures) {
    expect(Object.keys(figure)).toEqual(['name', 'value', 'unit', 'baseline', 'baselineValue', 'ratio']);
    const { name, value, unit, baseline, baselineValue, ratio } = figure;
    expect(
      [value, baselineValue].every((each) => Number.isFinite(each) && each >= 0),
      name,
    ).toBe(true);
    expect(baselineValue, name).toBeGreaterThan(0);
    expect(ratio, name).toBe(value / baselineValue);
    expect(unit && baseline, name).toBeTruthy();
    expect(stdout).toContain(`${name}: `);
  }
});

it('tells how costs grow with size, with what they are at each', () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'figures.json');
  const { status, stdout, stderr } = bench(
    '--smoke',
    '--growth',
    '--only',
    'elements,match,replay',
    '--json',
    file,
  );
  expect(status, stderr).toBe(0);
  const figures: Figure[] = JSON.parse(readFileSync(file, 'utf8'));
  const told = figures.filter(({ name }) => name.includes('('));
  expect(told.map(({ name }) => name.replace(/ \(.*/, ''))).toEqual(
    ['element', 'bulk', 'match', 'replay'].map((name) => `growth-${name}`),
  );
  for (const { name } of told)
    expect(name).toMatch(/ \([\d.]+, [\d.]+, [\d.]+ (ms|ns|s) at \d+; [\d,]+; [\d,]+ [^)]+\)$/);
  for (const { name, value, unit, baseline, ratio } of figures) {
    expect({ unit, baseline, ratio }).toEqual({ unit: 'exponent', baseline: 'linear', ratio: value });
    expect(Number.isFinite(value), name).toBe(true);
    expect(stdout).toContain(`${name}: `);
  }
});

it('knows no benchmark of another name', () => {
  expect(bench('--only', 'nothing')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('dump, events'),
  });
  expect(bench('--growth', '--only', 'alerts')).toMatchObject({ status: 2 });
});
