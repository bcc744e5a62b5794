/** `kill -9` at every step of a policy on trial, deadlines that pass while the daemon is dead, and reboots. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TrialStatus } from '../../src/engine/commands.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import type { Revision } from '../../src/ledger/revision.ts';
import { type FatalStep, FaultOrder } from '../faults/fault-order.ts';
import { denyingPolicy, Scene } from '../faults/scene.ts';
import { allDecisions, allEntries } from '../faults/soundness.ts';
import { until } from '../network/waiting.ts';

const BLOCK = 'action: block, target: flow, ttl: 1h, approval: none';
const folder = mkdtempSync(join(tmpdir(), 'penstock-boot-'));
const bootIdPath = join(folder, 'boot_id');
let boots = 0;
let round = 0;
let order: FaultOrder;
let scene: Scene;

/** What `/proc/sys/kernel/random/boot_id` would say after a reboot. */
function newBoot(): void {
  boots += 1;
  writeFileSync(bootIdPath, `00000000-0000-4000-8000-${String(boots).padStart(12, '0')}\n`);
}

beforeAll(async () => {
  newBoot();
  order = new FaultOrder();
  const { nodeFlags, environment } = order.options;
  scene = await Scene.open('confirm', {
    policy: denyingPolicy(BLOCK, { name: 'good' }),
    nodeFlags,
    environment: { ...environment, PENSTOCK_BOOT_ID_PATH: bootIdPath },
  });
});

afterAll(async () => {
  await scene?.close();
  order.discard();
  rmSync(folder, { recursive: true, force: true });
});

/** New each round, so that a policy lifts one block and no other; over IPv4 and IPv6 in turns. */
const destination = () => (round % 2 === 0 ? `203.0.113.${100 + round}` : `2001:db8:66::${100 + round}`);

/** Another one each time; it lifts the block that a violation of the good one has led to. */
function triedPolicy(): string {
  return denyingPolicy(BLOCK, {
    name: `tried-${round}`,
    neverBlock: [`${destination()}/${round % 2 === 0 ? 32 : 128}`],
  });
}

function putPolicy(policy: string, confirmWithin: string) {
  const headers = { 'content-type': 'application/yaml' };
  return scene.daemon.call('PUT', `/v1/policy?confirmWithin=${confirmWithin}`, policy, headers);
}

/** Something is blocked that the policy to be tried lifts; then it is tried. */
async function apply(confirmWithin: string, fatal?: FatalStep): Promise<void> {
  round += 1;
  scene.send(destination(), 2000 + round);
  await scene.decided(2000 + round, 'active');
  if (fatal) order.give(fatal);
  // Whoever is killed gives no answer.
  await putPolicy(triedPolicy(), confirmWithin).catch(() => {});
}

async function die(): Promise<void> {
  expect(await scene.daemon.exited()).toBe('SIGKILL');
  order.withdraw();
}

async function facts(): Promise<{ policy: string; trial: TrialStatus | null; blocked: boolean }> {
  const { policy, trial } = await scene.get<{ policy: { name: string }; trial: TrialStatus | null }>(
    '/v1/status',
  );
  const blocked = (await allDecisions(scene.daemon)).some(
    ({ state, target }) =>
      state === 'active' && target.kind === 'flow' && target.service.port === 2000 + round,
  );
  return { policy: policy.name, trial, blocked };
}

async function trials(type: Entry['type']): Promise<Entry[]> {
  return (await allEntries(scene.daemon)).filter((each) => each.type === type);
}

/** The good policy is in force, and what the tried one lifted stands again. */
async function expectTakenBack(cause: string): Promise<void> {
  expect(await facts()).toEqual({ policy: 'good', trial: null, blocked: true });
  const begun = await trials('trial.begun');
  const reverted = (await trials('trial.reverted')).filter((each) => 'trial' in each.body);
  expect(reverted).toHaveLength(begun.length - confirmations);
  expect(reverted.at(-1)?.body).toMatchObject({ trial: { policyName: `tried-${round}`, end: { cause } } });
  const { items } = await scene.get<{ items: Revision[] }>('/v1/revisions?limit=1');
  expect(items[0].policyDigest).toBe((await scene.get<{ digest: string }>('/v1/policy')).digest);
  await scene.expectSound();
}
let confirmations = 0;

it('killed before the trial is recorded: it never was', async () => {
  await apply('1h', ['committing', 1]);
  await die();
  await scene.daemon.start();
  expect(await facts()).toEqual({ policy: 'good', trial: null, blocked: true });
  expect(await trials('trial.begun')).toEqual([]);
});

it('killed when it is recorded, started again after the deadline: it is never in force again', async () => {
  await apply('1s', ['recorded', 1]);
  await die();
  const diedAtMs = Date.now();
  await until('the deadline to pass', () => Date.now() > diedAtMs + 1_000);
  await scene.daemon.start();
  await expectTakenBack('deadline');
});

/** Of the apply itself, of the block that it lifts, and then of the return. */
const OF_RETURN: FatalStep[] = [
  ['recorded', 3],
  ['enforced', 2],
  ['cut', 2],
  ['settled', 3],
];

it.each(OF_RETURN)('killed while it is taken back, after %s: it is taken back once', async (...fatal) => {
  await apply('1s', fatal);
  await die();
  await scene.daemon.start();
  await expectTakenBack('deadline');
});

it('these are all the steps', async () => {
  round += 1;
  scene.send(destination(), 2000 + round);
  await scene.decided(2000 + round, 'active');
  order.give();
  expect((await putPolicy(triedPolicy(), '1s')).status).toBe(200);
  await until('it to be taken back', async () => (await facts()).trial === null);
  const lift = ['recorded', 'enforced', 'cut', 'settled'];
  expect(order.reached()).toEqual(['recorded', ...lift, 'settled', ...lift]);
  order.withdraw();
  await expectTakenBack('deadline');
});

it('a reboot in the window boots the last good one, though the policy file holds the tried one', async () => {
  await apply('1h');
  expect(await facts()).toMatchObject({ policy: `tried-${round}`, blocked: false });
  scene.daemon.writePolicy(triedPolicy());
  expect(await scene.daemon.stop('SIGKILL')).toBe('SIGKILL');
  newBoot();
  // A boot begins without a table.
  scene.network.run('gateway', 'nft', ['delete', 'table', 'inet', 'penstock']);
  await scene.daemon.start();
  await expectTakenBack('reboot');
  expect(await trials('policy.refused')).toMatchObject([{ actor: 'file', body: { name: `tried-${round}` } }]);
});

it('killed in the window, the trial goes on; killed while it is confirmed, it is confirmed or waits', async () => {
  await apply('1h', ['settled', 2]);
  await die();
  await scene.daemon.start();
  const { policy, trial, blocked } = await facts();
  expect([policy, blocked]).toEqual([`tried-${round}`, false]);
  const left = trial?.leftMs ?? 0;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(3_600_000);
  const confirm = () => scene.daemon.call('POST', `/v1/revisions/${trial?.revision}/confirm`, {});

  order.give(['committing', 1]);
  await confirm().catch(() => {});
  await die();
  await scene.daemon.start();
  expect((await facts()).trial).toMatchObject({ revision: trial?.revision });

  order.give(['recorded', 1]);
  await confirm().catch(() => {});
  await die();
  confirmations += 1;
  newBoot();
  await scene.daemon.start();
  expect(await facts()).toMatchObject({ policy: `tried-${round}`, trial: null, blocked: false });
  expect(await confirm()).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/confirmed by admin/) },
  });
  await scene.expectSound();
});
