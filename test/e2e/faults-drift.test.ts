/** Another program changes our table while the daemon runs: mended at once, recorded, and nothing else is touched. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE } from '../../src/engine/repair-pace.ts';
import { RulesetWatch } from '../faults/ruleset-watch.ts';
import { denyingPolicy, Scene } from '../faults/scene.ts';
import { allEntries } from '../faults/soundness.ts';
import { until } from '../network/waiting.ts';

const SERVER = '198.51.100.66';
const SERVER6 = '2001:db8:66::66';
const REPEATS = 2;

/** `nft` arguments of somebody else, and what the ledger then says about it. */
const HARM: [string, string, RegExp][] = [
  ['the whole ruleset is flushed', 'flush ruleset', /is missing/],
  ['our table is deleted', 'delete table inet penstock', /is missing/],
  [
    'an element is deleted',
    `delete element inet penstock destination4 { ${SERVER} }`,
    /missing: destination4 198\.51\.100\.66/,
  ],
  [
    'elements of both families are deleted at once',
    `delete element inet penstock destination4 { ${SERVER} } ; delete element inet penstock destination6 { ${SERVER6} }`,
    /missing: destination6 2001:db8:66::66/,
  ],
  [
    'all elements of a set are flushed',
    'flush set inet penstock destination4',
    /missing: destination4 198\.51\.100\.66/,
  ],
  [
    'an element is added',
    'add element inet penstock destination4 { 198.51.100.99 timeout 1h }',
    /nobody decided: destination4 198\.51\.100\.99/,
  ],
  ['a rule is inserted before ours', 'insert rule inet penstock forward accept', /has other rules/],
  ['our rules are flushed', 'flush chain inet penstock judge4', /has other rules/],
  ['a chain of theirs is added', 'add chain inet penstock theirs', /has other rules/],
];

let scene: Scene;
const times = new Map<string, number[]>();

beforeAll(async () => {
  scene = await Scene.open('drift', { policy: denyingPolicy('action: alert') });
  scene.network.outside('server', [`${SERVER}/24`, `${SERVER6}/64`]);
  expect([SERVER, SERVER6].map(isReachable)).toEqual([true, true]);
  await scene.block(`${SERVER}/32`);
  await scene.block(`${SERVER6}/128`);
  expectBlocked();
});

afterAll(async () => {
  await scene?.close();
  for (const [what, ms] of times)
    console.info(`mended in ${median(ms).toFixed(1)} ms (median of ${ms.length}): ${what}`);
});

function isReachable(address: string): boolean {
  return scene.network.run('web', 'ping', ['-n', '-c', '1', '-W', '0.5', address]).status === 0;
}

function expectBlocked(): void {
  expect([SERVER, SERVER6].map(isReachable)).toEqual([false, false]);
}

function nft(command: string): string {
  const { status, stdout, stderr } = scene.network.run('gateway', 'nft', ['-f', '-'], {
    input: `${command}\n`,
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

async function repairs(): Promise<number> {
  const { kernel } = await scene.get<{ kernel: { driftRepairs: number } }>('/v1/status');
  return kernel.driftRepairs;
}

let harms = 0;

/** More harm in a short time is a fight, in which mending waits (repair-pace.ts); a new daemon knows of none. */
async function keepThePeace(): Promise<void> {
  harms += 1;
  if (harms <= AT_ONCE) return;
  await scene.daemon.stop();
  await scene.daemon.start();
  harms = 1;
}

/** From the announcement of the harm to that of the last transaction that mends it, in ms. */
async function harmAndTime(command: string): Promise<number> {
  await keepThePeace();
  const before = await repairs();
  using watch = new RulesetWatch();
  const other = scene.network.start('gateway', 'nft', command.split(' '));
  const seen = watch.until((made) => made.at(-1)?.processId !== other.pid && made.length > 1);
  const transactions = [...(await seen)];
  await until('the repair to be counted', async () => (await repairs()) > before);
  // A table made anew is filled by a transaction of its own.
  transactions.push(...(await watch.until(() => true)));
  expect(transactions[0].processId).toBe(other.pid);
  return transactions[transactions.length - 1].atMs - transactions[0].atMs;
}

describe.each(HARM)('%s', (what, command, said) => {
  it('is mended and recorded, and the block still blocks', async () => {
    nft('add table ip theirs');
    nft('add chain ip theirs forward { type filter hook forward priority 10; }');
    nft('add rule ip theirs forward ip daddr 192.0.2.1 counter drop');
    const isFlush = command === 'flush ruleset';
    const foreign = isFlush ? '' : nft('list table ip theirs');
    for (let i = 0; i < REPEATS; i += 1) {
      times.set(what, [...(times.get(what) ?? []), await harmAndTime(command)]);
      await scene.expectSound();
    }
    expectBlocked();
    expect(nft('list ruleset').replaceAll(/^table inet penstock [\s\S]*?^}\n/gm, '')).toBe(foreign);
    const drift = (await allEntries(scene.daemon)).filter(({ type }) => type.startsWith('drift.')).slice(-2);
    expect(drift.map(({ type }) => type)).toEqual(['drift.found', 'drift.repaired']);
    for (const { body } of drift) expect(JSON.stringify(body)).toMatch(said);
  });
});

/** The moment at which the daemon dies, counted in transactions after the harm: it has seen nothing, has made the table. */
it.each([0, 1])('killed while it mends a flushed ruleset, after %i transactions of its own', async (own) => {
  using watch = new RulesetWatch();
  const other = scene.network.start('gateway', 'nft', ['flush', 'ruleset']);
  await watch.until(
    (made) => made.filter(({ processId }) => processId !== other.pid).length >= own && made.length > own,
  );
  expect(await scene.daemon.stop('SIGKILL')).toBe('SIGKILL');
  await scene.daemon.start();
  await scene.expectSound();
  expectBlocked();
});

function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)];
}
