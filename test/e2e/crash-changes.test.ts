/** `kill -9` at every step of the changes that concern several decisions at once: another policy, a rollback. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import type { RollbackResult } from '../../src/engine/commands.ts';
import { type FatalStep, FaultOrder } from '../faults/fault-order.ts';
import { denyingPolicy, Scene } from '../faults/scene.ts';
import { allDecisions, allEntries } from '../faults/soundness.ts';

const BLOCK = 'action: block, target: flow, ttl: 1h, approval: none';
let order: FaultOrder;
let scene: Scene;

beforeAll(async () => {
  order = new FaultOrder();
  scene = await Scene.open('change', { policy: denyingPolicy(BLOCK), ...order.options });
});

afterAll(async () => {
  await scene?.close();
  order.discard();
});

async function dieOf(change: Promise<unknown>): Promise<void> {
  await change.catch(() => {});
  expect(await scene.daemon.exited()).toBe('SIGKILL');
  order.withdraw();
  await scene.daemon.start();
}

async function policyName(): Promise<string> {
  const { policy } = await scene.get<{ policy: { name: string } }>('/v1/status');
  return policy.name;
}

async function apply(policy: string): Promise<{ revision: number }> {
  const answer = await scene.daemon.call('PUT', '/v1/policy', policy, { 'content-type': 'application/yaml' });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

describe('another policy that protects two destinations which are blocked', () => {
  const LIFTED = ['recorded', 'enforced', 'cut', 'settled'];
  const STEPS = ['recorded', ...LIFTED, ...LIFTED, 'settled'];
  let round = 0;
  let destinations: string[];

  beforeEach(async () => {
    round += 1;
    destinations = [`203.0.113.${100 + 2 * round}`, `203.0.113.${101 + 2 * round}`];
    for (const destination of destinations) {
      scene.send(destination, 2000 + round);
      await scene.settled('active', (target) => target.kind === 'flow' && target.destination === destination);
    }
  });

  const applied = () =>
    apply(
      denyingPolicy(BLOCK, { name: `protecting-${round}`, neverBlock: destinations.map((d) => `${d}/32`) }),
    );

  async function statesOfBoth(): Promise<string[]> {
    const decisions = await allDecisions(scene.daemon);
    return destinations.map(
      (each) =>
        decisions.find(({ target }) => target.kind === 'flow' && target.destination === each)?.state ??
        'none',
    );
  }

  it.each(STEPS.map((step, i): FatalStep => [step, STEPS.slice(0, i + 1).filter((s) => s === step).length]))(
    'killed after it is %s for the %i. time: it is in force, and both are lifted',
    async (...fatal) => {
      order.give(fatal);
      await dieOf(applied());
      expect(await policyName()).toBe(`protecting-${round}`);
      expect(await statesOfBoth()).toEqual(['revoked', 'revoked']);
      await scene.expectSound();
    },
  );

  it('killed before it is recorded: the old one is in force, and both stand', async () => {
    const before = await policyName();
    order.give(['committing', 1]);
    await dieOf(applied());
    expect(await policyName()).toBe(before);
    expect(await statesOfBoth()).toEqual(['active', 'active']);
    await scene.expectSound();
  });

  it('has no other steps', async () => {
    order.give();
    await applied();
    expect(order.reached()).toEqual(STEPS);
    expect(await statesOfBoth()).toEqual(['revoked', 'revoked']);
  });
});

describe('a rollback that lifts two blocks, reinstates one and brings a policy back', () => {
  const STEPS = ['recorded', 'enforced', 'cut', 'settled'];
  let round = 0;
  let target = 0;
  let policyThen = '';
  let kept: Decision;
  let reinstated: Decision;
  let lifted: Decision[];

  const prefix = (number: number) => `2001:db8:${round}:${number}::/64`;

  beforeEach(async () => {
    round += 1;
    policyThen = `before-${round}`;
    await apply(denyingPolicy(BLOCK, { name: policyThen }));
    kept = await scene.block(prefix(1));
    reinstated = await scene.block('198.51.100.66/32');
    target = (await scene.get<{ items: { number: number }[] }>('/v1/revisions?limit=1')).items[0].number;
    await scene.post(`/v1/decisions/${reinstated.id}/revoke`);
    lifted = [await scene.block(prefix(2)), await scene.block(prefix(3))];
    await apply(denyingPolicy(BLOCK, { name: `after-${round}` }));
  });

  /** So that the next round begins as this one did. */
  afterEach(async () => {
    const standing = (await allDecisions(scene.daemon)).filter(({ state }) => state === 'active');
    for (const { id } of standing) await scene.post(`/v1/decisions/${id}/revoke`);
  });

  const rollback = () => scene.post<RollbackResult>('/v1/rollback', { to: target });

  async function expectRolledBack(): Promise<void> {
    expect(await policyName()).toBe(policyThen);
    const decisions = await allDecisions(scene.daemon);
    const state = (id: string) => decisions.find((each) => each.id === id)?.state;
    expect(lifted.map(({ id }) => state(id))).toEqual(['revoked', 'revoked']);
    expect(state(kept.id)).toBe('active');
    const again = decisions.filter(
      ({ state, target }) =>
        state === 'active' && target.kind === 'destination' && target.prefix === '198.51.100.66/32',
    );
    expect(again.map(({ expiresAtMs }) => expiresAtMs)).toEqual([reinstated.expiresAtMs]);
    const done = (await allEntries(scene.daemon)).findLast(({ type }) => type === 'rollback.done');
    expect(done?.body).toMatchObject({ restoredFrom: target, lifted: lifted.map(({ id }) => id) });
    await scene.expectSound();
  }

  it.each(STEPS)('killed after it is %s: it is done', async (step) => {
    order.give([step, 1]);
    await dieOf(rollback());
    await expectRolledBack();
  });

  it('killed before it is recorded: all is as before', async () => {
    order.give(['committing', 1]);
    await dieOf(rollback());
    expect(await policyName()).toBe(`after-${round}`);
    const standing = (await allDecisions(scene.daemon)).filter(({ state }) => state === 'active');
    expect(standing.map(({ id }) => id)).toEqual([kept, ...lifted].map(({ id }) => id).toReversed());
    await scene.expectSound();
  });

  it('has no other steps', async () => {
    order.give();
    await rollback();
    expect(order.reached()).toEqual(STEPS);
    await expectRolledBack();
    expect(scene.daemon.cli('audit', 'verify').status).toBe(0);
  });
});
