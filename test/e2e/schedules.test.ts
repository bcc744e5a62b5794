/** A rule with hours, in mode enforce: its window opens and closes by itself, over IPv4 and IPv6, and nothing else moves. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyText } from './policy-text.ts';
import { FAMILIES, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const NIGHTLY = 60;
/** A Wednesday in Berlin, where it is an hour later than in UTC. */
const OPENS_AT = Date.parse('2026-12-02T00:00:00Z');
const CLOSES_AT = Date.parse('2026-12-02T03:00:00Z');
/** So long before, the daemon's clock is set: what happens then is by the window, not by the setting. */
const BEFORE_MS = 3_000;

const folder = mkdtempSync(join(tmpdir(), 'penstock-schedules-'));
const clock = join(folder, 'offset');
let site: Site;
let kept: Talk;
const lives = new DisposableStack();

function setClock(atMs: number): void {
  writeFileSync(clock, String(atMs - Date.now()));
}

function policy(): string {
  const document = JSON.parse(policyText('nightly', { mode: 'enforce' }));
  document.spec.schedules = {
    nightly: { timezone: 'Europe/Berlin', days: ['wed'], start: '01:00', end: '04:00' },
  };
  const cidrs = FAMILIES.map((family) => `${stranger(NIGHTLY, family)}/${family === 4 ? 32 : 128}`);
  const rule = { id: 'nightly', from: ['lan'], to: { cidrs }, services: ['everything'], schedule: 'nightly' };
  document.spec.rules.push(rule);
  return JSON.stringify(document);
}

function attempt(port: number): Promise<Talk[]> {
  const transports = ['tcp', 'udp'] as const;
  return Promise.all(
    FAMILIES.flatMap((family) =>
      transports.map(async (transport) => {
        const route = { from: 'laptop', to: 'stranger', address: stranger(NIGHTLY, family), family };
        return lives.use(await Talk.attempt(site.network, { ...route, transport, port }));
      }),
    ),
  );
}

/** The daemon's own clock. */
const daemonNowMs = async () => (await site.entries('daemon.started'))[0].atMs;

beforeAll(async () => {
  setClock(OPENS_AT - 3_600_000);
  const module = new URL('../chaos/shifted-clock.ts', import.meta.url).href;
  site = await Site.open('schedules', {
    policy: policy(),
    nodeFlags: [`--import=${module}`],
    environment: { PENSTOCK_TEST_CLOCK: clock },
  });
  const shop = { from: 'printer', to: 'shop', address: SHOP[6], family: 6, transport: 'udp' } as const;
  kept = lives.use(await Talk.begin(site.network, shop));
});
afterAll(async () => {
  lives.dispose();
  await site?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('before its hours nothing passes', async () => {
  expect(Math.abs((await daemonNowMs()) - (OPENS_AT - 3_600_000))).toBeLessThan(60_000);
  const early = await attempt(7_100);
  expect(await Promise.all(early.map((talk) => talk.falls()))).toEqual([0, 0, 0, 0]);
});

test('it opens by itself: what was tried in vain just before is through', async () => {
  setClock(OPENS_AT - BEFORE_MS);
  const opensAtMs = Date.now() + BEFORE_MS;
  const talks = await attempt(7_200);
  await Promise.all(talks.map((talk) => talk.flows(15_000)));
  expect(Date.now()).toBeGreaterThan(opensAtMs);
});

test('it closes by itself: what stands ends, new ones do not begin, and the rest goes on whole', async () => {
  const talks = await attempt(7_300);
  await Promise.all(talks.map((talk) => talk.flows()));
  setClock(CLOSES_AT - BEFORE_MS);
  const closesAtMs = Date.now() + BEFORE_MS;
  const lastHeard = await Promise.all(talks.map((talk) => talk.falls()));
  for (const atMs of lastHeard) {
    expect(atMs - closesAtMs).toBeGreaterThan(-500);
    expect(atMs - closesAtMs).toBeLessThan(5_000);
  }
  const late = await attempt(7_400);
  expect(await Promise.all(late.map((talk) => talk.falls()))).toEqual([0, 0, 0, 0]);
  await kept.endsWhole();
});
