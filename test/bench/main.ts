/**
 * `npm run bench [-- --json FILE] [-- --only NAME,NAME] [-- --smoke] [-- --growth]`: every figure beside its peer or the
 * kernel's own limit in the same run.
 *
 *   --smoke    a short form that shows that the benchmarks work and says nothing about speed
 *   --growth   what grows, at 1, 10 and 100 times its size, with the exponent: 1 is linear, 0 costs the same at any size
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BENCHES, type Bench, type Size } from './benches.ts';
import type { Figure } from './figure.ts';
import { measureGrowth } from './growth.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
  },
});

const wanted = values.only?.split(',');
const unknown = wanted?.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  process.stderr.write(`no benchmark '${unknown}': ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(2);
}
const size: Size = values.smoke ? 'smoke' : 'full';
const figures: Figure[] = [];
for (const [name, bench] of Object.entries<Bench>(BENCHES)) {
  if (wanted && !wanted.includes(name)) continue;
  process.stderr.write(`${name} ...\n`);
  report(await bench(size));
}
if (values.growth) report(await measureGrowth(size, wanted));
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);

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
