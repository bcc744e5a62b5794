/** `kill -9` at every step of what happens to a decision: what was recorded is done, what was not is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision, DecisionState } from '../../src/decision/decision.ts';
import { type FatalStep, FaultOrder } from './fault-order.ts';
import { denyingPolicy, Scene } from './scene.ts';

const STEPS = ['recorded', 'enforced', 'cut', 'settled'] as const;
/**
 * A start takes seconds, and what follows the change of the kernel is the same for all: killed at every step is one
 * happening of a file, the others before and after that change.
 */
export const AROUND_THE_KERNEL = ['recorded', 'enforced'] as const;

export interface Happening {
  what: string;
  action: string;
  /** Changes that come before the one in question, once the order is given. */
  earlier?: number;
  /** @returns what then starts it; `port` is new each time */
  prepare?: (scene: Scene, port: number) => Promise<string>;
  start: (scene: Scene, port: number, id: string) => unknown;
  after: DecisionState;
  /** When it was not recorded and nothing starts it again; undefined: no decision. */
  otherwise?: DecisionState | 'none';
}

const DESTINATION = '203.0.113.9';

/** A datagram that the policy does not allow. */
export const violate = (scene: Scene, port: number) => scene.send(DESTINATION, port);

export const block = (ttlMs: number) => (scene: Scene, port: number) =>
  scene.daemon.call('POST', '/v1/decisions', {
    target: { kind: 'flow', host: '10.1.0.10', destination: DESTINATION, service: { protocol: 17, port } },
    ttlMs,
    reason: 'by hand',
  });

export function killedDuring(happening: Happening, steps: readonly string[] = STEPS): void {
  describe(`killed during ${happening.what}`, () => {
    let order: FaultOrder;
    let scene: Scene;
    let port = 1000;

    beforeAll(async () => {
      order = new FaultOrder();
      scene = await Scene.open('crash', { policy: denyingPolicy(happening.action), ...order.options });
    });

    afterAll(async () => {
      await scene?.close();
      order.discard();
    });

    /** Let it happen under an order; the connection of whoever asks may break. */
    async function happen(fatal?: FatalStep): Promise<void> {
      port += 1;
      const id = (await happening.prepare?.(scene, port)) ?? '';
      order.give(fatal);
      await Promise.resolve(happening.start(scene, port, id)).catch(() => {});
    }

    async function dieAndRestart(step: string): Promise<void> {
      await happen([step, 1 + (happening.earlier ?? 0)]);
      expect(await scene.daemon.exited()).toBe('SIGKILL');
      order.withdraw();
      await scene.daemon.start();
    }

    it.each(steps)('after %s: it is done', async (step) => {
      await dieAndRestart(step);
      const decision = await scene.decided(port, happening.after);
      expect(decision.enforcement.status).toBe(isBlock(decision) ? 'applied' : 'none');
      await scene.expectSound();
    });

    it('before it is recorded: it never was, or happens again', async () => {
      await dieAndRestart('committing');
      if (happening.otherwise === 'none') expect(await recordedAbout(port)).toEqual([]);
      else await scene.decided(port, happening.otherwise ?? happening.after);
      await scene.expectSound();
    });

    it('has no other steps', async () => {
      await happen();
      await scene.decided(port, happening.after);
      await expect
        .poll(() => order.reached())
        .toEqual([...Array(1 + (happening.earlier ?? 0))].flatMap(() => STEPS));
      await scene.expectSound();
      expect(scene.daemon.cli('audit', 'verify').status).toBe(0);
    });

    async function recordedAbout(wanted: number): Promise<Decision[]> {
      const { items } = await scene.get<{ items: Decision[] }>('/v1/decisions?limit=500');
      return items.filter(({ target }) => target.kind === 'flow' && target.service.port === wanted);
    }
  });
}

function isBlock({ state }: Decision): boolean {
  return state === 'active' || state === 'provisional';
}
