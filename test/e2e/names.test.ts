/** Rules by name, with a real resolver (dnsmasq), real clients (dig, curl), and every answer on its way through the gateway. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAddress, toBytes } from '../../src/address/address.ts';
import { RulesetWatch } from '../faults/ruleset-watch.ts';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { OutsideWeb } from './outside-web.ts';
import { FAMILIES, Site, stranger } from './site.ts';

const LIAR_PROGRAM = new URL('./dns-liar.ts', import.meta.url).pathname;
/** A resolver of the policy that lies, and a server that is none. */
const LIAR = '198.51.100.54';
const STRANGE = '198.51.100.55';

const RESOLVER = { 4: '198.51.100.53', 6: '2001:db8:66::53' };

/** Of HTTPS records; dig of this age knows it by number. */
const HTTPS = 65;

/** Addresses of the stranger: what is allowed by name, and what is not. */
const PLACE = {
  mirror: 60,
  cdn: 61,
  other: 62,
  short: 63,
  deep: 64,
  tcp: 65,
  fresh: 66,
  own: 67,
  hinted: 68,
  harmed: 70,
};

function policy(names: string, whenDown = 'pass'): string {
  return `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: named}
spec:
  mode: enforce
  enforcement: {denyWith: reject}
  hostGroups: {lan: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}, gateway: {cidrs: [198.51.100.1]}}
  addressSets: {mirrors: {fqdns: [${names}]}}
  services:
    web: [{protocol: tcp, ports: [80]}]
    dns: [{protocol: udp, ports: [53]}, {protocol: tcp, ports: [53]}]
  names: {resolvers: [${RESOLVER[4]}, "${RESOLVER[6]}", ${LIAR}], ttlFloor: 1s, whenDown: ${whenDown}}
  rules:
    - {id: dns, from: [lan, gateway], to: {cidrs: [198.51.100.52/30, "${RESOLVER[6]}"]}, services: [dns]}
    - {id: mirrors, from: [lan, gateway], to: {sets: [mirrors]}, services: [web]}
`;
}

const NAMES = 'mirror.example.org, "*.cdn.example", "**.pkg.example", short.example.org, big.example.org';

function zone(): string[] {
  const both = (name: string, place: number) =>
    `--host-record=${name},${stranger(place, 4)},${stranger(place, 6)}`;
  const many = Array.from({ length: 120 }, (_, i) => `--host-record=big.example.org,198.18.0.${i}`);
  return [
    both('mirror.example.org', PLACE.mirror),
    both('edge.elsewhere.example', PLACE.cdn),
    '--cname=a.cdn.example,edge.elsewhere.example',
    both('x.y.pkg.example', PLACE.deep),
    both('own.cdn.example', PLACE.own),
    ...[0, 1, 2, 3].map((place) => both(`harmed${place}.cdn.example`, PLACE.harmed + place)),
    `--dns-rr=hinted.cdn.example,${HTTPS},${hints(PLACE.hinted)}`,
    both('other.example.org', PLACE.other),
    `--host-record=short.example.org,${stranger(PLACE.short, 4)},${stranger(PLACE.short, 6)},1`,
    `--host-record=big.example.org,${stranger(PLACE.tcp, 4)}`,
    ...many,
  ];
}

/** Data of an HTTPS record (RFC 9460): here, at these two addresses. */
function hints(place: number): string {
  const [four, six] = FAMILIES.map((family) => toBytes(parseAddress(stranger(place, family))));
  const numbers = (...list: number[]) => list.map((each) => each.toString(16).padStart(4, '0')).join('');
  const [priority, here, ipv4hint, ipv6hint] = [numbers(1), '00', numbers(4, 4), numbers(6, 16)];
  return [priority, here, ipv4hint, hex(four), ipv6hint, hex(six)].join('');
}

const hex = (bytes: readonly number[]) => Buffer.from(bytes).toString('hex');

async function startResolver(network: Network): Promise<void> {
  network.outside('resolver', [`${RESOLVER[4]}/24`, `${RESOLVER[6]}/64`]);
  const plain = [
    '--keep-in-foreground',
    '--no-resolv',
    '--no-hosts',
    '--conf-file=/dev/null',
    '--pid-file',
    '--user=root',
  ];
  network.start('resolver', 'dnsmasq', [...plain, '--local-ttl=60', ...zone()]);
  await until(
    'the resolver',
    () =>
      network.run('resolver', 'dig', ['+short', '+tries=1', '+time=1', '@127.0.0.1', 'mirror.example.org'])
        .stdout !== '',
  );
}

