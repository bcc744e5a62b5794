/**
 * A quarantined host tries to get out: by other addresses, IPv6, link-local, another link-layer address, its
 * neighbours on the bridge, and a neighbour's address. It was named by its IPv4 address alone.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { stationOf } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { OutsideWeb } from './outside-web.ts';
import { policyText } from './policy-text.ts';
import { LAPTOP, PRINTER, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const HELP = { 4: stranger(70, 4), 6: stranger(70, 6) };
const STATION = stationOf(10);
const OTHER_STATION = '02:00:00:00:00:aa';
const FRESH = { 4: '10.1.0.77', 6: 'fd00:1::77' };

let site: Site;
let id: string;
const lives = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('holds', {
    policy: policyText('holds', { alsoTo: ['198.51.100.0/24', '2001:db8:66::/64'] }),
  });
  const { network } = site;
  // Whoever changes its link-layer address says so, as most systems do.
  network.sysctl('laptop', 'net.ipv4.conf.all.arp_notify', '1');
  const dns = [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--bind-interfaces',
  ];
  network.start('stranger', 'dnsmasq', [
    ...dns,
    '--port=53',
    '--pid-file=',
    `--listen-address=${HELP[4]},${HELP[6]}`,
    '--address=/help.example/192.0.2.80',
  ]);
  lives.use(await OutsideWeb.open(network, 'stranger', 80));
  await until('the name server', async () => (await digs(HELP[4])) && (await digs(HELP[6])));
});
afterAll(async () => {
  lives.dispose();
  await site?.[Symbol.asyncDispose]();
});

async function succeeds(host: string, command: string, ...args: string[]): Promise<boolean> {
  return (await site.network.runAsync(host, command, args)).status === 0;
}

function pings(from: string, to: string, source?: string): Promise<boolean> {
  return succeeds(from, 'ping', '-n', '-c1', '-W0.5', ...(source ? ['-I', source] : []), to);
}

function digs(server: string, source?: string): Promise<boolean> {
  const from = source ? ['-b', source] : [];
  return succeeds('laptop', 'dig', '+time=1', '+tries=1', ...from, `@${server}`, 'help.example');
}

function curls(server: string, source?: string): Promise<boolean> {
  const url = server.includes(':') ? `http://[${server}]/` : `http://${server}/`;
  const from = source ? ['--interface', source] : [];
  return succeeds('laptop', 'curl', '-s', '-m', '3', '-o', '/dev/null', ...from, url);
}

function begin(from: string, to: string, address: string, family: 4 | 6, transport: 'tcp' | 'udp' = 'tcp') {
  return Talk.begin(site.network, { from, to, address, family, transport }).then((talk) => lives.use(talk));
}

async function decision(): Promise<Decision> {
  return (await site.daemon.call('GET', `/v1/decisions/${id}`)).body;
}

function covering(fits: (coverage: NonNullable<Decision['coverage']>) => boolean, what: string) {
  return until(what, async () => {
    const { coverage, enforcement } = await decision();
    return coverage && enforcement.status === 'applied' && fits(coverage) ? coverage : undefined;
  });
}

const helped = (source4?: string, source6?: string) =>
  Promise.all([
    digs(HELP[4], source4),
    digs(HELP[6], source6),
    curls(HELP[4], source4),
    curls(HELP[6], source6),
  ]);

const addFresh = () =>
  site.network.ip('laptop', `address add ${FRESH[4]}/24 dev eth0`, `address add ${FRESH[6]}/64 dev eth0`);

let bystander: Talk;

test('named by IPv4 alone, all of it ends: IPv6, with neighbours on the bridge, with the gateway', async () => {
  const talks = await Promise.all([
    begin('laptop', 'shop', SHOP[4], 4),
    begin('laptop', 'shop', SHOP[6], 6),
    begin('laptop', 'printer', PRINTER[4], 4),
    begin('laptop', 'printer', PRINTER[6], 6),
    begin('laptop', 'gateway', 'fd00:1::1', 6),
  ]);
  bystander = await begin('scanner', 'shop', SHOP[4], 4, 'udp');
  const target = { kind: 'host', host: LAPTOP[4], allowTo: [`${HELP[4]}/32`, `${HELP[6]}/128`] };
  const { status, body } = await site.daemon.call('POST', '/v1/decisions', {
    target,
    ttlMs: 3_600_000,
    reason: 'it scans the net',
  });
  expect(status).toBe(201);
  id = body.id;
  expect(body.coverage.stations).toEqual([{ mac: STATION, link: 'lan', bridge: 'lan' }]);
  expect(body.coverage.addresses).toContain(LAPTOP[6]);
  expect(body.coverage.gaps).toEqual([]);
  await Promise.all(talks.map((talk) => talk.falls()));
});

test('its exceptions are reached over both families, name server and web server', async () => {
  expect(await helped()).toEqual([true, true, true, true]);
});

test('new addresses do not help it out, and do not keep it from its exceptions', async () => {
  addFresh();
  const out = [
    pings('laptop', SHOP[4], FRESH[4]),
    pings('laptop', SHOP[6], FRESH[6]),
    pings('laptop', PRINTER[4], FRESH[4]),
    pings('laptop', PRINTER[6], FRESH[6]),
    pings('laptop', '10.1.0.1', FRESH[4]),
  ];
  expect(await Promise.all(out)).toEqual([false, false, false, false, false]);
  expect(await helped(FRESH[4], FRESH[6])).toEqual([true, true, true, true]);
  await covering(
    ({ addresses }) => [FRESH[4], FRESH[6]].every((each) => addresses.includes(each)),
    'more coverage',
  );
  const back = [
    pings('shop', FRESH[4]),
    pings('shop', FRESH[6]),
    pings('gateway', FRESH[4]),
    pings('gateway', FRESH[6]),
  ];
  expect(await Promise.all(back)).toEqual([false, false, false, false]);
});

test('link-local does not help it to the gateway', async () => {
  const { stdout } = site.network.run('gateway', 'ip', [
    '-6',
    '-br',
    'address',
    'show',
    'dev',
    'lan',
    'scope',
    'link',
  ]);
  const gateway = /fe80::[0-9a-f:]+/.exec(stdout)?.[0] ?? '';
  expect(
    await Promise.all([pings('laptop', `${gateway}%eth0`), pings('scanner', `${gateway}%eth0`)]),
  ).toEqual([false, true]);
});

test("a neighbour's address that it claims is not quarantined, and the neighbour is unharmed", async () => {
  const { network } = site;
  await pings('printer', '10.1.0.1');
  network.ip('laptop', `address add ${PRINTER[4]}/32 dev eth0`);
  const claim = async () => {
    network.ip('laptop', 'neighbour flush all');
    await pings('laptop', '10.1.0.1', PRINTER[4]);
    return (await decision()).coverage?.gaps.some(({ reason }) => reason === 'contestedAddress');
  };
  await until('a claim to be told', claim, { timeoutMs: 15_000 });
  network.ip('laptop', `address del ${PRINTER[4]}/32 dev eth0`);
  expect((await decision()).coverage?.addresses).not.toContain(PRINTER[4]);
  network.ip('printer', 'neighbour flush all');
  await until('the printer to be reached again', () => pings('printer', SHOP[4]), { timeoutMs: 15_000 });
});

test('the command shows what is covered and what is not', async () => {
  const { stdout } = site.daemon.cli('decisions', id);
  expect(stdout).toContain(`${STATION} on lan`);
  expect(stdout).toContain(FRESH[6]);
  expect(stdout).toMatch(/not covered.*lately belonged to another/);
});

test('the deletion of the table for bridges is mended', async () => {
  site.network.run('gateway', 'nft', ['delete table bridge penstock']);
  const elements = () => site.network.run('gateway', 'nft', ['list set bridge penstock station']).stdout;
  await until('the table', () => elements().includes(STATION));
  expect(await pings('laptop', PRINTER[4])).toBe(false);
  expect((await site.entries('drift.repaired')).at(-1)?.body.differences).toContain(
    'table bridge penstock is missing',
  );
});

test('after a death of the daemon all of it stands as before', async () => {
  const before = (await decision()).coverage;
  await site.daemon.stop('SIGKILL');
  await site.daemon.start();
  expect((await decision()).coverage).toMatchObject({
    stations: before?.stations,
    addresses: expect.arrayContaining([...(before?.addresses ?? [])]),
  });
  const out = [pings('laptop', SHOP[4], FRESH[4]), pings('laptop', SHOP[6]), pings('laptop', PRINTER[4])];
  expect(await Promise.all(out)).toEqual([false, false, false]);
});

test('another link-layer address does not help it, with the old address or with another', async () => {
  const { network } = site;
  network.ip('laptop', `link set eth0 address ${OTHER_STATION}`);
  expect(
    await Promise.all([pings('laptop', SHOP[4], LAPTOP[4]), pings('laptop', PRINTER[4], LAPTOP[4])]),
  ).toEqual([false, false]);
  await covering(({ stations }) => stations.some(({ mac }) => mac === OTHER_STATION), 'the other station');
  network.ip('laptop', 'address add 10.1.0.78/24 dev eth0');
  const out = [
    pings('laptop', SHOP[4], '10.1.0.78'),
    pings('laptop', PRINTER[4], '10.1.0.78'),
    pings('laptop', SHOP[6]),
  ];
  expect(await Promise.all(out)).toEqual([false, false, false]);
  expect(await curls(HELP[4], '10.1.0.78')).toBe(true);
});

test('released, all of it is as before, and nothing is left behind', async () => {
  expect((await site.daemon.call('POST', `/v1/decisions/${id}/revoke`, {})).status).toBe(200);
  const ways: Parameters<typeof pings>[] = [
    ['laptop', SHOP[4], '10.1.0.78'],
    ['laptop', SHOP[4], LAPTOP[4]],
    ['laptop', SHOP[6]],
    ['laptop', PRINTER[4], LAPTOP[4]],
    ['shop', LAPTOP[4]],
  ];
  // They know the laptop by the station that it had, and would believe it for most of a minute (base_reachable_time).
  for (const host of ['gateway', 'laptop', 'printer']) site.network.ip(host, 'neighbour flush all');
  for (const way of ways)
    await until(`a ping from ${way.join(' ')}`, () => pings(...way), { timeoutMs: 30_000 });
  for (const set of ['station', 'quarantine4', 'quarantine6', 'exception4', 'reachable6'])
    expect(site.daemon.nftSet(set)).toEqual([]);
  expect(site.network.run('gateway', 'nft', ['list', 'tables']).stdout).not.toContain('bridge');
});

test('a host that has nothing to do with it lost not one packet', async () => {
  await bystander.endsWhole();
});
