/** The kernel and the matcher agree: random policies in the real table, random first packets through it. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../../src/address/address.ts';
import { prefixContains } from '../../../src/address/prefix.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { NeverBlock, Policy } from '../../../src/policy/policy.ts';
import type { FlowQuestion } from '../../../src/policy/verdict.ts';
import { until } from '../../network/waiting.ts';
import { fours, moment, policy, prefix, sixes } from '../../unit/policy/any-policy.ts';
import { TunGateway } from './gateway.ts';
import { type FirstPacket, firstPacket, tagOf } from './packet.ts';

const PACKETS = 160;
const POLICIES = 25;

/** What the gateway translates, besides: port 80 of these goes to port 443 of those. */
const NAT = [
  ['10.3.0.3', '10.5.0.5'],
  ['2001:db8:0:1:0:2:0:3', '2001:db8:0:1:0:1:0:1'],
] as const;

const packet = fc
  .record({
    ends: fc.oneof(
      fc.tuple(fours, fc.oneof({ weight: 6, arbitrary: fours }, { weight: 1, arbitrary: nat(0) })),
      fc.tuple(sixes, fc.oneof({ weight: 6, arbitrary: sixes }, { weight: 1, arbitrary: nat(1) })),
      fc.tuple(fours, fc.constant(parseAddress('169.254.1.1'))),
    ),
    protocol: fc.constantFrom<'icmp' | number>('icmp', 6, 6, 6, 17, 17, 47, 50, 33, 107, 108, 109, 254),
    port: fc.constantFrom(53, 80, 80, 443, 443, 8080),
    icmpCode: fc.constantFrom(0, 3),
  })
  .map(({ ends: [from, to], protocol, port, icmpCode }): Omit<FirstPacket, 'tag'> => {
    const icmp = from.family === 4 ? 1 : 58;
    const icmpType = from.family === 4 ? 8 : 128;
    return { from, to, protocol: protocol === 'icmp' ? icmp : protocol, port, icmpType, icmpCode };
  });
const neverBlock = fc.record({
  sources: fc.array(prefix, { maxLength: 1 }),
  destinations: fc.array(prefix, { maxLength: 2 }),
  ports: fc.constantFrom([], [{ protocol: 17, first: 50, last: 60 }]),
});

function nat(index: 0 | 1): fc.Arbitrary<Address> {
  return fc.constant(parseAddress(NAT[index][0]));
}

let gateway: TunGateway;
let tag = 0;

beforeAll(() => {
  gateway = new TunGateway();
  const rules = NAT.map(([asked, went]) => {
    const ip = asked.includes(':') ? 'ip6' : 'ip';
    const to = ip === 'ip6' ? `[${went}]` : went;
    return `${ip} daddr ${asked} meta l4proto { tcp, udp } th dport 80 dnat ${ip} to ${to}:443
      ${ip} daddr ${asked} meta l4proto { icmp, ipv6-icmp } dnat ${ip} to ${went}`;
  });
  gateway.namespace.nft(`table inet elsewhere {
    chain prerouting {
      type nat hook prerouting priority dstnat
      ${rules.join('\n')}
    }
  }`);
});
afterAll(() => gateway[Symbol.dispose]());

