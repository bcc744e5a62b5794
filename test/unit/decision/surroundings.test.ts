import { endianness, networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { type Reading, readSurroundings } from '../../../src/decision/surroundings.ts';

const ROUTE4 = '/proc/thread-self/net/route';
const ROUTE6 = '/proc/thread-self/net/ipv6_route';
const HEADER = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

/** As the kernel prints an IPv4 address of a route: a word in the machine's byte order. */
function hex4(...octets: number[]): string {
  const bytes = endianness() === 'LE' ? octets.reverse() : octets;
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

const DEFAULT4 = `eth0\t00000000\t${hex4(192, 168, 1, 1)}\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`;
const LINK4 = `eth0\t${hex4(192, 168, 1, 0)}\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n`;
const BRANCH4 = `eth1\t${hex4(10, 9, 0, 0)}\t${hex4(10, 1, 0, 254)}\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0\n`;
const ZERO = '0'.repeat(32);
const DEFAULT6 = `${ZERO} 00 ${ZERO} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n`;
const LOCAL6 = `fd000000000000000000000000000001 80 ${ZERO} 00 ${ZERO} 00000000 00000002 00000000 80200001       lo\n`;

function read(files: Record<string, string | Error>, interfaces: typeof networkInterfaces = () => ({})) {
  return readSurroundings((path) => {
    const text = files[path];
    if (text instanceof Error) throw text;
    return text;
  }, interfaces);
}

const texts = ({ addresses }: Reading) => addresses?.map(formatAddress);
const ROUTES = { [ROUTE4]: HEADER + DEFAULT4, [ROUTE6]: DEFAULT6 };

describe('gateways', () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      'of both families',
      { [ROUTE4]: HEADER + LINK4 + DEFAULT4, [ROUTE6]: LOCAL6 + DEFAULT6 },
      ['192.168.1.1', 'fe80::1'],
    ],
    ['to other networks', { [ROUTE4]: HEADER + DEFAULT4 + BRANCH4 }, ['192.168.1.1', '10.1.0.254']],
    ['none', { [ROUTE4]: HEADER + LINK4, [ROUTE6]: LOCAL6 }, []],
    ['with IPv6 switched off', { [ROUTE4]: HEADER }, []],
  ])('%s', (_, files, expected) => {
    expect(texts(read(files).gateways)).toEqual(expected);
  });

  it.each<[string, Record<string, string | Error>]>([
    ['no file', { [ROUTE6]: DEFAULT6 }],
    ['no access', { [ROUTE4]: new Error('EACCES'), [ROUTE6]: DEFAULT6 }],
    ['half a line', { [ROUTE4]: `${HEADER}eth0\t00000000\t0101A8C0\n` }],
    ['no hex', { [ROUTE4]: HEADER + DEFAULT4.replace(hex4(192, 168, 1, 1), 'wrong') }],
    ['a short IPv6 address', { [ROUTE4]: HEADER, [ROUTE6]: DEFAULT6.replace('fe80000000', 'fe80') }],
  ])('not known: %s', (_, files) => {
    expect(read(files).gateways.problem).toMatch(/^gateways not known: /);
  });
});

describe('name servers', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['none without the file', {}, []],
    [
      'each line',
      {
        '/etc/resolv.conf': '# nameserver 1.1.1.1\nnameserver 9.9.9.9\nnameserver\t2620:fe::fe \nsearch x\n',
      },
      ['9.9.9.9', '2620:fe::fe'],
    ],
    ['without what follows', { '/etc/resolv.conf': 'nameserver 9.9.9.9 # quad9' }, ['9.9.9.9']],
    ['with an interface', { '/etc/resolv.conf': 'nameserver fe80::1%eth0' }, ['fe80::1']],
    [
      'behind systemd-resolved',
      {
        '/etc/resolv.conf': 'nameserver 127.0.0.53',
        '/run/systemd/resolve/resolv.conf': 'nameserver 192.168.1.1',
      },
      ['127.0.0.53', '192.168.1.1'],
    ],
  ])('%s', (_, files, expected) => {
    expect(texts(read({ ...ROUTES, ...files }).resolvers)).toEqual(expected);
  });

  it('are not known when a line is no address', () => {
    expect(read({ '/etc/resolv.conf': 'nameserver 1.2.3' }).resolvers.problem).toMatch(
      /name servers not known: .*1\.2\.3/,
    );
  });
});

describe('own addresses', () => {
  it('are those of all interfaces', () => {
    const interfaces = () => ({ lo: [ip('127.0.0.1')], eth0: [ip('10.1.0.1'), ip('fe80::1%eth0')] });
    expect(texts(read(ROUTES, interfaces).ownAddresses)).toEqual(['127.0.0.1', '10.1.0.1', 'fe80::1']);
  });

  it('are not known when the system call fails', () => {
    const { ownAddresses, gateways } = read(ROUTES, () => {
      throw new Error('ENOMEM');
    });
    expect(ownAddresses.problem).toBe('own addresses not known: ENOMEM');
    expect(gateways.problem).toBeUndefined();
  });
});

it('reads this machine', () => {
  const { ownAddresses, gateways, resolvers } = readSurroundings();
  expect([ownAddresses.problem, gateways.problem, resolvers.problem]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const loopback = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  expect(ownAddresses.addresses).toHaveLength(loopback.length);
});

function ip(address: string) {
  return { address, netmask: '', family: 'IPv4' as const, mac: '', internal: false, cidr: null };
}
