/** Table `inet penstock_limits` behind the real allowlist: what goes over a rule's limits does not pass. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../../src/address/address.ts';
import { policyPart } from '../../../src/enforcement/allowlist/policy-part.ts';
import { limitPlan } from '../../../src/enforcement/limits/limit-plan.ts';
import { LIMIT_TABLE } from '../../../src/enforcement/limits/limit-rules.ts';
import { LimitTable } from '../../../src/enforcement/limits/limit-table.ts';
import { LOG_GROUP, readPrefix } from '../../../src/enforcement/ruleset/telling.ts';
import { NflogSocket } from '../../../src/nflog/socket.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { until } from '../../network/waiting.ts';
import { loadGood } from '../../unit/policy/sources.ts';
import { TunGateway } from './gateway.ts';
import { firstPacket, tagOf } from './packet.ts';

const UDP = 17;
const HOSTS = { 4: ['10.1.0.10', '10.1.0.11'], 6: ['fd00:1::10', 'fd00:1::11'] } as const;
const OUTSIDE = { 4: ['198.51.100.1', '203.0.113.7'], 6: ['2001:db8:1::1', '2001:db8:7::7'] } as const;
/** By port: each rule has one limit. */
const RATE = 1001;
const OPEN = 1002;
const QUOTA = 1003;
const PLAIN = 1004;
/** An IP and a UDP header with nothing in it. */
const BYTES = { 4: 28, 6: 48 };

const SPEC = `
  hostGroups: {lan: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}}
  services:
    rate: [{protocol: udp, ports: [${RATE}]}]
    open: [{protocol: udp, ports: [${OPEN}]}]
    quota: [{protocol: udp, ports: [${QUOTA}]}]
    plain: [{protocol: udp, ports: [${PLAIN}]}]
  rules:
    - {id: plain, from: [lan], to: {cidrs: [0.0.0.0/0, "::/0"]}, services: [plain]}
    - {id: rate, from: [lan], to: {cidrs: [0.0.0.0/0, "::/0"]}, services: [rate], limits: {newConnections: {rate: 1/h, burst: 5}}}
    - {id: open, from: [lan], to: {cidrs: [0.0.0.0/0, "::/0"]}, services: [open], limits: {concurrentConnections: 3}}
    - {id: quota, from: [lan], to: {cidrs: [0.0.0.0/0, "::/0"]}, services: [quota], limits: {bytesOut: {max: 480B, per: 1h}}}
  neverBlock: {destinations: [203.0.113.7/32, "2001:db8:7::7/128"]}
`;
const POLICY = enforcing(SPEC);

function enforcing(spec: string): Policy {
  return { ...loadGood(spec), mode: 'enforce' };
}

let gateway: TunGateway;
let limits: LimitTable;
let log: NflogSocket;
let tag = 0;

beforeAll(() => {
  gateway = new TunGateway();
  limits = new LimitTable(gateway.nft, gateway.elements);
  log = NflogSocket.open({ group: LOG_GROUP });
});
afterAll(() => {
  log?.[Symbol.dispose]();
  gateway?.[Symbol.dispose]();
});

/** As after a start: nothing is counted yet. */
beforeEach(() => {
  gateway.namespace.run('conntrack', '-F');
  put(POLICY);
  limits.sync(undefined);
  sync(POLICY);
  told();
});

function put(policy: Policy): void {
  gateway.put(policy, Date.now());
}

function sync(policy: Policy): string[] {
  return limits.sync(limitPlan(policy, policyPart(policy, compilePolicy(policy), Date.now())));
}

/** @returns how many come out */
async function send(from: string, to: string, port: number, count: number, connection?: number) {
  const ours = new Set<number>();
  const before = counted('limited') + counted('metered');
  let passed = 0;
  for (let i = 0; i < count; i++) {
    if (connection === undefined) tag += 1;
    const packet = { protocol: UDP, port, icmpType: 0, icmpCode: 0, tag: connection ?? tag };
    ours.add(packet.tag);
    gateway.inside.inject(firstPacket({ ...packet, from: parseAddress(from), to: parseAddress(to) }));
  }
  await until('every packet to pass or be counted', () => {
    for (const bytes of gateway.outside.take()) if (isUdp(bytes) && ours.has(tagOf(bytes))) passed += 1;
    return passed + counted('limited') + counted('metered') - before >= count;
  });
  return passed;
}

function isUdp(bytes: Uint8Array): boolean {
  return bytes[0] >> 4 === 4 ? bytes[9] === UDP : bytes[6] === UDP;
}

