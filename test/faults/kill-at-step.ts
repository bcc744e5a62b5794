/**
 * Loaded into the daemon with `--import`: ends the process, as `kill -9` would, at a chosen step of a change (see
 * src/engine/step.ts) or just before a transaction of the ledger is committed (`committing`).
 *
 * The environment variable PENSTOCK_TEST_KILL names a file. While it exists, it holds `STEP N`: the process dies at
 * the Nth such step. Steps reached are written to FILE.steps, one a line, so the test can say that it knows them all.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';

const order = process.env.PENSTOCK_TEST_KILL;
if (order === undefined) throw new Error('PENSTOCK_TEST_KILL names no file');
const reached = `${order}.steps`;

function reach(step: string): void {
  if (!existsSync(order as string)) return;
  appendFileSync(reached, `${step}\n`);
  const [fatal, count] = readFileSync(order as string, 'utf8').split(' ');
  const times = readFileSync(reached, 'utf8')
    .split('\n')
    .filter((line) => line === fatal).length;
  if (step === fatal && times === Number(count)) process.kill(process.pid, 'SIGKILL');
}

function announceCommits(): void {
  const prepare = DatabaseSync.prototype.prepare;
  DatabaseSync.prototype.prepare = function (sql, ...rest) {
    const statement = prepare.call(this, sql, ...rest);
    if (sql !== 'COMMIT') return statement;
    const run = statement.run.bind(statement);
    statement.run = () => {
      reach('committing');
      return run();
    };
    return statement;
  };
}

if (!isMainThread) {
  announceCommits();
  subscribe('penstock:step', (message) => reach((message as { step: string }).step));
}
