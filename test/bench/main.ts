/**
 * `npm run bench [-- --json FILE] [-- --smoke]`: every figure beside its peer in the same run. `--smoke` is a short
 * form that shows that the benchmarks work and says nothing about speed.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchBlockLatency } from './block-latency.ts';
import { benchDetection } from './detection.ts';
import type { Figure } from './figure.ts';
import { benchGateway } from './gateway.ts';

const { values } = parseArgs({
  options: { json: { type: 'string' }, smoke: { type: 'boolean', default: false } },
});
const seconds = values.smoke ? 2 : 20;

const figures: Figure[] = [
  ...(await benchBlockLatency({ background: 0, seconds })),
  ...(await benchBlockLatency({ background: values.smoke ? 1_000 : 20_000, seconds })),
  ...(await benchGateway(
    values.smoke
      ? { rules: 100, blocks: 100, rounds: 1, seconds: 1 }
      : { rules: 10_000, blocks: 100_000, rounds: 5, seconds: 4 },
  )),
  ...(await benchDetection(values.smoke ? { flows: 20_000, rounds: 1 } : { flows: 1_000_000, rounds: 3 })),
];
for (const { name, value, unit, baseline, baselineValue, ratio } of figures) {
  const peer = `${baselineValue.toFixed(2)} ${unit} ${baseline}`;
  process.stdout.write(`${name}: ${value.toFixed(3)} ${unit} (${peer}; ratio ${ratio.toFixed(4)})\n`);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
