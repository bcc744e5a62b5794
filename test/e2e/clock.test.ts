/**
 * Somebody sets the wall clock, while the daemon runs or while it is dead: what is blocked stays so for the time that it
 * had left, in the kernel and in the ledger.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { denyingPolicy, Scene } from '../faults/scene.ts';
import { allEntries } from '../faults/soundness.ts';
import { until } from '../network/waiting.ts';

const HOUR_MS = 3_600_000;
const TTL_MS = 2 * HOUR_MS;
const SLACK_MS = 30_000;
const folder = mkdtempSync(join(tmpdir(), 'penstock-clock-'));
const clock = join(folder, 'offset');

let scene: Scene;
beforeAll(async () => {
  writeFileSync(clock, '0');
  const module = new URL('../chaos/shifted-clock.ts', import.meta.url).href;
  scene = await Scene.open('clock', {
    policy: denyingPolicy('action: alert'),
    nodeFlags: [`--import=${module}`],
    environment: { PENSTOCK_TEST_CLOCK: clock },
  });
});
afterAll(async () => {
  await scene?.close();
  rmSync(folder, { recursive: true });
});

/** Milliseconds from now on, by the daemon's clock. */
const left = ({ expiresAtMs }: Decision, offsetMs: number) => (expiresAtMs ?? 0) - (Date.now() + offsetMs);

/** By a clock that nobody sets. */
let blockedAtMs = 0;
const isOnTime = (leftMs: number) =>
  Math.abs(leftMs - (TTL_MS - (performance.now() - blockedAtMs))) < SLACK_MS;

type When = 'while the daemon runs' | 'while it is dead' | 'while it is stopped';

async function set(when: When, offsetMs: number): Promise<void> {
  if (when !== 'while the daemon runs')
    await scene.daemon.stop(when === 'while it is dead' ? 'SIGKILL' : 'SIGTERM');
  writeFileSync(clock, String(offsetMs));
  if (when !== 'while the daemon runs') await scene.daemon.start();
}

describe('a clock that was set', () => {
  it.each<[string, When, number]>([
    ['back by three hours', 'while the daemon runs', -3 * HOUR_MS],
    ['forward by a day', 'while the daemon runs', 24 * HOUR_MS],
    ['back to where it was', 'while the daemon runs', 0],
    ['forward by five hours', 'while it is dead', 5 * HOUR_MS],
    ['back by nine hours', 'while it is stopped', -4 * HOUR_MS],
  ])('%s %s changes nothing of how long a block stands', async (_, when, offsetMs) => {
    const [known] = (await scene.get<{ items: Decision[] }>('/v1/decisions')).items;
    if (known === undefined) blockedAtMs = performance.now();
    const block = known ?? (await scene.block('203.0.113.9/32', TTL_MS));
    await set(when, offsetMs);
    const after = await until('the decision to follow', async () => {
      const decision = await scene.get(`/v1/decisions/${block.id}`);
      return isOnTime(left(decision, offsetMs)) ? decision : undefined;
    });
    expect(after.state).toBe('active');
    const [element] = scene.daemon.nftSet('destination4') as { elem: { expires: number } }[];
    expect(isOnTime(element.elem.expires * 1_000)).toBe(true);
  });

  it('is in the ledger each time, with how far', async () => {
    const jumps = (await allEntries(scene.daemon)).flatMap((entry) =>
      entry.type === 'clock.jumped' ? [Math.round(entry.body.byMs / HOUR_MS)] : [],
    );
    expect(jumps).toEqual([-3, 27, -24, 5, -9]);
    expect(scene.daemon.cli('audit', 'verify').status).toBe(0);
  });
});
