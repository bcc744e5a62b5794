/** What must never be blocked is not, whoever asks; and each no is recorded with its reason. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../network/waiting.ts';
import { BLOCK, denyList, policyText } from './policy-text.ts';
import { FAMILIES, type Family, LAPTOP, Site, stranger } from './site.ts';
import { Talk, type Transport } from './talk.ts';

const NEVER = {
  destinations: ['198.51.100.70/32', '2001:db8:66::70/128'],
  sources: ['10.1.0.11/32'],
  ports: ['udp/7053'],
};
const LISTED = [
  '198.51.100.60/30',
  '2001:db8:66::60/128',
  '2001:db8:66::61/128',
  '198.51.100.70/32',
  '2001:db8:66::70/128',
  '198.51.100.1/32',
];

function policy(name: string, parts: object = {}): string {
  return policyText(name, {
    ...denyList(LISTED),
    neverBlock: NEVER,
    actions: [
      { detector: 'denyList', target: 'destination', ...BLOCK },
      { detector: 'policyViolation', target: 'flow', ...BLOCK },
    ],
    ...parts,
  });
}

let site: Site;

beforeAll(async () => {
  site = await Site.open('never', { policy: policy('never-block') });
});
afterAll(() => site?.[Symbol.asyncDispose]());

interface Veto {
  decision: { incident: string; target: object };
  guardrail: string;
  reason: string;
}

/** Traffic that would be blocked goes on; @returns the veto that the ledger has of its incident. */
async function spared(from: string, address: string, family: Family, transport: Transport, port = 7000) {
  using talk = await Talk.begin(site.network, {
    from,
    to: address.endsWith('.1') ? 'gateway' : 'stranger',
    address,
    family,
    transport,
    port,
  });
  const { id } = await site.incident(({ destination, state }) => destination === address && state === 'open');
  const [veto, ...more] = (await site.entries('decision.vetoed')).filter(({ subject }) => subject === id);
  await talk.flows();
  expect(more).toEqual([]);
  return veto.body as unknown as Veto;
}

async function refusal(target: object): Promise<{ guardrail: string; detail: string }> {
  const answer = await site.daemon.call('POST', '/v1/decisions', { target, ttlMs: 60_000, reason: 'a test' });
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 'refused', title: 'A guardrail or a check says no' },
  });
  expect(answer.headers['content-type']).toContain('application/problem+json');
  return answer.body;
}

describe('an automatic block', () => {
  test.each(FAMILIES)('of a never-block destination over IPv%i, though it is listed', async (family) => {
    const address = stranger(70, family);
    expect(await spared('laptop', address, family, 'tcp')).toMatchObject({
      guardrail: 'neverBlock',
      reason: `${address} touches a never-block destination`,
      decision: { target: { kind: 'destination', prefix: `${address}/${family === 4 ? 32 : 128}` } },
    });
  });

  test('of the flow of a never-block source', async () => {
    expect(await spared('printer', stranger(65, 4), 4, 'udp')).toMatchObject({
      guardrail: 'neverBlock',
      reason: '10.1.0.11 is a never-block source',
    });
  });

  test('of a never-block port', async () => {
    expect(await spared('laptop', stranger(66, 4), 4, 'udp', 7053)).toMatchObject({
      guardrail: 'neverBlock',
      reason: expect.stringContaining('never-block port'),
    });
  });

  test("of the gateway's own address", async () => {
    // A person is asked, so the list is not in the kernel beforehand: it is the decision that is refused.
    const asked = { detector: 'denyList', target: 'destination', ...BLOCK, approval: 'required' };
    await site.apply(policy('asks', { actions: [asked] }));
    expect(await spared('laptop', '198.51.100.1', 4, 'tcp')).toMatchObject({
      guardrail: 'ownAddresses',
      reason: '198.51.100.1 is an address of this machine',
    });
  });

  test('none of these is in the kernel', () => {
    for (const set of ['destination4', 'destination6', 'flow4', 'flow6'])
      expect(site.daemon.nftSet(set)).toEqual([]);
  });
});