test('the kernel lets by what the matcher allows and nothing else, for any policy and packet', async () => {
  const seen = { passed: 0, refused: 0, spared: 0, translated: 0 };
  const cases = fc.array(packet, { minLength: PACKETS, maxLength: PACKETS });
  await fc.assert(
    fc.asyncProperty(policy, neverBlock, moment, cases, async (given, spared, atMs, packets) => {
      const enforcing: Policy = {
        ...given,
        mode: 'enforce',
        denyLists: [],
        neverBlock: { ...given.neverBlock, ...spared },
      };
      const compiled = compilePolicy(enforcing);
      gateway.put(enforcing, atMs);
      expect(gateway.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
      // A packet that answers one of before would be judged as that one's connection.
      gateway.namespace.run('conntrack', '-F');
      const sent = withoutAnswers(packets).map((each) => ({ ...each, tag: nextTag() }));
      const passed = await send(sent);
      for (const each of sent) {
        const question: FlowQuestion = {
          ...asked(each),
          direction: compiled.isOurs(each.from) ? 'outbound' : 'foreign',
        };
        const verdict = compiled.evaluate(question, atMs);
        const isSpared = verdict.kind === 'deny' && spares(enforcing.neverBlock, question);
        const expected = verdict.kind !== 'deny' || isSpared;
        const told = `${describe(each)}: ${JSON.stringify(verdict)}`;
        expect(`${told} ${passed.has(each.tag)}`).toBe(`${told} ${expected}`);
        seen[isSpared ? 'spared' : expected ? 'passed' : 'refused'] += 1;
        if (question.destinationPort !== question.translatedPort) seen.translated += 1;
      }
    }),
    { numRuns: POLICIES, endOnFailure: true },
  );
  console.log(`kernel and matcher agree: ${JSON.stringify(seen)}`);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
}, 120_000);

/** Where nothing but the addresses tells connections apart, each pair of them once. */
function withoutAnswers<T extends Omit<FirstPacket, 'tag'>>(packets: readonly T[]): T[] {
  const pairs = new Set<string>();
  return packets.filter(({ protocol, from, to }) => {
    if ([1, 6, 17, 58].includes(protocol)) return true;
    const pair = `${protocol} ${[from, to].map(formatAddress).sort().join(' ')}`;
    return !pairs.has(pair) && pairs.add(pair);
  });
}

function nextTag(): number {
  tag = (tag % 60_000) + 1;
  return tag;
}

/** Tags of those that came out; each went through or was counted as refused. */
async function send(packets: readonly FirstPacket[]): Promise<Set<number>> {
  const before = gateway.counter('refused');
  const passed = new Set<number>();
  for (const each of packets) gateway.inside.inject(firstPacket(each));
  await until('every packet to go through or be refused', () => {
    for (const bytes of gateway.outside.take()) if (isOurs(bytes)) passed.add(tagOf(bytes));
    return passed.size + gateway.counter('refused') - before >= packets.length;
  });
  expect(gateway.counter('unseen')).toBe(0);
  return passed;
}

/** The kernel itself says something now and then: router solicitations, reports of groups. */
function isOurs(bytes: Uint8Array): boolean {
  return bytes[0] >> 4 === 4 || (bytes[8] === 0x20 && bytes[6] !== 0);
}

function asked({ from, to, protocol, port, icmpType, icmpCode }: FirstPacket): FlowQuestion {
  const isIcmp = protocol === 1 || protocol === 58;
  const destinationPort = protocol === 6 || protocol === 17 ? port : 0;
  const target = NAT.find(([address]) => address === formatAddress(to))?.[1];
  const moves = target !== undefined && (isIcmp || destinationPort === 80);
  return {
    direction: 'outbound',
    protocol,
    host: from,
    destination: to,
    destinationPort,
    translated: moves ? parseAddress(target) : to,
    translatedPort: moves && destinationPort === 80 ? 443 : destinationPort,
    icmpType: isIcmp ? icmpType : -1,
    icmpCode: isIcmp ? icmpCode : -1,
  };
}

function spares({ sources, destinations, ports }: NeverBlock, question: FlowQuestion): boolean {
  const { host, destination, translated, protocol, destinationPort, translatedPort } = question;
  const holds = (prefixes: NeverBlock['sources'], address: Address) =>
    prefixes.some((each) => prefixContains(each, address));
  const port = (number: number) =>
    ports.some((each) => each.protocol === protocol && each.first <= number && number <= each.last);
  return (
    holds(sources, host) ||
    holds(destinations, destination) ||
    holds(destinations, translated) ||
    port(destinationPort) ||
    port(translatedPort)
  );
}

function describe({ from, to, protocol, port }: FirstPacket): string {
  return `${formatAddress(from)} to ${formatAddress(to)} protocol ${protocol} port ${port}`;
}
