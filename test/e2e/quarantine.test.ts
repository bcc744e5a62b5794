/** A quarantined host talks to nobody but its exceptions, in either direction. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { denyList, policyText } from './policy-text.ts';
import { FAMILIES, type Family, LAPTOP, PRINTER, SHOP, Site, stranger } from './site.ts';
import { Talk, type Transport } from './talk.ts';

const GATEWAY = { 4: '10.1.0.1', 6: 'fd00:1::1' };
const EXCEPTION = 70;
const allowTo = [`${stranger(EXCEPTION, 4)}/32`, `${stranger(EXCEPTION, 6)}/128`];

let site: Site;
const lives = new DisposableStack();

beforeAll(async () => {
  const policy = policyText('quarantine', {
    alsoTo: ['198.51.100.0/24', '2001:db8:66::/64'],
    ...denyList(['198.51.100.66/32']),
    actions: [
      { detector: 'denyList', action: 'quarantine', target: 'host', ttl: '1h', approval: 'none', allowTo },
    ],
  });
  site = await Site.open('quarantine', { policy });
});
afterAll(async () => {
  lives.dispose();
  await site?.[Symbol.asyncDispose]();
});

async function begin(from: string, to: string, address: string, family: Family, transport: Transport) {
  return lives.use(await Talk.begin(site.network, { from, to, address, family, transport }));
}

async function pings(from: string, address: string): Promise<boolean> {
  const { status } = await site.network.runAsync(from, 'ping', ['-n', '-c1', '-W0.5', address]);
  return status === 0;
}

function quarantine(host: string): Promise<{ status: number; body: Decision }> {
  const target = {
    kind: 'host',
    host,
    allowTo: allowTo.filter((each) => each.includes(':') === host.includes(':')),
  };
  return site.daemon.call('POST', '/v1/decisions', { target, ttlMs: 3_600_000, reason: 'it scans the net' });
}

describe.each(FAMILIES)('by hand over IPv%i', (family) => {
  let outbound: Talk;
  let inbound: Talk;
  let toGateway: Talk;
  let excepted: Talk;
  let neighbour: Talk;

  beforeAll(async () => {
    [outbound, inbound, toGateway, excepted, neighbour] = await Promise.all([
      begin('laptop', 'shop', SHOP[family], family, 'tcp'),
      begin('stranger', 'laptop', LAPTOP[family], family, 'udp'),
      begin('laptop', 'gateway', GATEWAY[family], family, 'tcp'),
      begin('laptop', 'stranger', stranger(EXCEPTION, family), family, 'udp'),
      begin('printer', 'shop', SHOP[family], family, 'udp'),
    ]);
    const { status, body } = await quarantine(LAPTOP[family]);
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'active', origin: { kind: 'manual', actor: 'admin' } });
  });

  test('its connections end: from it, to it and with the gateway', async () => {
    for (const talk of [outbound, inbound, toGateway]) await talk.falls();
  });

  test('nothing new begins, in any direction', async () => {
    // The stranger calls from an address that is no exception.
    const attempts = [
      pings('laptop', SHOP[family]),
      pings('laptop', GATEWAY[family]),
      pings('gateway', LAPTOP[family]),
      pings('shop', LAPTOP[family]),
    ];
    expect(await Promise.all(attempts)).toEqual([false, false, false, false]);
  });

  test('its exception is reached, even after the neighbours are forgotten', async () => {
    for (const host of ['laptop', 'gateway']) site.network.ip(host, 'neighbour flush all');
    await excepted.flows();
    expect(await pings('laptop', stranger(EXCEPTION, family))).toBe(true);
    await excepted.endsWhole();
  });

  test('other hosts notice nothing', async () => {
    expect(await pings('printer', SHOP[family])).toBe(true);
    await neighbour.endsWhole();
  });

  test('revoked, all is as before', async () => {
    const { id } = await site.decision(({ state, target }) => state === 'active' && target.kind === 'host');
    expect((await site.daemon.call('POST', `/v1/decisions/${id}/revoke`, {})).status).toBe(200);
    expect(await Promise.all([pings('laptop', SHOP[family]), pings('shop', LAPTOP[family])])).toEqual([
      true,
      true,
    ]);
    for (const kind of ['quarantine', 'exception'])
      expect(site.daemon.nftSet(`${kind}${family}`)).toEqual([]);
    await inbound.flows();
  });
});

test('a host that contacts a listed address is quarantined by itself', async () => {
  using listed = await Talk.attempt(site.network, {
    from: 'printer',
    to: 'stranger',
    address: stranger(66, 4),
    family: 4,
    transport: 'udp',
  });
  const decision = await site.decision(({ target }) => target.kind === 'host' && target.host === PRINTER[4]);
  expect(decision).toMatchObject({
    state: 'active',
    action: 'quarantine',
    target: { allowTo },
  });
  await listed.falls();
  const reached = [
    pings('printer', SHOP[4]),
    pings('printer', stranger(EXCEPTION, 4)),
    pings('scanner', SHOP[4]),
  ];
  expect(await Promise.all(reached)).toEqual([false, true, true]);
});