describe('a block by hand', () => {
  const host = LAPTOP[4];
  const service = { protocol: 6, port: 443 };
  test.each([
    {
      name: 'a never-block destination',
      target: { kind: 'destination', prefix: '198.51.100.70/32' },
      guardrail: 'neverBlock',
    },
    {
      name: 'a network around one',
      target: { kind: 'destination', prefix: '198.51.100.64/27' },
      guardrail: 'neverBlock',
    },
    { name: 'a never-block source', target: { kind: 'host', host: '10.1.0.11' }, guardrail: 'neverBlock' },
    {
      name: 'a network around one',
      target: { kind: 'destination', prefix: '10.1.0.8/29' },
      guardrail: 'neverBlock',
    },
    {
      name: 'a never-block port',
      target: { kind: 'flow', host, destination: '192.0.2.1', service: { protocol: 17, port: 7053 } },
      guardrail: 'neverBlock',
    },
    {
      name: 'the gateway',
      target: { kind: 'destination', prefix: '10.1.0.1/32' },
      guardrail: 'ownAddresses',
    },
    { name: 'the gateway over IPv6', target: { kind: 'host', host: 'fd00:1::1' }, guardrail: 'ownAddresses' },
    { name: 'loopback', target: { kind: 'destination', prefix: '127.0.0.1/32' }, guardrail: 'ownAddresses' },
    {
      name: 'a wide network',
      target: { kind: 'destination', prefix: '192.0.0.0/16' },
      guardrail: 'prefixLength',
    },
    {
      name: 'a wide IPv6 network',
      target: { kind: 'destination', prefix: '2001:db8:99::/48' },
      guardrail: 'prefixLength',
    },
    {
      name: 'two families in one flow',
      target: { kind: 'flow', host, destination: '2001:db8::1', service },
      guardrail: 'target',
    },
  ])('of $name is refused by $guardrail', async ({ target, guardrail }) => {
    expect(await refusal(target)).toMatchObject({ guardrail, detail: expect.stringMatching(/./) });
  });

  test('of everything is refused', async () => {
    for (const prefix of ['0.0.0.0/0', '::/0']) await refusal({ kind: 'destination', prefix });
  });

  test('has left no trace in the kernel or among the decisions', async () => {
    expect((await site.daemon.call('GET', '/v1/decisions')).body.items).toEqual([]);
    expect(site.daemon.nftSet('destination4')).toEqual([]);
  });
});

describe('a router and a name server of the machine', () => {
  beforeAll(async () => {
    site.network.ip('gateway', 'route add 192.0.2.0/24 via 203.0.113.10');
    site.network.nameServer('gateway', '203.0.113.53');
    // What surrounds the machine is read again every ten seconds; a restart reads it at once.
    await site.daemon.stop();
    await site.daemon.start();
  });

  test.each([
    { prefix: '203.0.113.10/32', guardrail: 'gateways' },
    { prefix: '203.0.113.53/32', guardrail: 'resolvers' },
  ])('are refused too: $guardrail', async ({ prefix, guardrail }) => {
    expect(await refusal({ kind: 'destination', prefix })).toMatchObject({ guardrail });
  });
});

describe('bounds of automation', () => {
  /** What would be blocked goes on over both families, and each is told. */
  async function goOn(guardrail: string, reason: unknown, number: number, from = 'laptop'): Promise<void> {
    for (const family of FAMILIES) {
      const destination = stranger(number, family);
      using talk = await Talk.begin(site.network, {
        ...{ from, to: 'stranger', address: destination, family, transport: 'udp' },
      });
      const { id } = await site.incident((each) => each.destination === destination && each.state === 'open');
      const vetoed = await until('the veto', async () =>
        (await site.entries('decision.vetoed')).find(
          ({ subject, body }) => subject === id && body.guardrail === guardrail,
        ),
      );
      expect(vetoed.body).toMatchObject({ reason });
      await talk.flows();
    }
  }

  test('no more than so many blocks a minute', async () => {
    await site.apply(policy('slow', { guardrails: { maxBlocksPerMinute: 1 } }));
    const route = { from: 'laptop', to: 'stranger', transport: 'udp' } as const;
    using first = await Talk.attempt(site.network, { ...route, family: 6, address: stranger(67, 6) });
    await first.falls();
    await goOn('rate', '1 automatic blocks in the last minute, allowed 1', 68);
  });

  test('no more than so many blocks an hour', async () => {
    await site.apply(policy('slower', { guardrails: { maxBlocksPerHour: 1 } }));
    await goOn(
      'hourlyRate',
      expect.stringMatching(/^[1-9]\d* automatic blocks in the last hour, allowed 1$/),
      69,
    );
  });

  test('no more than a share of the hosts blocked', async () => {
    await site.apply(policy('shared', { guardrails: { maxBlockedHostsPercent: 0 } }));
    await goOn('blockedShare', expect.stringMatching(/^blocks would touch more than 0 of \d+ hosts/), 71);
  });

  test('no more than a share of the hosts in quarantine', async () => {
    const actions = [
      { detector: 'denyList', action: 'quarantine', target: 'host', ttl: '1h', approval: 'none' },
    ];
    await site.apply(policy('few', { actions, guardrails: { maxQuarantinedPercent: 0 } }));
    await goOn('quarantineShare', expect.stringContaining('allowed 0 (0 %)'), 60, 'scanner');
    for (const family of FAMILIES) expect(site.daemon.nftSet(`quarantine${family}`)).toEqual([]);
  });
});

describe('a policy that takes something under its protection', () => {
  test.each(FAMILIES)('over IPv%i: lifts the block that stood', async (family) => {
    const address = stranger(61, family);
    const prefix = `${address}/${family === 4 ? 32 : 128}`;
    await site.apply(policy(`as-at-first-${family}`));
    using talk = await Talk.attempt(site.network, {
      ...{ from: 'laptop', to: 'stranger', address, family, transport: 'udp' },
    });
    const { id } = await site.decision(
      ({ target }) => target.kind === 'destination' && target.prefix === prefix,
    );
    await talk.falls();
    const destinations = [...NEVER.destinations, prefix];
    await site.apply(policy(`protects-more-${family}`, { neverBlock: { ...NEVER, destinations } }));
    await talk.flows();
    expect((await site.daemon.call('GET', `/v1/decisions/${id}`)).body).toMatchObject({ state: 'revoked' });
  });
});
