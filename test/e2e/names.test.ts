/** Rules by name, with a real resolver (dnsmasq), real clients (dig, curl), and every answer on its way through the gateway. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { OutsideWeb } from './outside-web.ts';
import { Site, stranger } from './site.ts';

const RESOLVER = { 4: '198.51.100.53', 6: '2001:db8:66::53' };

/** Addresses of the stranger: what is allowed by name, and what is not. */
const PLACE = { mirror: 60, cdn: 61, other: 62, short: 63, deep: 64, tcp: 65, fresh: 66 };

function policy(names: string, whenDown = 'pass'): string {
  return `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: named}
spec:
  mode: enforce
  enforcement: {denyWith: reject}
  hostGroups: {lan: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}}
  addressSets: {mirrors: {fqdns: [${names}]}}
  services:
    web: [{protocol: tcp, ports: [80]}]
    dns: [{protocol: udp, ports: [53]}, {protocol: tcp, ports: [53]}]
  names: {resolvers: [${RESOLVER[4]}, "${RESOLVER[6]}"], ttlFloor: 1s, whenDown: ${whenDown}}
  rules:
    - {id: dns, from: [lan], to: {cidrs: [${RESOLVER[4]}, "${RESOLVER[6]}"]}, services: [dns]}
    - {id: mirrors, from: [lan], to: {sets: [mirrors]}, services: [web]}
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
    both('other.example.org', PLACE.other),
    `--host-record=short.example.org,${stranger(PLACE.short, 4)},${stranger(PLACE.short, 6)},1`,
    `--host-record=big.example.org,${stranger(PLACE.tcp, 4)}`,
    ...many,
  ];
}

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

  it('another name lends nothing', () => {
    expect(dig(`@${RESOLVER[4]}`, 'other.example.org')).toEqual([stranger(PLACE.other, 4)]);
    expect(curl(stranger(PLACE.other, 4))).toBe('000');
  });
});
