import { describe, expect, it } from 'vitest';
import type { Evidence, Incident } from '../../../../src/incident/incident.ts';
import { LearnError } from '../../../../src/replay/learn/errors.ts';
import type { Proposal } from '../../../../src/replay/learn/proposal.ts';
import { BEACON_PORT, beacon, learnt, loaded, proposalOf, scan, type Told } from './flows.ts';

const LAPTOP = '10.1.0.10';
const PRINTER = '10.1.0.11';
const BUILDER = '10.2.0.5';
const LAPTOP6 = 'fd00:1::10';
const UDP = 17;

const often = (told: Told, times = 3): Told[] =>
  Array.from({ length: times }, (_, i) => ({ ...told, at: i * 60 }));
const rule = ({ rules }: Proposal, id: string) => rules.find((each) => each.id === id);
const cidrs = (proposal: Proposal, id: string) => rule(proposal, id)?.networks.map(({ cidr }) => cidr);

const EVIDENCE: Evidence = {
  ...{ detector: 'volume', destination: '10.9.0.5', service: { protocol: 6, port: 873 }, confidence: 0.9 },
  ...{ firstSeenMs: 0, lastSeenMs: 0, count: 1, happened: 'It sent much.', normal: 'It sends little.' },
};
const incidentOf = (more: Partial<Incident>): Incident => ({
  ...{
    id: 'I1',
    host: PRINTER,
    groups: [],
    cause: 'volume',
    source: null,
    destination: null,
    translated: null,
  },
  ...{ services: [], severity: 'high', score: 1, count: 1, firstSeenMs: 0, lastSeenMs: 0, raisedAtMs: 0 },
  ...{ state: 'open', reasons: [], evidence: [], story: null },
  ...more,
});

describe('rules for what was seen', () => {
  it('tells hits, times, sources and bytes', () => {
    const proposal = proposalOf([
      { from: LAPTOP, to: '9.9.9.9', at: 0, out: 100 },
      { from: PRINTER, to: '9.9.9.9', at: 60, out: 200, lasts: 5 },
    ]);
    expect(proposal.rules).toMatchObject([
      {
        ...{
          id: 'lan-10.1.0.0-24-https',
          section: 'group',
          from: ['lan-10.1.0.0-24'],
          services: ['https'],
        },
        ...{ hits: 2, sources: 2, bytesOut: 300 },
        firstMs: Date.parse('2026-10-05T08:00:00Z'),
        lastMs: Date.parse('2026-10-05T08:01:05Z'),
      },
    ]);
  });
  it('groups hosts by /24 and /64, and puts what all groups of a family do first', () => {
    const proposal = proposalOf([
      ...[LAPTOP, BUILDER].flatMap((from) => often({ from, to: '9.9.9.9', port: 53, protocol: UDP })),
      ...often({ from: BUILDER, to: '8.8.4.4', port: 22 }),
      ...often({ from: LAPTOP6, to: '2620:fe::fe', port: 53, protocol: UDP }),
    ]);
    expect(proposal.hostGroups).toMatchObject([
      { name: 'lan-10.1.0.0-24', cidrs: ['10.1.0.0/24'], hosts: 1 },
      { name: 'lan-10.2.0.0-24', cidrs: ['10.2.0.0/24'], hosts: 1 },
      { name: 'lan-fd00-1-64', cidrs: ['fd00:1::/64'], hosts: 1 },
    ]);
    expect(proposal.rules.map(({ id, section, from }) => [id, section, from.length])).toEqual([
      ['all-ipv4-dns', 'all', 2],
      ['lan-10.2.0.0-24-ssh', 'group', 1],
      ['lan-fd00-1-64-dns', 'group', 1],
    ]);
  });
  it('takes services of one server together, and one service of many servers', () => {
    const server = ['389', '445', '88'].flatMap((port) =>
      often({ from: LAPTOP, to: '10.9.0.5', port: Number(port) }),
    );
    const sites = [11, 22, 33, 44, 55].flatMap((n) => often({ from: LAPTOP, to: `${n}.1.1.1` }));
    const proposal = proposalOf([...server, ...sites]);
    expect(proposal.rules.map(({ id, services }) => [id, services])).toEqual([
      ['lan-10.1.0.0-24-https', ['https']],
      ['lan-10.1.0.0-24-inside-10.9.0.5', ['ldap', 'smb', 'kerberos']],
    ]);
  });
  it('puts what one host did once last', () => {
    const { proposal, text } = learnt([
      ...often({ from: LAPTOP, to: '9.9.9.9' }),
      { from: LAPTOP, to: '1.2.3.4', at: 1000 },
      { from: LAPTOP, to: '1.2.3.4', port: 22, at: 1000 },
    ]);
    expect(proposal.rules.map(({ id, section }) => [id, section])).toEqual([
      ['lan-10.1.0.0-24-https', 'group'],
      ['lan-10.1.0.0-24-https-ssh-once', 'once'],
    ]);
    expect(text.indexOf('SEEN ONCE')).toBeGreaterThan(text.indexOf('id: lan-10.1.0.0-24-https\n'));
    expect(text.indexOf('SEEN ONCE')).toBeLessThan(text.indexOf('id: lan-10.1.0.0-24-https-ssh-once'));
  });
  it.each([
    ['ICMP by type', { icmp: 8, protocol: 1 }, { icmp: [{ family: 'ipv4', types: ['echo-request'] }] }],
    ['a type without a name', { icmp: 42, protocol: 1 }, { icmp: [{ family: 'ipv4', types: [42] }] }],
    ['a protocol by name', { protocol: 47 }, { services: ['gre'] }],
    ['a protocol by number', { protocol: 99 }, { services: ['protocol-99'] }],
    ['a port without a name', { port: 4711 }, { services: ['tcp-4711'] }],
    ['UDP beside TCP', { port: 443, protocol: UDP }, { services: ['quic'] }],
  ])('knows %s', (_what, told, expected) => {
    const seen = often({ from: LAPTOP, to: '9.9.9.9', ...told });
    const { proposal, verdict } = learnt(seen);
    expect(proposal.rules).toMatchObject([expected]);
    expect(verdict(seen[0]).kind).toBe('allow');
  });
  it('allows no more than what it says', () => {
    const { verdict } = learnt(often({ from: LAPTOP, to: '9.9.9.9' }));
    expect(verdict({ from: PRINTER, to: '9.9.9.9' }).kind).toBe('allow');
    expect(verdict({ from: LAPTOP, to: '9.9.9.10' }).kind).toBe('deny');
    expect(verdict({ from: LAPTOP, to: '9.9.9.9', port: 80 }).kind).toBe('deny');
    expect(verdict({ from: LAPTOP, to: '9.9.9.9', protocol: UDP, port: 443 }).kind).toBe('deny');
  });
});

