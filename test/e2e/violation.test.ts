/** What no rule allows, and what a rule's limits do not: incidents, each with its count, and blocks of one flow. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BLOCK, denyList, policyText } from './policy-text.ts';
import { FAMILIES, type Family, LAPTOP, PRINTER, SCANNER, SHOP, Site, stranger } from './site.ts';
import { Talk, type Transport } from './talk.ts';

const TRANSPORTS: Transport[] = ['tcp', 'udp', 'icmp'];
const CASES = FAMILIES.flatMap((family) =>
  TRANSPORTS.map((transport, i) => ({ transport, family, number: 60 + i })),
);
const PROTOCOLS = { tcp: () => 6, udp: () => 17, icmp: (family: Family) => (family === 4 ? 1 : 58) };

let site: Site;
const talks = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('violation', {
    policy: policyText('audit', { mode: 'audit', ...denyList(['198.51.100.64/32']) }),
  });
});
afterAll(async () => {
  talks.dispose();
  await site?.[Symbol.asyncDispose]();
});

function strangerTalk(
  from: string,
  number: number,
  family: Family,
  transport: Transport,
  port = 7000,
): Promise<Talk> {
  const address = stranger(number, family);
  return Talk.begin(site.network, { from, to: 'stranger', address, family, transport, port });
}

function connections(from: string, address: string, count: number, port: number): Promise<unknown> {
  const one = () =>
    site.network.runAsync(from, 'socat', ['-u', '/dev/null', `TCP4:${address}:${port},connect-timeout=1`]);
  return Promise.all(Array.from({ length: count }, one));
}

describe('audit mode only reports', () => {
  test('a listed destination and a violation make incidents, and nothing is decided', async () => {
    using listed = await strangerTalk('laptop', 64, 4, 'udp');
    using violation = await strangerTalk('laptop', 65, 4, 'udp');
    const hit = await site.incident(({ destination }) => destination === stranger(64, 4));
    expect(hit).toMatchObject({
      host: LAPTOP[4],
      groups: ['lan'],
      cause: 'denyList',
      source: 'known-c2',
      severity: 'high',
    });
    const miss = await site.incident(({ destination }) => destination === stranger(65, 4));
    expect(miss).toMatchObject({
      cause: 'policyViolation',
      source: null,
      severity: 'medium',
      services: [{ protocol: 17, port: 7000 }],
    });
    await listed.endsWhole();
    await violation.endsWhole();
    expect((await site.daemon.call('GET', '/v1/decisions')).body.items).toEqual([]);
  });

  test('many connections make one incident that counts them', async () => {
    const address = stranger(66, 4);
    await connections('laptop', address, 7, 7001);
    await connections('laptop', address, 3, 7002);
    const incident = await site.incident(({ destination, count }) => destination === address && count === 10);
    expect(incident.services).toEqual([
      { protocol: 6, port: 7001 },
      { protocol: 6, port: 7002 },
    ]);
    expect(incident.lastSeenMs).toBeGreaterThanOrEqual(incident.firstSeenMs);
    const { items } = (await site.daemon.call('GET', '/v1/incidents')).body;
    expect(items.filter(({ destination }: { destination: string }) => destination === address)).toHaveLength(
      1,
    );
    expect(
      (await site.entries('incident.opened')).filter(({ subject }) => subject === incident.id),
    ).toHaveLength(1);
  });

  test('closed by a person, the next connection opens another', async () => {
    const address = stranger(66, 4);
    const { id } = await site.incident(({ destination }) => destination === address);
    const closed = await site.daemon.call('POST', `/v1/incidents/${id}/close`, { reason: 'known' });
    expect(closed.body).toMatchObject({ id, state: 'closed' });
    await connections('laptop', address, 1, 7001);
    const next = await site.incident((each) => each.destination === address && each.id !== id);
    expect(next).toMatchObject({ state: 'open', count: 1 });
  });
});

describe('respond mode blocks the flow', () => {
  const ends = new Map<string, Talk>();
  let neighbour: Talk;
  let otherPort: Talk;
  let respondedAtMs: number;

  beforeAll(async () => {
    const begun = CASES.map(async ({ transport, family, number }) => {
      ends.set(stranger(number, family), talks.use(await strangerTalk('laptop', number, family, transport)));
    });
    await Promise.all(begun);
    const also = [{ id: 'also', from: ['lan'], to: { cidrs: ['198.51.100.61/32'] }, services: ['other'] }];
    const text = policyText('respond', {
      actions: [{ detector: 'policyViolation', target: 'flow', ...BLOCK }],
      rules: also,
    });
    const services =
      '"services":{"everything":[{"protocol":"any"}],"other":[{"protocol":"udp","ports":[7009]}]}';
    await site.apply(text.replace(/"services":\{.*?\}\]\}/, services));
    respondedAtMs = Date.now();
    neighbour = talks.use(
      await Talk.begin(site.network, {
        from: 'laptop',
        to: 'shop',
        address: SHOP[4],
        family: 4,
        transport: 'tcp',
      }),
    );
    otherPort = talks.use(await strangerTalk('laptop', 61, 4, 'udp', 7009));
  });

  test.each(CASES)(
    '$transport over IPv$family ends within a second',
    async ({ transport, family, number }) => {
      const address = stranger(number, family);
      const { target, id } = await site.decision(
        (each) => each.target.kind === 'flow' && each.target.destination === address,
      );
      const protocol = PROTOCOLS[transport](family);
      const port = transport === 'icmp' ? null : 7000;
      expect(target).toEqual({
        kind: 'flow',
        host: LAPTOP[family],
        destination: address,
        service: { protocol, port },
      });
      expect(((await ends.get(address)?.falls()) ?? Number.NaN) - respondedAtMs).toBeLessThan(1_000);
      expect((await site.entries('enforcement.applied')).map(({ subject }) => subject)).toContain(id);
    },
  );

  test('another service of the same two, and another destination, go on', async () => {
    await neighbour.endsWhole();
    await otherPort.endsWhole();
  });

  test('another host that does the same has a block of its own', async () => {
    using same = await Talk.attempt(site.network, {
      from: 'printer',
      to: 'stranger',
      address: stranger(67, 4),
      family: 4,
      transport: 'udp',
    });
    await site.decision(({ target }) => target.kind === 'flow' && target.host === PRINTER[4]);
    await same.falls();
  });
});

describe('limits of a rule', () => {
  const actions = [{ detector: 'limit', target: 'flow', ...BLOCK }];

  async function limited(name: string, limits: object): Promise<void> {
    const rules = [
      { id: 'metered', from: ['lan'], to: { cidrs: ['198.51.100.0/24'] }, services: ['everything'], limits },
    ];
    await site.apply(policyText(name, { rules, actions }));
  }

  /** Counters of a standing connection come with the walks through conntrack, every ten seconds. */
  function breach(host: string, says: RegExp) {
    const fits = (reasons: readonly string[]) => reasons.some((reason) => says.test(reason));
    return site.incident(
      (each) => each.cause === 'limit' && each.host === host && fits(each.reasons),
      String(says),
    );
  }

  test('new connections faster than allowed', async () => {
    await limited('rate', { newConnections: { rate: '1/m', burst: 3 } });
    await connections('printer', stranger(70, 4), 3, 7001);
    expect(
      await site
        .entries('incident.opened')
        .then((all) => all.filter(({ body }) => JSON.stringify(body).includes('"limit"'))),
    ).toEqual([]);
    await connections('printer', stranger(70, 4), 1, 7001);
    expect(await breach(PRINTER[4], /4 new connections in .*, allowed 3/)).toMatchObject({
      source: 'metered',
      severity: 'medium',
    });
    // The answer to a limit is carried out as any other.
    await site.decision(
      ({ target, origin }) =>
        origin.kind === 'automatic' && origin.detector === 'limit' && target.kind === 'flow',
    );
  });

  test('more connections at once than allowed', async () => {
    await limited('concurrent', { concurrentConnections: 2 });
    using one = await strangerTalk('scanner', 71, 4, 'tcp', 7011);
    using two = await strangerTalk('scanner', 72, 4, 'tcp', 7012);
    using three = await Talk.attempt(site.network, {
      from: 'scanner',
      to: 'stranger',
      address: stranger(73, 4),
      family: 4,
      transport: 'tcp',
      port: 7013,
    });
    await breach(SCANNER[4], /3 connections at once, allowed 2/);
    await three.falls();
    for (const talk of [one, two]) await talk.flows();
  });

  test('more bytes than allowed, while the connection stands', async () => {
    await limited('bytes', { bytesOut: { max: '8KiB', per: '1h' } });
    const address = stranger(74, 4);
    using talk = await strangerTalk('printer', 74, 4, 'udp', 7014);
    const incident = await breach(PRINTER[4], /sent .* in 1h, allowed 8 KiB/);
    expect(incident).toMatchObject({ source: 'metered', destination: address });
    const { target } = await site.decision(
      ({ target }) => target.kind === 'flow' && target.destination === address,
    );
    expect(target).toMatchObject({ host: PRINTER[4], service: { protocol: 17, port: 7014 } });
    await talk.falls();
  });
});
