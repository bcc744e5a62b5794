/**
 * Property tests with a new seed in each round, until the minutes are over or one finds a counterexample; vitest then
 * prints it with its seed. `npm run soak -- --minutes 30`.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SEED_VARIABLE } from './property-seed.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const endsAtMs = Date.now() + Number(values.minutes) * 60_000;
const files = globSync('test/unit/**/*.test.ts').filter((file) =>
  readFileSync(file, 'utf8').includes("'fast-check'"),
);

let rounds = 0;
while (Date.now() < endsAtMs) {
  const seed = String(randomInt(2 ** 31));
  console.log(`soak: round ${++rounds}, ${SEED_VARIABLE}=${seed}`);
  const { status } = spawnSync('vitest', ['run', '--project', 'unit', '--reporter', 'dot', ...files], {
    stdio: 'inherit',
    env: { ...process.env, [SEED_VARIABLE]: seed },
  });
  if (status !== 0) process.exit(status ?? 1);
}
console.log(`soak: ${rounds} rounds of ${files.length} files, no counterexample`);