describe('allowed by name', () => {
  let site: Site;
  const dig = (...args: string[]) =>
    site.network
      .run('laptop', 'dig', ['+short', '+tries=1', '+time=2', ...args])
      .stdout.trim()
      .split('\n');
  const curl = (address: string) => {
    const url = address.includes(':') ? `http://[${address}]/` : `http://${address}/`;
    return site.network.run('laptop', 'curl', [
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '--max-time',
      '1',
      url,
    ]).stdout;
  };

  beforeAll(async () => {
    site = await Site.open('names', { policy: policy(NAMES) });
    await startResolver(site.network);
    await OutsideWeb.open(site.network, 'stranger', 80);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  it.each([
    ['A', 'mirror.example.org', PLACE.mirror, 4, []],
    ['AAAA', 'mirror.example.org', PLACE.mirror, 6, []],
    ['A through an alias', 'a.cdn.example', PLACE.cdn, 4, []],
    ['AAAA at any depth', 'x.y.pkg.example', PLACE.deep, 6, []],
    ['A over TCP', 'x.y.pkg.example', PLACE.deep, 4, ['+tcp']],
  ] as const)('%s: %s', (type, name, place, family, more) => {
    const address = stranger(place, family);
    expect(curl(address)).toBe('000');
    expect(dig(`@${RESOLVER[family]}`, ...more, name, type.split(' ')[0])).toContain(address);
    expect(curl(address)).toBe('200');
  });

  it('an answer that is cut is followed over TCP, and all its addresses count', async () => {
    expect(dig('+noedns', `@${RESOLVER[4]}`, 'big.example.org')).toHaveLength(121);
    expect(curl(stranger(PLACE.tcp, 4))).toBe('200');
    expect(site.daemon.nftSet('named4').length).toBeGreaterThan(121);
  });

  it.each(FAMILIES)('an address that only a hint of an HTTPS record tells, over IPv%i', (family) => {
    const address = stranger(PLACE.hinted, family);
    if (family === 4) {
      expect(curl(address)).toBe('000');
      expect(dig(`@${RESOLVER[6]}`, 'hinted.cdn.example', `TYPE${HTTPS}`).join()).toMatch(/\w/);
    }
    expect(curl(address)).toBe('200');
  });

  it('for this machine itself', () => {
    const address = stranger(PLACE.own, 4);
    const own = (command: string, ...args: string[]) => site.network.run('gateway', command, args).stdout;
    expect(own('curl', '-s', '--max-time', '1', `http://${address}/`)).toBe('');
    expect(own('dig', '+short', `@${RESOLVER[4]}`, 'own.cdn.example').trim()).toBe(address);
    expect(own('curl', '-s', '--max-time', '2', `http://${address}/`)).toContain('honest');
  });

  it('another name lends nothing', () => {
    expect(dig(`@${RESOLVER[4]}`, 'other.example.org')).toEqual([stranger(PLACE.other, 4)]);
    expect(curl(stranger(PLACE.other, 4))).toBe('000');
  });

  it('is told by the command, with the rule, and who else is there', () => {
    const { stdout } = site.daemon.cli('--json', 'names', 'mirror.example.org');
    const [name] = JSON.parse(stdout).names;
    expect(name).toMatchObject({ name: 'mirror.example.org', rules: ['mirrors'] });
    expect(name.addresses.map(({ address }: { address: string }) => address)).toContain(
      stranger(PLACE.mirror, 4),
    );
    expect(site.daemon.cli('names').stdout).toContain('a.cdn.example');
  });

  it('lies with the address of a resolver teach nothing, nor do answers of others', async () => {
    const address = stranger(PLACE.fresh, 4);
    site.network.ip('stranger', `address add ${LIAR}/24 dev eth0`, `address add ${STRANGE}/24 dev eth0`);
    for (const own of [LIAR, STRANGE])
      site.network.start('stranger', process.execPath, [LIAR_PROGRAM, own, address]);
    const counters = async () => (await site.daemon.call('GET', '/v1/names')).body.watching.counters;
    await until('the lies', async () => {
      const ask = (server: string, name: string) =>
        site.network.runAsync('laptop', 'dig', ['+tries=1', '+time=1', '+ignore', `@${server}`, name]);
      await Promise.all([
        ask(LIAR, 'new.cdn.example'),
        ask(STRANGE, 'new.cdn.example'),
        ask(LIAR, 'round.cdn.example'),
      ]);
      const { unasked, unusable } = await counters();
      return unasked >= 4 && unusable >= 2;
    });
    expect(curl(address)).toBe('000');
    expect(JSON.stringify(site.daemon.nftSet('named4'))).not.toContain(address);
  });

  it('an address holds as long as a connection to it lives', async () => {
    const address = stranger(PLACE.short, 4);
    expect(dig(`@${RESOLVER[4]}`, 'short.example.org')).toEqual([address]);
    const held = () => JSON.stringify(site.daemon.nftSet('named4')).includes(address);
    const talk = site.network.start('laptop', 'socat', ['-u', `TCP:${address}:80`, '-']);
    await until(
      'the connection',
      () => site.network.run('gateway', 'conntrack', ['-L', '-d', address]).stdout !== '',
    );
    const { body } = await site.daemon.call('GET', '/v1/names?name=short.example.org');
    const first = body.names[0].addresses[0].untilMs;
    await until('its time to be prolonged', async () => {
      const again = (await site.daemon.call('GET', '/v1/names?name=short.example.org')).body;
      return again.names[0]?.addresses[0].untilMs > first + 5_000;
    });
    expect(held()).toBe(true);
    talk.kill('SIGKILL');
    site.network.run('gateway', 'conntrack', ['-D', '-d', address]);
  }, 40_000);

  it.each([
    ['flush ruleset', 0],
    ['delete table inet penstock_names', 1],
    ['flush chain inet penstock_names dns', 2],
    ['flush set inet penstock_names resolver4', 3],
  ])('DNS is seen again at once after somebody did: %s', async (harm, place) => {
    using watch = new RulesetWatch();
    const other = site.network.start('gateway', 'nft', [harm]);
    const isOther = ({ processId }: { processId: number }) => processId === other.pid;
    const made = await watch.until((all) => all.some(isOther) && !isOther(all[all.length - 1]));
    const harmed = made.findIndex(isOther);
    console.info(`mended from ${(made[harmed + 1].atMs - made[harmed].atMs).toFixed(1)} ms on: ${harm}`);
    await until('the record of it, with who it was', async () =>
      (await site.entries('drift.found')).some(({ body }) => {
        const { table, by } = body as { table?: string; by?: { processId: number }[] };
        return table === 'inet penstock_names' && by?.some(isOther);
      }),
    );
    const [address, name] = [stranger(PLACE.harmed + place, 4), `harmed${place}.cdn.example`];
    expect(curl(address)).toBe('000');
    expect(dig(`@${RESOLVER[4]}`, name)).toEqual([address]);
    expect(curl(address)).toBe('200');
  });

  it('what is known outlives the daemon, however it ends', async () => {
    const address = stranger(PLACE.mirror, 4);
    await site.daemon.stop('SIGKILL');
    expect(curl(address)).toBe('200');
    // `pass`: DNS goes on unseen, and teaches nothing.
    expect(dig(`@${RESOLVER[4]}`, 'mirror.example.org')).toEqual([address]);
    await site.daemon.start();
    expect(curl(address)).toBe('200');
    const { body } = await site.daemon.call('GET', '/v1/names?name=mirror.example.org');
    expect(body.names[0].addresses).toHaveLength(2);
  });

  it('a policy that takes a name away closes it, and one that holds DNS holds it', async () => {
    const address = stranger(PLACE.mirror, 4);
    await site.apply(policy('"*.cdn.example"', 'hold'));
    expect(curl(address)).toBe('000');
    expect(curl(stranger(PLACE.cdn, 4))).toBe('200');
    expect(dig(`@${RESOLVER[4]}`, 'a.cdn.example')).toContain(stranger(PLACE.cdn, 4));
    await site.daemon.stop('SIGKILL');
    expect(
      site.network.run('laptop', 'dig', ['+tries=1', '+time=1', `@${RESOLVER[4]}`, 'a.cdn.example']).status,
    ).not.toBe(0);
    await site.daemon.start();
    expect(dig(`@${RESOLVER[4]}`, 'a.cdn.example')).toContain(stranger(PLACE.cdn, 4));
  });

  it('without names there is no table and no queue', async () => {
    await site.apply(
      policy('x')
        .replace(/ {2}addressSets.*\n/, '')
        .replace(/ {2}names:.*\n/, '')
        .replace(/ {4}- {id: mirrors.*\n/, ''),
    );
    expect(site.network.run('gateway', 'nft', ['list', 'tables']).stdout.trim()).toBe('table inet penstock');
  });
});
