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
const LIAR = { 4: '198.51.100.54', 6: '2001:db8:66::54' };
const STRANGE = { 4: '198.51.100.55', 6: '2001:db8:66::55' };

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
  hostGroups: {lan: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}, gateway: {cidrs: [198.51.100.1, "2001:db8:66::1"]}}
  addressSets: {mirrors: {fqdns: [${names}]}}
  services:
    web: [{protocol: tcp, ports: [80]}]
    dns: [{protocol: udp, ports: [53]}, {protocol: tcp, ports: [53]}]
  names: {resolvers: [${RESOLVER[4]}, "${RESOLVER[6]}", ${LIAR[4]}, "${LIAR[6]}"], ttlFloor: 1s, whenDown: ${whenDown}}
  rules:
    - {id: dns, from: [lan, gateway], to: {cidrs: [198.51.100.52/30, "2001:db8:66::50/124"]}, services: [dns]}
    - {id: mirrors, from: [lan, gateway], to: {sets: [mirrors]}, services: [web]}
`;
}

const NAMES = 'mirror.example.org, "*.cdn.example", "**.pkg.example", short.example.org, big.example.org';

function zone(): string[] {
  const both = (name: string, place: number) =>
    `--host-record=${name},${stranger(place, 4)},${stranger(place, 6)}`;
  const many = Array.from(
    { length: 120 },
    (_, i) => `--host-record=big.example.org,198.18.0.${i},2001:db8:18::${i.toString(16)}`,
  );
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
    both('big.example.org', PLACE.tcp),
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
  const counters = async () => (await site.daemon.call('GET', '/v1/names')).body.watching.counters;
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

  it.each(FAMILIES)(
    'an answer over IPv%i that is cut is followed over TCP, and all its addresses count',
    (family) => {
      const type = family === 4 ? 'A' : 'AAAA';
      expect(dig('+noedns', `@${RESOLVER[family]}`, 'big.example.org', type)).toHaveLength(121);
      expect(curl(stranger(PLACE.tcp, family))).toBe('200');
      expect(site.daemon.nftSet(`named${family}`).length).toBeGreaterThan(121);
    },
  );

  it.each(FAMILIES)('an address that only a hint of an HTTPS record tells, over IPv%i', (family) => {
    const address = stranger(PLACE.hinted, family);
    if (family === 4) {
      expect(curl(address)).toBe('000');
      expect(dig(`@${RESOLVER[6]}`, 'hinted.cdn.example', `TYPE${HTTPS}`).join()).toMatch(/\w/);
    }
    expect(curl(address)).toBe('200');
  });

  it.each(FAMILIES)('for this machine itself, over IPv%i', (family) => {
    const [address, type] = [stranger(PLACE.own, family), family === 4 ? 'A' : 'AAAA'];
    const url = family === 4 ? `http://${address}/` : `http://[${address}]/`;
    const own = (command: string, ...args: string[]) => site.network.run('gateway', command, args).stdout;
    expect(own('curl', '-s', '--max-time', '1', url)).toBe('');
    expect(own('dig', '+short', `@${RESOLVER[family]}`, 'own.cdn.example', type).trim()).toBe(address);
    expect(own('curl', '-s', '--max-time', '2', url)).toContain('honest');
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

  it.each(FAMILIES)(
    'lies with the address of a resolver over IPv%i teach nothing, nor do answers of others',
    async (family) => {
      const [address, liar, strange] = [stranger(PLACE.fresh, family), LIAR[family], STRANGE[family]];
      const type = family === 4 ? 'A' : 'AAAA';
      const before = await counters();
      for (const own of [liar, strange]) {
        site.network.ip(
          'stranger',
          `address add ${own}/${family === 4 ? '24 dev eth0' : '64 dev eth0 nodad'}`,
        );
        site.network.start('stranger', process.execPath, [LIAR_PROGRAM, own, address]);
      }
      await until('the lies', async () => {
        const ask = (server: string, name: string) =>
          site.network.runAsync('laptop', 'dig', [
            '+tries=1',
            '+time=1',
            '+ignore',
            `@${server}`,
            name,
            type,
          ]);
        await Promise.all([
          ask(liar, 'new.cdn.example'),
          ask(strange, 'new.cdn.example'),
          ask(liar, 'round.cdn.example'),
        ]);
        const { unasked, unusable } = await counters();
        return unasked >= before.unasked + 4 && unusable >= before.unusable + 2;
      });
      expect(curl(address)).toBe('000');
      expect(JSON.stringify(site.daemon.nftSet(`named${family}`))).not.toContain(address);
    },
  );

  it.each(FAMILIES)(
    'an address holds as long as a connection over IPv%i to it lives',
    async (family) => {
      const address = stranger(PLACE.short, family);
      const type = family === 4 ? 'A' : 'AAAA';
      expect(dig(`@${RESOLVER[family]}`, 'short.example.org', type)).toEqual([address]);
      const held = () => JSON.stringify(site.daemon.nftSet(`named${family}`)).includes(address);
      const to = family === 4 ? address : `[${address}]`;
      const talk = site.network.start('laptop', 'socat', ['-u', `TCP${family}:${to}:80`, '-']);
      await until(
        'the connection',
        () => site.network.run('gateway', 'conntrack', ['-L', '-d', address]).stdout !== '',
      );
      const { body } = await site.daemon.call('GET', '/v1/names?name=short.example.org');
      const untilOf = ({ names }: typeof body) =>
        names[0]?.addresses.find((each: { address: string }) => each.address === address)?.untilMs;
      const first = untilOf(body);
      await until('its time to be prolonged', async () => {
        const again = (await site.daemon.call('GET', '/v1/names?name=short.example.org')).body;
        return untilOf(again) > first + 5_000;
      });
      expect(held()).toBe(true);
      talk.kill('SIGKILL');
      site.network.run('gateway', 'conntrack', ['-D', '-d', address]);
    },
    40_000,
  );

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
    const reached = () => FAMILIES.map((family) => curl(stranger(PLACE.mirror, family)));
    await site.daemon.stop('SIGKILL');
    expect(reached()).toEqual(['200', '200']);
    // `pass`: DNS goes on unseen, and teaches nothing.
    for (const family of FAMILIES)
      expect(dig(`@${RESOLVER[family]}`, 'mirror.example.org', family === 4 ? 'A' : 'AAAA')).toEqual([
        stranger(PLACE.mirror, family),
      ]);
    await site.daemon.start();
    expect(reached()).toEqual(['200', '200']);
    const { body } = await site.daemon.call('GET', '/v1/names?name=mirror.example.org');
    expect(body.names[0].addresses).toHaveLength(2);
  });

  it('a policy that takes a name away closes it, and one that holds DNS holds it', async () => {
    await site.apply(policy('"*.cdn.example"', 'hold'));
    for (const family of FAMILIES) expect(curl(stranger(PLACE.mirror, family))).toBe('000');
    expect(curl(stranger(PLACE.cdn, 4))).toBe('200');
    expect(dig(`@${RESOLVER[4]}`, 'a.cdn.example')).toContain(stranger(PLACE.cdn, 4));
    await site.daemon.stop('SIGKILL');
    for (const resolver of Object.values(RESOLVER)) {
      const asked = ['+tries=1', '+time=1', `@${resolver}`, 'a.cdn.example'];
      expect(site.network.run('laptop', 'dig', asked).status).not.toBe(0);
    }
    await site.daemon.start();
    expect(dig(`@${RESOLVER[4]}`, 'a.cdn.example')).toContain(stranger(PLACE.cdn, 4));
    expect(dig(`@${RESOLVER[6]}`, 'a.cdn.example', 'AAAA')).toContain(stranger(PLACE.cdn, 6));
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