describe('networks that stand for addresses', () => {
  const hosts = (network: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${network}${i + 1}`);
  const to = (addresses: string[]) => addresses.flatMap((address) => often({ from: LAPTOP, to: address }));

  it.each([
    ['three of a /24 stay addresses', hosts('9.9.9.', 3), ['9.9.9.1/32', '9.9.9.2/32', '9.9.9.3/32']],
    ['four become the /24', hosts('9.9.9.', 4), ['9.9.9.0/24']],
    [
      'what is inside stays addresses',
      hosts('10.9.9.', 5),
      hosts('10.9.9.', 5).map((address) => `${address}/32`),
    ],
  ])('%s', (_what, addresses, expected) => {
    const { rules } = proposalOf(to(addresses));
    expect(rules.flatMap(({ networks }) => networks.map(({ cidr }) => cidr))).toEqual(expected);
  });
  it('four of a /48 become the /48', () => {
    const addresses = ['::1', ':1::1', ':2::1', ':ffff::1'].map((rest) => `2a00:1450:4001${rest}`);
    const { rules } = proposalOf(addresses.flatMap((address) => often({ from: LAPTOP6, to: address })));
    expect(rules.flatMap(({ networks }) => networks)).toMatchObject([
      { cidr: '2a00:1450:4001::/48', addresses: 4 },
    ]);
  });
  it('no network is formed around a suspicious address', () => {
    const { proposal, verdict } = learnt([...to(hosts('9.9.9.', 8)), ...beacon(PRINTER, '9.9.9.77')]);
    expect(cidrs(proposal, 'lan-10.1.0.0-24-https')).toEqual(
      hosts('9.9.9.', 8).map((address) => `${address}/32`),
    );
    expect(verdict({ from: LAPTOP, to: '9.9.9.77' }).kind).toBe('deny');
  });
  it('many addresses become wider networks, with a warning, and never wider than a /16', () => {
    const addresses = Array.from({ length: 3_000 }, (_, i) => `9.${i % 250}.${(i * 7) % 256}.1`);
    const { proposal, text } = learnt(to(addresses));
    const networks = cidrs(proposal, 'lan-10.1.0.0-24-https') ?? [];
    expect(networks.length).toBeLessThanOrEqual(512);
    expect(Math.min(...networks.map((cidr) => Number(cidr.split('/')[1])))).toBeGreaterThanOrEqual(16);
    expect(text).toContain('WIDER THAN SEEN: there are so many addresses');
  });
  it('many ports become a range, with a warning', () => {
    const seen = Array.from({ length: 60 }, (_, i) => ({
      from: LAPTOP,
      to: `9.${i}.0.1`,
      port: 20_000 + i * 7,
    }));
    const { proposal, text } = learnt(seen.flatMap((told) => often(told)));
    expect(proposal.services).toEqual([
      { name: 'tcp-20000-to-20413', protocol: 'tcp', ports: ['20000-20413'] },
    ]);
    expect(text).toContain('WIDER THAN SEEN: the range of ports stands for 60 of them');
  });
});

describe('what is not learnt', () => {
  it('counts failures, and lists what never answered', () => {
    const { proposal, text, verdict } = learnt([
      ...often({ from: LAPTOP, to: '9.9.9.9' }),
      { from: LAPTOP, to: '9.9.9.9', outcome: 'unanswered' },
      ...often({ from: LAPTOP, to: '10.1.0.1', port: 514, protocol: UDP, outcome: 'unanswered' }, 7),
      { from: PRINTER, to: '1.2.3.4', outcome: 'refused' },
      // An error message about another flow is nothing that a rule could be for.
      { from: LAPTOP, to: '5.5.5.5', protocol: 1, icmp: 3, outcome: 'unanswered' },
    ]);
    expect(proposal.traffic).toMatchObject({ flows: 13, learnt: 3, unlearnt: { unanswered: 9, refused: 1 } });
    expect(proposal.failures).toMatchObject({ others: 0 });
    expect(proposal.failures.most).toMatchObject([
      { destination: '10.1.0.1', service: 'syslog', flows: 7, sources: 1 },
      { destination: '1.2.3.4', service: 'https', flows: 1 },
    ]);
    expect(text).toContain('# Not learnt, in flows:\n#   9 not answered\n#   1 refused\n');
    expect(text).toContain('#   lan-10.1.0.0-24 -> 10.1.0.1 syslog: 7 flows of 1 host\n');
    expect(verdict({ from: PRINTER, to: '1.2.3.4' }).kind).toBe('deny');
  });
  it.each([
    ['what strangers open', { from: '8.8.8.8', to: LAPTOP }, 'notOurs'],
    [
      'what never leaves the link',
      { from: LAPTOP, to: '224.0.0.251', port: 5353, protocol: UDP },
      'linkScope',
    ],
    ['ICMP of unknown type', { from: LAPTOP, to: '9.9.9.9', protocol: 1 }, 'nameless'],
    ['port 0', { from: LAPTOP, to: '9.9.9.9', port: 0 }, 'nameless'],
    ['ICMP of the other family', { from: LAPTOP6, to: '2620:fe::fe', protocol: 1, icmp: 8 }, 'nameless'],
  ] as const)('%s', (_what, told, reason) => {
    const { proposal } = learnt([{ from: LAPTOP, to: '9.9.9.9' }, told]);
    expect(proposal.traffic).toMatchObject({ learnt: 1, unlearnt: { [reason]: 1 } });
    expect(proposal.rules).toHaveLength(1);
  });
  it('refuses to learn from nothing', () => {
    expect(() => proposalOf([])).toThrow(LearnError);
    expect(() => proposalOf([{ from: 'fe80::1', to: 'ff02::1' }])).toThrow('none of 1 flows');
  });
});

describe('what is suspicious', () => {
  const honest = [11, 22, 33].flatMap((n) => often({ from: LAPTOP, to: `${n}.1.1.1` }));
  /** What stands below the mark, and the services that go with it. */
  const uncomment = (text: string) => {
    const mark = /^ +# (rules:|# ---- WITHHELD)/m.exec(text)?.index ?? 0;
    const services = text.slice(0, mark).replaceAll(/^( +)# (services:| *\S+: \[ \{ protocol)/gm, '$1$2');
    return services + text.slice(mark).replaceAll(/^( +)# /gm, '$1');
  };

  it('withholds the destination of a beacon, with what the detector says', () => {
    const { proposal, text, verdict } = learnt([...honest, ...beacon(PRINTER, '5.6.7.8')]);
    expect(proposal.withheld.cases).toMatchObject([
      {
        destination: '5.6.7.8',
        charges: [{ cause: 'beacon', host: PRINTER }],
        rules: [{ hits: 200, services: ['tcp-4711'] }],
      },
    ]);
    expect(proposal.traffic).toMatchObject({ learnt: 9, withheld: 200 });
    expect(text).toMatch(/\n {4}# # high, beacon of 10\.1\.0\.11: It connected to 5\.6\.7\.8 tcp\/4711/);
    expect(verdict({ from: PRINTER, to: '5.6.7.8' }).kind).toBe('deny');
    expect(verdict({ from: LAPTOP, to: '11.1.1.1' }).kind).toBe('allow');
  });
  it('withholds it on every port and from every host', () => {
    const { verdict } = learnt([
      ...beacon(PRINTER, '5.6.7.8'),
      ...often({ from: PRINTER, to: '5.6.7.8', port: 22 }),
      ...often({ from: BUILDER, to: '5.6.7.8', port: BEACON_PORT }),
    ]);
    for (const told of [
      { from: PRINTER, port: 22 },
      { from: BUILDER, port: BEACON_PORT },
    ])
      expect(verdict({ to: '5.6.7.8', ...told }).kind).toBe('deny');
  });
  it('withholds what never answered and was tried again and again', () => {
    const calls = beacon(PRINTER, '5.6.7.8', { port: 1177 }).map((told) => ({
      ...told,
      outcome: 'unanswered' as const,
    }));
    const { proposal } = learnt([...beacon(PRINTER, '7.7.7.7', { calls: 30, everyS: 1_777 }), ...calls]);
    expect(proposal.withheld.cases).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          destination: '5.6.7.8',
          failed: 200,
          rules: [expect.objectContaining({ hits: 0 })],
        }),
      ]),
    );
    expect(proposal.failures.most).toEqual([]);
  });
  it('of a server inside, withholds the service alone', () => {
    const backup = { from: PRINTER, to: '10.9.0.5', port: 873 };
    const seen = [...often(backup), ...often({ ...backup, port: 445 })];
    const { proposal, verdict } = learnt(seen, { incidents: [incidentOf({ evidence: [EVIDENCE] })] });
    expect(proposal.withheld.cases).toMatchObject([
      { destination: '10.9.0.5', charges: [{ cause: 'volume' }] },
    ]);
    expect(verdict(backup).kind).toBe('deny');
    expect(verdict({ ...backup, port: 445 }).kind).toBe('allow');
  });
  it('withholds what only a scanner did, and not what others do at what it tried', () => {
    const tried = { to: '10.9.0.5', port: 445 };
    const scanned = { ...EVIDENCE, detector: 'scan' as const, service: null };
    const { verdict } = learnt(
      [...honest, ...often({ from: BUILDER, ...tried }), { from: PRINTER, ...tried }],
      {
        incidents: [incidentOf({ cause: 'scan', evidence: [scanned] })],
      },
    );
    expect(verdict({ from: PRINTER, ...tried }).kind).toBe('deny');
    expect(verdict({ from: BUILDER, ...tried }).kind).toBe('allow');
  });
  it('withholds what only a scanner did', () => {
    const { proposal, verdict } = learnt([
      ...honest,
      ...often({ from: PRINTER, to: '11.1.1.1' }),
      ...scan(PRINTER, { answering: 3, at: 7_000 }),
    ]);
    expect(proposal.withheld.cases).toMatchObject([
      { destination: null, charges: [{ cause: 'scan', host: PRINTER }, { cause: 'fanOut' }] },
    ]);
    expect(verdict({ from: PRINTER, to: '203.0.113.60', port: 445 }).kind).toBe('deny');
    expect(verdict({ from: PRINTER, to: '11.1.1.1' }).kind).toBe('allow');
  });
  it('no range of ports stands for a port that is withheld', () => {
    const program = Array.from({ length: 60 }, (_, i) => ({
      from: LAPTOP,
      to: `9.${i}.0.1`,
      port: 20_000 + i * 7,
    }));
    const { proposal, verdict } = learnt([
      ...program.flatMap((told) => often(told)),
      ...scan(PRINTER, { at: 7_000 }),
      { from: PRINTER, to: '9.1.0.1', port: 20_100, at: 7_100 },
    ]);
    expect(proposal.services).toContainEqual({
      name: 'tcp-20000-to-20413',
      protocol: 'tcp',
      ports: ['20000-20413'],
    });
    expect(verdict({ from: PRINTER, to: '9.1.0.1', port: 20_100 }).kind).toBe('deny');
    for (const told of program) expect(verdict(told).kind).toBe('allow');
  });
  it.each([
    ['below other rules', honest],
    ['where there are none', []],
    ['below rules that name no service', often({ from: LAPTOP, to: '11.1.1.1', protocol: 1, icmp: 8 })],
  ])('becomes a rule when its marks are taken away: %s', (_what, others) => {
    const { text, policy } = learnt([...others, ...beacon(PRINTER, '5.6.7.8')]);
    const admitted = loaded(uncomment(text));
    expect(admitted.policy.rules).toHaveLength(policy.rules.length + 1);
    expect(admitted.verdict({ from: PRINTER, to: '5.6.7.8', port: BEACON_PORT }).kind).toBe('allow');
  });
  it('takes what a daemon knows', () => {
    const incident = incidentOf({
      cause: 'denyList',
      destination: '11.1.1.1',
      reasons: ['a deny list holds it'],
    });
    const { proposal, text } = learnt(honest, { incidents: [incident] });
    expect(proposal.withheld.cases).toMatchObject([
      { destination: '11.1.1.1', charges: [{ cause: 'denyList' }] },
    ]);
    expect(text).toContain('# high, denyList of 10.1.0.11: a deny list holds it');
  });
});
