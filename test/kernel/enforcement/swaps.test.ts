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
const HOST = '10.1.0.10';
/** By whom it is allowed, and its port. */
const BOTH = { address: '203.0.113.10', port: 1000 };
const FIRST_ONLY = { address: '203.0.113.20', port: 1001 };
const NEITHER = { address: '203.0.113.30', port: 1002 };

/** Rules around them differ, so that boxes are replaced by others that hold the same. */
function policyOf(allowed: readonly string[], services: string): Policy {
  const spec = `
  hostGroups: {lan: {cidrs: [10.1.0.0/24]}}
  services: {some: ${services}}
  rules:
    - {id: r, from: [lan], to: {cidrs: ${JSON.stringify(allowed)}}, services: [some]}
`;
  return { ...loadGood(spec), mode: 'enforce' };
}
const FIRST = policyOf(['203.0.113.0/28', '203.0.113.16/28'], '[{protocol: udp, ports: ["1000-1001"]}]');
const SECOND = policyOf(['203.0.113.10/32'], '[{protocol: udp, ports: ["900-1000"]}]');

type End = typeof BOTH;

describe('a policy in the place of another', () => {
  let gateway: TunGateway;
  beforeEach(() => {
    gateway = new TunGateway();
  });
  afterEach(() => gateway[Symbol.dispose]());

  const send = ({ address, port }: End, tag: number) =>
    gateway.inside.inject(
      firstPacket({
        protocol: 17,
        from: parseAddress(HOST),
        to: parseAddress(address),
        port,
        icmpType: -1,
        icmpCode: -1,
        tag,
      }),
    );
  /** The other end answers: from then on conntrack calls it established. */
  const answer = ({ address, port }: End, tag: number) => {
    const back = firstPacket({
      protocol: 17,
      from: parseAddress(address),
      to: parseAddress(HOST),
      port: tag,
      icmpType: -1,
      icmpCode: -1,
      tag: port,
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

  it('forbids what stands, in both directions, and lets go on what it allows', async () => {
    ip(gateway, `route add ${HOST}/32 dev inside`);
    gateway.put(FIRST, NOW);
    for (const end of [BOTH, FIRST_ONLY]) {
      send(end, 5_000);
      answer(end, 5_000);
    }
    await until('both to be answered', () => backs(gateway) >= 2);
    gateway.put(SECOND, NOW);
    const refused = gateway.counter('refused');
    for (const end of [BOTH, FIRST_ONLY]) {
      send(end, 5_000);
      answer(end, 5_000);
    }
    // Of the one that is forbidden now: what the host says, and what it is told.
    await until('two packets to be refused', () => gateway.counter('refused') - refused >= 2);
    await until('the other answer to come', () => backs(gateway) >= 1);
    expect(gateway.counter('refused') - refused).toBe(2);
  });

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

  it(`opens and closes nothing else, over ${SWAPS} swaps under traffic`, async () => {
    ip(gateway, `address add ${HOST}/32 dev outside`);
    gateway.put(FIRST, NOW);
    const found = { both: 0, neither: 0, established: 0 };
    const answered = new Set<number>();
    const drain = () => {
      for (const bytes of gateway.outside.take()) {
        if (bytes[0] >> 4 !== 4 || bytes[9] !== UDP) continue;
        const [last, tag] = [bytes[19], tagOf(bytes)];
        if (last === 30) found.neither += 1;
        if (last !== 10) continue;
        found.both += 1;
        if (answered.has(tag)) found.established += 1;
        else answer(BOTH, tag);
        answered.add(tag);
      }
    };
    const traffic = new Worker(new URL('./swap-traffic.ts', import.meta.url), {
      workerData: { namespace: gateway.namespace.name, both: BOTH, neither: NEITHER },
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

/** Answers that have reached the host's side since this was last asked. */
function backs(gateway: TunGateway): number {
  return [...gateway.inside.take()].filter((bytes) => bytes[0] >> 4 === 4).length;
}
