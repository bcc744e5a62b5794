/** Mode enforce: what no rule allows does not pass, from the first packet on; what stands is judged by a new policy. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../network/waiting.ts';
import { BLOCK, type PolicyParts, policyText } from './policy-text.ts';
import { FAMILIES, type Family, SHOP, Site, stranger } from './site.ts';
import { Talk, type Transport } from './talk.ts';

/** By number of the stranger's address. */
const ALLOWED_FIRST = 60;
const NEVER_ALLOWED = 61;
const SPARED = 62;
const BEHIND_NAT = 63;
const FOR_A_WHILE = 64;
const FEW_AT_ONCE = 65;
/** Nobody has these: the gateway sends what is asked of them to BEHIND_NAT. */
const ASKED = { 4: '192.0.2.10', 6: '2001:db8:77::10' };
const OWN = { 4: '198.51.100.1', 6: '2001:db8:66::1' };

const CASES = FAMILIES.flatMap((family) =>
  (['tcp', 'udp', 'icmp'] as const).map((transport) => ({ transport, family })),
);
const host = (number: number) => [`${stranger(number, 4)}/32`, `${stranger(number, 6)}/128`];
const enforcing: PolicyParts = {
  mode: 'enforce',
  lan: ['10.1.0.0/24', 'fd00:1::/64', `${OWN[4]}/32`, `${OWN[6]}/128`],
  alsoTo: [`${ASKED[4]}/32`, `${ASKED[6]}/128`],
  neverBlock: { destinations: host(SPARED) },
  actions: [{ detector: 'policyViolation', target: 'flow', ...BLOCK }],
};

let site: Site;
let port = 7100;

function talk(family: Family, transport: Transport, to: number | 'shop', more: { from?: string } = {}) {
  const route =
    to === 'shop' ? { to, address: SHOP[family] } : { to: 'stranger', address: stranger(to, family) };
  port += 1;
  return Talk.attempt(site.network, { from: 'laptop', family, transport, port, ...route, ...more });
}

async function allowlist() {
  return (await site.daemon.call('GET', '/v1/status')).body.allowlist;
}

beforeAll(async () => {
  const alsoTo = [...(enforcing.alsoTo ?? []), ...host(ALLOWED_FIRST)];
  site = await Site.open('enforce', { policy: policyText('first', { ...enforcing, alsoTo }) });
  const nat = `table inet nat_of_the_gateway { chain prerouting {
    type nat hook prerouting priority dstnat
    ip daddr ${ASKED[4]} dnat ip to ${stranger(BEHIND_NAT, 4)}
    ip6 daddr ${ASKED[6]} dnat ip6 to ${stranger(BEHIND_NAT, 6)}
  }
  }`;
  expect(site.network.run('gateway', 'nft', ['-f', '-'], { input: nat }).stderr).toBe('');
});
afterAll(() => site?.[Symbol.asyncDispose]());

describe.each(CASES)('$transport over IPv$family', ({ family, transport }) => {
  test('passes where a rule allows it, and where neverBlock protects it', async () => {
    for (const to of ['shop', SPARED] as const) {
      using allowed = await talk(family, transport, to);
      await allowed.flows();
    }
  });

  test('does not pass where none does, from the first packet on', async () => {
    using refused = await talk(family, transport, NEVER_ALLOWED);
    using own = await talk(family, transport, NEVER_ALLOWED, { from: 'gateway' });
    expect(await Promise.all([refused.falls(), own.falls()])).toEqual([0, 0]);
  });
});

test('the machine itself passes where a rule allows it', async () => {
  for (const family of FAMILIES) {
    using own = await talk(family, 'udp', 'shop', { from: 'gateway' });
    await own.flows();
  }
});

test.each(FAMILIES)('what DNAT over IPv%i leads to where no rule allows does not pass', async (family) => {
  using led = await Talk.attempt(site.network, {
    from: 'laptop',
    to: 'stranger',
    address: ASKED[family],
    listen: stranger(BEHIND_NAT, family),
    family,
    transport: 'udp',
  });
  expect(await led.falls()).toBe(0);
});

test('what is refused becomes an incident, and no block that would stop nothing more', async () => {
  const incident = await site.incident(({ destination }) => destination === stranger(NEVER_ALLOWED, 4));
  expect(incident).toMatchObject({ cause: 'policyViolation' });
  const { items } = (await site.daemon.call('GET', '/v1/decisions')).body;
  expect(items).toEqual([]);
});

test('another policy ends what it forbids, both ways, and loses no packet of what it allows', async () => {
  const begun = CASES.map(({ family, transport }) => talk(family, transport, ALLOWED_FIRST));
  const doomed = await Promise.all(begun);
  const kept = await Promise.all(
    FAMILIES.flatMap((family) => [talk(family, 'tcp', 'shop'), talk(family, 'udp', 'shop')]),
  );
  await Promise.all([...doomed, ...kept].map((each) => each.flows()));
  const before = await allowlist();
  await site.apply(policyText('second', enforcing));
  const appliedAtMs = Date.now();
  for (const each of doomed) expect((await each.falls()) - appliedAtMs).toBeLessThan(500);
  await Promise.all(kept.map((each) => each.endsWhole()));
  const after = await allowlist();
  expect(after.generation).not.toBe(before.generation);
  expect(after.elements).toBe(before.elements - 4);
  for (const each of [...doomed, ...kept]) each[Symbol.dispose]();
}, 60_000);