function counted(name: string): number {
  return gateway.elements.counters(LIMIT_TABLE).get(name)?.packets ?? 0;
}

function told(): string[] {
  const all: string[] = [];
  while (
    log.drain(({ source, prefix }) => all.push(`${readPrefix(prefix)?.told} ${formatAddress(source)}`), 100)
  );
  return all;
}

describe.each([4, 6] as const)('IPv%i', (family) => {
  const [one, other] = HOSTS[family];
  const [to, spared] = OUTSIDE[family];

  test('as many new connections of a host as its bucket holds pass, and another host has its own', async () => {
    expect(await send(one, to, RATE, 8)).toBe(5);
    expect(await send(other, to, RATE, 8)).toBe(5);
    expect([counted('limited'), counted('metered')]).toEqual([6, 0]);
    const each = ['newConnections', 'newConnections', 'newConnections'];
    const wanted = [one, other].flatMap((host) => each.map((limit) => `${limit} ${host}`));
    const found: string[] = [];
    await until('all that were stopped to be told', () => found.push(...told()) >= wanted.length);
    expect(found).toEqual(wanted);
  });

  test('a host has so many connections at once, and room again when one has ended', async () => {
    expect(await send(one, to, OPEN, 5)).toBe(3);
    gateway.namespace.run(
      'conntrack',
      '-D',
      '-f',
      `ipv${family}`,
      '-p',
      'udp',
      '-s',
      one,
      '--sport',
      `${tag - 4}`,
    );
    expect(await send(one, to, OPEN, 2)).toBe(1);
    expect(await send(other, to, OPEN, 3)).toBe(3);
  });

  test('a host sends so many bytes, over one connection or many', async () => {
    const most = Math.floor(480 / BYTES[family]);
    tag += 1;
    expect(await send(one, to, QUOTA, most + 3, tag)).toBe(most);
    expect(await send(one, to, QUOTA, 2)).toBe(0);
    expect([counted('limited'), counted('metered')]).toEqual([0, 5]);
    await until('the host to be told of', () => told().includes(`bytesOut ${one}`));
  });

  test('what has no limit, and what neverBlock protects, is not counted', async () => {
    expect(await send(one, to, PLAIN, 20)).toBe(20);
    for (const port of [RATE, OPEN, QUOTA]) expect(await send(one, spared, port, 20)).toBe(20);
    expect([counted('limited'), counted('metered')]).toEqual([0, 0]);
  });
});

test('what was counted outlives a change of other rules, and not one of the limits', async () => {
  const [host, to] = [HOSTS[4][0], OUTSIDE[4][0]];
  expect(await send(host, to, RATE, 6)).toBe(5);
  const narrower = enforcing(SPEC.replaceAll('10.1.0.0/24', '10.1.0.0/25'));
  put(narrower);
  expect(sync(narrower)).toEqual([
    'limits: 2 to discard in limited4',
    'limits: 2 to create in limited4',
    'limits: 1 to discard in metered4',
    'limits: 1 to create in metered4',
  ]);
  expect(await send(host, to, RATE, 2)).toBe(0);
  const wider = enforcing(SPEC.replace('burst: 5', 'burst: 7'));
  expect(sync(wider)).toContain('the limits of rules have changed');
  expect(await send(host, to, RATE, 8)).toBe(7);
});

test('what others do to it is undone, and nothing is left where no rule has limits', () => {
  expect(sync(POLICY)).toEqual([]);
  gateway.namespace.nft('flush map inet penstock_limits limited4');
  expect(sync(POLICY)).toEqual(['limits: 2 to create in limited4']);
  gateway.namespace.nft('flush chain inet penstock_limits asked4');
  expect(sync(POLICY)).toContain('table inet penstock_limits has other rules');
  gateway.namespace.nft('delete table inet penstock_limits');
  expect(sync(POLICY)).toContain('table inet penstock_limits is missing');
  expect(sync(POLICY)).toEqual([]);
  expect(sync(loadGood(SPEC))).toEqual(['table inet penstock_limits is not needed']);
  expect(gateway.nft.listTables('inet').map(({ name }) => name)).not.toContain(LIMIT_TABLE.name);
});

test('one that another daemon left is made anew', () => {
  limits = new LimitTable(gateway.nft, gateway.elements);
  expect(sync(POLICY)).toContain('table inet penstock_limits is of another daemon');
  expect(sync(POLICY)).toEqual([]);
});
