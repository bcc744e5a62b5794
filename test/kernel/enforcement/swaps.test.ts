/**
 * No window: policies swap again and again while packets of established connections and of new ones pass through the
 * gateway. What neither policy forbids is never lost, what both forbid never passes, and what a policy forbids stops
 * with it. PENSTOCK_SWAPS makes the run longer.
 */
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { until } from '../../network/waiting.ts';
import { loadGood, NOW } from '../../unit/policy/sources.ts';
import { TunGateway } from './gateway.ts';
import { firstPacket, tagOf } from './packet.ts';

const SWAPS = Number(process.env.PENSTOCK_SWAPS ?? 40);
const UDP = 17;
const FAMILIES = [4, 6] as const;
type Family = (typeof FAMILIES)[number];
const HOST = { 4: '10.1.0.10', 6: 'fd00:1::10' };
/** By whom it is allowed, its port, and the last byte of its addresses. */
const BOTH = { port: 1000, last: 0x10 };
const FIRST_ONLY = { port: 1001, last: 0x20 };
const NEITHER = { port: 1002, last: 0x30 };
type End = typeof BOTH;
const addressOf = ({ last }: End, family: Family) =>
  family === 4 ? `203.0.113.${last}` : `2001:db8:66::${last.toString(16)}`;

/** Rules around them differ, so that boxes are replaced by others that hold the same. */
function policyOf(allowed: readonly string[], services: string): Policy {
  const spec = `
  hostGroups: {lan: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}}
  services: {some: ${services}}
  rules:
    - {id: r, from: [lan], to: {cidrs: ${JSON.stringify(allowed)}}, services: [some]}
`;
  return { ...loadGood(spec), mode: 'enforce' };
}
const FIRST = policyOf(
  ['203.0.113.16/28', '203.0.113.32/28', '2001:db8:66::10/124', '2001:db8:66::20/124'],
  '[{protocol: udp, ports: ["1000-1001"]}]',
);
const SECOND = policyOf(
  FAMILIES.map((family) => `${addressOf(BOTH, family)}/${family === 4 ? 32 : 128}`),
  '[{protocol: udp, ports: ["900-1000"]}]',
);

