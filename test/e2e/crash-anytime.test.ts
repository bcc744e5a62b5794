/** `kill -9` at moments that nobody chose, while everything happens at once: what was acknowledged is never lost. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Decision, DecisionState } from '../../src/decision/decision.ts';
import { denyingPolicy, Scene } from '../faults/scene.ts';
import { allDecisions } from '../faults/soundness.ts';

const BLOCK = 'action: block, target: flow, ttl: 1h, approval: provisional, holdFor: 10m';
const ROUNDS = 6;
const LONGEST_MS = 400;

let scene: Scene;
/** By decision id: the last state that the API has acknowledged. */
const acknowledged = new Map<string, DecisionState>();

beforeAll(async () => {
  scene = await Scene.open('anytime', { policy: denyingPolicy(BLOCK) });
});

afterAll(() => scene?.close());

/** Everything at once, until the daemon is gone. */
async function bustle(round: number): Promise<void> {
  const note = ({ id, state }: Decision) => acknowledged.set(id, state);
  for (let i = 1; ; i += 1) {
    const port = 1000 * round + i;
    scene.send('203.0.113.9', port);
    note(await scene.block(`2001:db8:${round}:${i}::/64`));
    const [provisional, ...others] = (await allDecisions(scene.daemon)).filter(
      ({ state }) => state === 'provisional',
    );
    if (provisional)
      note(await scene.post(`/v1/decisions/${provisional.id}/${i % 2 ? 'approve' : 'reject'}`));
    if (others.length > 3) note(await scene.post(`/v1/decisions/${others[0].id}/revoke`));
    if (i % 4 === 0) {
      const policy = denyingPolicy(BLOCK, { name: `round-${round}-${i}` });
      await scene.daemon.call('PUT', '/v1/policy', policy, { 'content-type': 'application/yaml' });
    }
  }
}

/** Park and Miller's generator, from 0 to 1. The same seed gives the same moments. */
function* moments(seed: number): Generator<number, never> {
  for (let x = seed; ; ) {
    x = (x * 48_271) % 2_147_483_647;
    yield x / 2_147_483_647;
  }
}

const SEED = 20_261_124;
const delays = moments(SEED);
const rounds = Array.from({ length: ROUNDS }, (_, i) => [
  i + 1,
  Math.round(delays.next().value * LONGEST_MS),
]);

it.each(rounds)('round %i: killed after %i ms', async (round, delayMs) => {
  const busy = bustle(round).catch((error: Error) => error);
  await pause(delayMs);
  expect(await scene.daemon.stop('SIGKILL')).toBe('SIGKILL');
  // Whatever was asked last got no answer.
  expect(await busy).toMatchObject({ message: expect.stringMatching(/fetch failed|terminated/) });
  await scene.daemon.start();
  const decisions = await allDecisions(scene.daemon);
  for (const [id, state] of acknowledged)
    expect(decisions.find((each) => each.id === id)).toMatchObject({ state });
  await scene.expectSound();
});
