/** A deny-listed destination is blocked, whatever the protocol, and whether the connection is old or new. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BLOCK, denyList, policyText } from './policy-text.ts';
import { FAMILIES, type Family, SHOP, Site, stranger } from './site.ts';
import { Talk, type Transport } from './talk.ts';

const TRANSPORTS: Transport[] = ['tcp', 'udp', 'icmp'];
/** Each has an address of its own, for a blocked address is blocked for all. */
const CASES = FAMILIES.flatMap((family) =>
  TRANSPORTS.map((transport, i) => ({ transport, family, early: 60 + i, late: 70 + i })),
);
const rules = {
  // All is allowed, so only a deny list can be what blocks: it wins over the rule.
  alsoTo: ['198.51.100.0/24', '2001:db8:66::/64'],
  actions: [{ detector: 'denyList', target: 'destination', ...BLOCK }],
};
const EARLY = ['198.51.100.60/30', '2001:db8:66::60/126'];
const LATE = ['198.51.100.70/31', '198.51.100.72/32', '2001:db8:66::70/124'];

let site: Site;

beforeAll(async () => {
  site = await Site.open('block', { policy: policyText('before', { ...rules, ...denyList(EARLY) }) });
});
afterAll(() => site?.[Symbol.asyncDispose]());

function route(transport: Transport, family: Family, address: string, to = 'stranger') {
  return { from: 'laptop', to, address, family, transport };
}

/** Entries that the gateway's conntrack has of an address. */
function tracked(family: Family, address: string): string {
  const flags = ['-L', '-f', family === 4 ? 'ipv4' : 'ipv6'];
  const lists = ['--orig-dst', '--orig-src'].map((end) =>
    site.network.run('gateway', 'conntrack', [...flags, end, address]),
  );
  return lists.map(({ stdout }) => stdout).join('');
}

async function connects(from: string, address: string, family: Family): Promise<boolean> {
  const to = family === 4 ? `TCP4:${address}:7001` : `TCP6:[${address}]:7001`;
  const { stderr } = await site.network.runAsync(from, 'socat', [
    '-u',
    '/dev/null',
    `${to},connect-timeout=0.5`,
  ]);
  return !stderr.includes('timed out');
}

describe('listed before the first packet', () => {
  test.concurrent.each(CASES)(
    '$transport over IPv$family ends within a second',
    async ({ transport, family, early }) => {
      const address = stranger(early, family);
      using talk = await Talk.attempt(site.network, route(transport, family, address));
      const beganAtMs = Date.now();
      await site.decision(
        ({ target }) => target.kind === 'destination' && target.prefix.startsWith(`${address}/`),
      );
      expect((await talk.falls()) - beganAtMs).toBeLessThan(1_000);
      expect(tracked(family, address)).toBe('');
    },
  );
});

describe('established before it is listed', () => {
  const stopped = new DisposableStack();
  const talks = new Map<string, Talk>();
  let appliedAtMs: number;
  let shop: Talk[];

  beforeAll(async () => {
    shop = await Promise.all([
      Talk.begin(site.network, route('tcp', 4, SHOP[4], 'shop')),
      Talk.begin(site.network, route('udp', 6, SHOP[6], 'shop')),
    ]);
    const begun = CASES.map(async ({ transport, family, late }) => {
      const address = stranger(late, family);
      talks.set(address, await Talk.begin(site.network, route(transport, family, address)));
    });
    await Promise.all(begun);
    for (const talk of [...shop, ...talks.values()]) stopped.use(talk);
    await site.apply(policyText('after', { ...rules, ...denyList([...EARLY, ...LATE]) }));
    appliedAtMs = Date.now();
  });
  afterAll(() => stopped.dispose());

  test.each(CASES)('$transport over IPv$family ends within a second, both ways', async ({ family, late }) => {
    const address = stranger(late, family);
    const talk = talks.get(address);
    expect(((await talk?.falls()) ?? Number.NaN) - appliedAtMs).toBeLessThan(1_000);
    // Both ends still send: neither may be taken for the beginning of something new.
    expect(tracked(family, address)).toBe('');
  });

  test.each(FAMILIES)('nobody reaches it any more over IPv%i, nor does it reach anybody', async (family) => {
    expect(await connects('printer', stranger(70, family), family)).toBe(false);
    const back = family === 4 ? '10.1.0.11' : 'fd00:1::11';
    const from = stranger(70, family);
    const { status } = await site.network.runAsync('stranger', 'ping', [
      '-n',
      '-c1',
      '-W0.5',
      '-I',
      from,
      back,
    ]);
    expect(status).toBe(1);
  });

  test('allowed connections went on all the while', async () => {
    for (const talk of shop) await talk.flows();
    for (const talk of shop) await talk.endsWhole();
    expect(await connects('laptop', SHOP[4], 4)).toBe(true);
  });
});