test('a rule that expires ends what it allowed', async () => {
  const expires = new Date(Date.now() + 8_000).toISOString();
  const rules = [
    { id: 'while', from: ['lan'], to: { cidrs: host(FOR_A_WHILE) }, services: ['everything'], expires },
  ];
  await site.apply(policyText('for-a-while', { ...enforcing, rules }));
  using brief = await talk(4, 'udp', FOR_A_WHILE);
  using brief6 = await talk(6, 'tcp', FOR_A_WHILE);
  using kept = await talk(4, 'udp', 'shop');
  using kept6 = await talk(6, 'tcp', 'shop');
  await Promise.all([brief, brief6].map((each) => each.flows()));
  const ends = await Promise.all([brief, brief6].map((each) => each.falls()));
  for (const lastAtMs of ends) expect(lastAtMs).toBeGreaterThan(Date.parse(expires) - 1_000);
  await Promise.all([kept, kept6].map((each) => each.endsWhole()));
});

test.each(FAMILIES)('with denyWith reject, clients over IPv%i are told at once', async (family) => {
  await site.apply(policyText('reject', { ...enforcing, enforcement: { denyWith: 'reject' } }));
  const address = family === 4 ? stranger(NEVER_ALLOWED, 4) : `[${stranger(NEVER_ALLOWED, 6)}]`;
  for (const from of ['laptop', 'gateway']) {
    const curl = ['-sS', '--max-time', '10', `http://${address}:81/`];
    // CURLE_COULDNT_CONNECT; 28 would be the end of its patience.
    expect((await site.network.runAsync(from, 'curl', curl)).status).toBe(7);
  }
  const ping = ['-n', '-c1', '-W5', stranger(NEVER_ALLOWED, family)];
  expect((await site.network.runAsync('laptop', 'ping', ping)).stdout).toMatch(/filtered|prohibited/i);
});

test('a daemon that dies leaves the kernel enforcing, and the next one opens nothing', async () => {
  using kept = await talk(4, 'udp', 'shop');
  await kept.flows();
  const before = await allowlist();
  await site.daemon.stop('SIGKILL');
  using refused = await talk(4, 'udp', NEVER_ALLOWED);
  using refused6 = await talk(6, 'udp', NEVER_ALLOWED);
  await site.daemon.start();
  await until('another generation', async () => (await allowlist()).generation !== before.generation);
  expect(await Promise.all([refused.falls(), refused6.falls()])).toEqual([0, 0]);
  await kept.endsWhole();
});

test('somebody who lets all through is undone, and so is what got through meanwhile', async () => {
  const before = await allowlist();
  using slipped = await talk(4, 'udp', NEVER_ALLOWED);
  site.network.run('gateway', 'nft', ['flush', 'map', 'inet', 'penstock', 'mode']);
  await until('another generation', async () => (await allowlist()).generation !== before.generation);
  await slipped.falls();
  using kept = await talk(4, 'tcp', 'shop');
  await kept.flows();
});

test('a limit of a rule is kept by the kernel, for each host, and told', async () => {
  const rules = [
    {
      id: 'few',
      from: ['lan'],
      to: { cidrs: host(FEW_AT_ONCE) },
      services: ['everything'],
      limits: { concurrentConnections: 2 },
    },
  ];
  await site.apply(policyText('limits', { ...enforcing, rules }));
  for (const family of FAMILIES) {
    const within = await Promise.all([1, 2].map(() => talk(family, 'udp', FEW_AT_ONCE)));
    await Promise.all(within.map((each) => each.flows()));
    using over = await talk(family, 'udp', FEW_AT_ONCE);
    using other = await talk(family, 'udp', FEW_AT_ONCE, { from: 'gateway' });
    await other.flows();
    expect(await over.falls()).toBe(0);
    await Promise.all(within.map((each) => each.endsWhole()));
    const destination = stranger(FEW_AT_ONCE, family);
    const incident = await site.incident(
      (each) => each.cause === 'limit' && each.destination === destination,
    );
    expect(incident.reasons[0]).toMatch(
      /under rule few: more than 2 connections at once; the kernel refuses/,
    );
  }
  expect((await site.daemon.call('GET', '/v1/status')).body.dropped.limits).toBeGreaterThan(1);
  site.network.run('gateway', 'nft', ['delete', 'table', 'inet', 'penstock_limits']);
  const isThere = () =>
    site.network.run('gateway', 'nft', ['list', 'tables']).stdout.includes('penstock_limits');
  await until('the table again', isThere);
});

test('in mode audit again all passes', async () => {
  await site.apply(policyText('audit', { ...enforcing, mode: 'audit' }));
  using open = await talk(4, 'udp', NEVER_ALLOWED);
  await open.flows();
  expect(await allowlist()).toEqual({ generation: null, elements: 0 });
  expect(site.network.run('gateway', 'nft', ['list', 'tables']).stdout).not.toContain('penstock_limits');
});
