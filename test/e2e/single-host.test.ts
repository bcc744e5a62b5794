/** Without a network behind it: the machine that the daemon runs on is itself the host that is watched. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BLOCK, denyList, policyText } from './policy-text.ts';
import { FAMILIES, type Family, SHOP, Site, stranger } from './site.ts';
import { Talk, type Transport } from './talk.ts';

const OWN = { 4: '198.51.100.1', 6: '2001:db8:66::1' };
const CASES = FAMILIES.flatMap((family) =>
  (['tcp', 'udp', 'icmp'] as const).map((transport, i) => ({ transport, family, number: 60 + i })),
);
const LISTED = CASES.map(({ family, number }) => `${stranger(number, family)}/${family === 4 ? 32 : 128}`);
const parts = { lan: ['198.51.100.1/32', '203.0.113.1/32', '2001:db8:66::1/128'] };

let site: Site;
const talks = new Map<string, Talk>();
let shop: Talk;
let appliedAtMs: number;

function begin(to: string, address: string, family: Family, transport: Transport): Promise<Talk> {
  return Talk.begin(site.network, { from: 'gateway', to, address, family, transport });
}

beforeAll(async () => {
  const alsoTo = ['198.51.100.0/24', '2001:db8:66::/64'];
  site = await Site.open('single', { policy: policyText('before', { ...parts, alsoTo }) });
  shop = await begin('shop', SHOP[4], 4, 'udp');
  const begun = CASES.map(async ({ transport, family, number }) => {
    const address = stranger(number, family);
    talks.set(address, await begin('stranger', address, family, transport));
  });
  await Promise.all(begun);
  const actions = [
    { detector: 'denyList', target: 'destination', ...BLOCK },
    { detector: 'policyViolation', target: 'flow', ...BLOCK },
  ];
  await site.apply(policyText('after', { ...parts, ...denyList(LISTED), actions }));
  appliedAtMs = Date.now();
});
afterAll(async () => {
  for (const talk of [shop, ...talks.values()]) talk?.[Symbol.dispose]();
  await site?.[Symbol.asyncDispose]();
});

describe('its own connections to a listed address', () => {
  test.each(CASES)(
    '$transport over IPv$family ends within a second, both ways',
    async ({ family, number }) => {
      const talk = talks.get(stranger(number, family));
      expect(((await talk?.falls()) ?? Number.NaN) - appliedAtMs).toBeLessThan(1_000);
      const incident = await site.incident(({ destination }) => destination === stranger(number, family));
      expect(incident).toMatchObject({ host: OWN[family], cause: 'denyList' });
    },
  );

  test.each(FAMILIES)('nor does the listed address reach it over IPv%i', async (family) => {
    const args = ['-n', '-c1', '-W0.5', '-I', stranger(60, family), OWN[family]];
    expect((await site.network.runAsync('stranger', 'ping', args)).status).toBe(1);
  });
});

test('a violation is blocked for that service alone', async () => {
  const address = stranger(65, 4);
  using talk = await Talk.attempt(site.network, {
    from: 'gateway',
    to: 'stranger',
    address,
    family: 4,
    transport: 'udp',
  });
  const { target } = await site.decision(
    (each) => each.target.kind === 'flow' && each.target.destination === address,
  );
  expect(target).toMatchObject({ host: OWN[4], service: { protocol: 17, port: 7000 } });
  await talk.falls();
});

test('the machine cannot be quarantined, for then nobody could let it out', async () => {
  const target = { kind: 'host', host: OWN[4] };
  const answer = await site.daemon.call('POST', '/v1/decisions', { target, ttlMs: 60_000, reason: 'a test' });
  expect(answer).toMatchObject({ status: 422, body: { code: 'refused', guardrail: 'ownAddresses' } });
});

test('what others let pass through it is none of its business', async () => {
  using foreign = await Talk.begin(site.network, {
    from: 'laptop',
    to: 'stranger',
    address: stranger(70, 4),
    family: 4,
    transport: 'udp',
  });
  await foreign.endsWhole();
  const { items } = (await site.daemon.call('GET', '/v1/incidents')).body;
  expect(items.map(({ destination }: { destination: string }) => destination)).not.toContain(stranger(70, 4));
});

test('allowed traffic lost no packet', () => shop.endsWhole());