describe('a policy in the place of another', () => {
  let gateway: TunGateway;
  beforeEach(() => {
    gateway = new TunGateway();
  });
  afterEach(() => gateway[Symbol.dispose]());

  const send = (end: End, tag: number, family: Family = 4) =>
    gateway.inside.inject(
      firstPacket({
        protocol: UDP,
        from: parseAddress(HOST[family]),
        to: parseAddress(addressOf(end, family)),
        port: end.port,
        icmpType: -1,
        icmpCode: -1,
        tag,
      }),
    );
  /** The other end answers: from then on conntrack calls it established. */
  const answer = (end: End, tag: number, family: Family = 4) => {
    const back = firstPacket({
      protocol: UDP,
      from: parseAddress(addressOf(end, family)),
      to: parseAddress(HOST[family]),
      port: tag,
      icmpType: -1,
      icmpCode: -1,
      tag: end.port,
    });
    gateway.outside.inject(back);
  };
  const received = () => [...gateway.outside.take()].filter((bytes) => bytes[0] >> 4 === 4).map(tagOf);

  it('has as many rules, whatever it holds', () => {
    const rules = () =>
      gateway.nft
        .listTable({ family: 'inet', name: 'penstock' }, { terse: true })
        .filter((object) => 'rule' in object).length;
    const before = rules();
    gateway.put(FIRST, NOW);
    const many = Array.from({ length: 2_000 }, (_, i) => `198.18.${i >> 7}.${(i & 127) * 2}/32`);
    gateway.put(policyOf(many, '[{protocol: tcp, ports: [443]}]'), NOW);
    expect(gateway.allowlist.size).toBe(2_000);
    expect(rules()).toBe(before);
  });

  it.each(FAMILIES)(
    'forbids what stands over IPv%i, both ways, and lets go on what it allows',
    async (family) => {
      ip(gateway, `-${family} route add ${HOST[family]} dev inside`);
      const backs = () => datagrams(gateway.inside.take(), family);
      gateway.put(FIRST, NOW);
      for (const end of [BOTH, FIRST_ONLY]) {
        send(end, 5_000, family);
        answer(end, 5_000, family);
      }
      await until('both to be answered', () => backs() >= 2);
      gateway.put(SECOND, NOW);
      const refused = gateway.counter('refused');
      for (const end of [BOTH, FIRST_ONLY]) {
        send(end, 5_000, family);
        answer(end, 5_000, family);
      }
      // Of the one that is forbidden now: what the host says, and what it is told.
      await until('two packets to be refused', () => gateway.counter('refused') - refused >= 2);
      await until('the other answer to come', () => backs() >= 1);
      expect(gateway.counter('refused') - refused).toBe(2);
    },
  );

  it('gives a generation out again only when no connection carries it', () => {
    gateway.put(FIRST, NOW);
    const first = gateway.allowlist.generation;
    send(FIRST_ONLY, 5_000);
    expect(received()).toEqual([5_000]);
    for (let i = 0; i < 14; i++) gateway.put(i % 2 === 0 ? SECOND : FIRST, NOW);
    expect(gateway.allowlist.generation).not.toBe(first);
    gateway.put(SECOND, NOW);
    expect(gateway.allowlist.generation).toBe(first);
    const mark = { value: ((first ?? 0) << 28) >>> 0, mask: 0xf0000000 };
    expect(gateway.conntrack.dump({ mark }, () => {}).entries).toBe(0);
  });

  it(`opens and closes nothing else, over ${SWAPS} swaps under traffic of both families`, async () => {
    for (const family of FAMILIES)
      ip(gateway, `address add ${HOST[family]}/${family === 4 ? 32 : 128} dev outside`);
    await until(
      'its addresses to be usable',
      () => !gateway.namespace.run('ip', 'address').includes('tentative'),
    );
    gateway.put(FIRST, NOW);
    const found = { both: 0, neither: 0, established: 0 };
    const arrived = new Int32Array(new SharedArrayBuffer(4));
    const answered = new Set<string>();
    const drain = () => {
      for (const bytes of gateway.outside.take()) {
        const family = bytes[0] >> 4 === 4 ? 4 : 6;
        const [protocol, last] = family === 4 ? [bytes[9], bytes[19]] : [bytes[6], bytes[39]];
        if (protocol !== UDP) continue;
        if (last === NEITHER.last) found.neither += 1;
        if (last !== BOTH.last) continue;
        found.both += 1;
        const connection = `${family} ${tagOf(bytes)}`;
        if (answered.has(connection)) found.established += 1;
        else answer(BOTH, tagOf(bytes), family);
        answered.add(connection);
      }
      Atomics.store(arrived, 0, found.both);
    };
    const endsOf = (end: End) =>
      FAMILIES.map((family) => ({ address: addressOf(end, family), port: end.port }));
    const traffic = new Worker(new URL('./swap-traffic.ts', import.meta.url), {
      workerData: {
        namespace: gateway.namespace.name,
        both: endsOf(BOTH),
        neither: endsOf(NEITHER),
        arrived,
      },
    });
    let sent: number | undefined;
    let isGoing = false;
    traffic.on('message', (message: 'going' | { sent: number }) => {
      if (message === 'going') isGoing = true;
      else sent = message.sent;
    });
    await until('traffic', () => isGoing);
    for (let i = 0; i < SWAPS; i++) {
      gateway.put(i % 2 === 0 ? SECOND : FIRST, NOW);
      drain();
    }
    traffic.postMessage('stop');
    await until('all that was sent to arrive', () => {
      drain();
      return sent !== undefined && found.both >= sent;
    });
    console.log(
      `${SWAPS} swaps, ${sent} packets that both allow, ${sent} that neither: ${JSON.stringify(found)}`,
    );
    expect(found).toMatchObject({ both: sent, neither: 0 });
    expect(found.established).toBeGreaterThan(SWAPS);
    await traffic.terminate();
  }, 600_000);
});

function ip(gateway: TunGateway, command: string): void {
  gateway.namespace.run('ip', ...command.split(' '));
}

function datagrams(packets: Iterable<Uint8Array>, family: Family): number {
  const isOne = (bytes: Uint8Array) => bytes[0] >> 4 === family && bytes[family === 4 ? 9 : 6] === UDP;
  return [...packets].filter(isOne).length;
}
