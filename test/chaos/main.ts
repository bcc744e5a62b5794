/**
 * `node test/chaos/main.ts [--seed N] [--minutes M] [--steps]`: the daemon on a small network, and everything happens to
 * it at random for ten minutes. Ends with 1 when anything that must always hold did not. `--steps` tells each step.
 */
import { parseArgs } from 'node:util';
import { type ChaosReport, runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: '10' },
    steps: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const tell = (line: string) => {
  if (values.steps || line.startsWith('VIOLATION')) console.info(line);
};
console.info(`seed ${seed}, ${values.minutes} min`);
const report = await runChaos({ seed, durationMs: Number(values.minutes) * 60_000, tell });
print(report);
process.exitCode = report.violations.length === 0 ? 0 : 1;

function print(result: ChaosReport): void {
  const counts = (of: ReadonlyMap<string, number>) =>
    [...of]
      .toSorted(([, one], [, other]) => other - one)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ');
  console.info(`
steps        ${result.steps} (${counts(result.byKind)})
faults       ${result.faults}
outcomes     ${counts(result.byOutcome)}
modes        ${result.modes.join(', ')}
ledger       ${result.entries} entries, ${result.revisions} revisions
checks       ${result.checks}, the slowest step held after ${Math.round(result.longestMs)} ms
             without the end of ${result.beforeTheirTime} elements, decided later than the clock is now
violations   ${result.violations.length}
again        node test/chaos/main.ts --seed ${result.seed} --minutes ${values.minutes} --steps`);
}
