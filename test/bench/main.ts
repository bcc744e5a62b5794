/**
 * `npm run bench [-- --json FILE] [-- --only NAME,NAME] [-- --smoke] [-- --growth]`: every figure beside its peer or the
 * kernel's own limit in the same run.
 *
 *   --smoke    a short form that shows that the benchmarks work and says nothing about speed
 *   --growth   instead: what each costs at 1, 10 and 100 times a size, and the exponent: 1 is linear, 0 costs the same
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BENCHES, type Bench, type Size } from './benches.ts';
import type { Figure } from './figure.ts';
import { GROWTH_NAMES, measureGrowth } from './growth/growth.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
  },
});

const wanted = values.only?.split(',');
const known = values.growth ? GROWTH_NAMES : Object.keys(BENCHES);
const unknown = wanted?.find((name) => !known.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`no benchmark '${unknown}': ${known.join(', ')}\n`);
  process.exit(2);
}
const size: Size = values.smoke ? 'smoke' : 'full';
const figures: Figure[] = [];
if (values.growth) await measureGrowth(size, wanted, report);
else await measureAll();
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);

async function measureAll(): Promise<void> {
  for (const [name, bench] of Object.entries<Bench>(BENCHES)) {
    if (wanted && !wanted.includes(name)) continue;
    process.stderr.write(`${name} ...\n`);
    report(await bench(size));
  }
}

function report(measured: readonly Figure[]): void {
  figures.push(...measured);
  for (const { name, value, unit, baseline, baselineValue, ratio } of measured) {
    const peer = `${baseline}: ${number(baselineValue)} ${unit}`;
    process.stdout.write(`${name}: ${number(value)} ${unit} (${peer}; ratio ${number(ratio)})\n`);
  }
}

function number(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(4);
}
