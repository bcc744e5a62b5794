/** A minute of chaos, as `npm run chaos` makes ten of (test/chaos/): the same seed each time. */
import { expect, test } from 'vitest';
import { runChaos } from '../chaos/run.ts';

const SEED = 20_261_124;
const MINUTE_MS = 60_000;
/** Its start, the last step and its end come on top. */
const TIMEOUT_MS = 4 * MINUTE_MS;

test('whatever happens, what must always hold does', { timeout: TIMEOUT_MS }, async () => {
  const lines: string[] = [];
  const report = await runChaos({ seed: SEED, durationMs: MINUTE_MS, tell: (line) => lines.push(line) });
  console.info(`${report.steps} steps, ${report.faults} faults, ${report.checks} checks (seed ${SEED})`);
  expect(report.violations, lines.join('\n')).toEqual([]);
  expect(report.steps).toBeGreaterThan(5);
  expect(report.revisions).toBeGreaterThan(1);
});
