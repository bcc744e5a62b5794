/** Where the gateway translates addresses, both what was asked for and where it went are judged and blocked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BLOCK, denyList, policyText } from './policy-text.ts';
import { FAMILIES, LAPTOP, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

/** Nobody has these: the gateway sends what is asked of them elsewhere. */
const INNOCENT = '192.0.2.10';
const INNOCENT6 = '2001:db8:77::10';
const WANTED = { 4: '192.0.2.66', 6: '2001:db8:77::66' };
const SHIFTED = { 4: '192.0.2.20', 6: '2001:db8:77::20' };

const NAT = `
  table inet nat_of_the_gateway {
    chain prerouting {
      type nat hook prerouting priority dstnat;
      ip daddr ${INNOCENT} dnat ip to ${stranger(66, 4)}
      ip daddr ${WANTED[4]} dnat ip to ${SHOP[4]}
      ip6 daddr ${INNOCENT6} dnat ip6 to ${stranger(66, 6)}
      ip6 daddr ${WANTED[6]} dnat ip6 to ${SHOP[6]}
      ip daddr ${SHIFTED[4]} udp dport 7000 dnat ip to ${stranger(67, 4)}:7001
      ip6 daddr ${SHIFTED[6]} udp dport 7000 dnat ip6 to [${stranger(67, 6)}]:7001
    }
    chain postrouting {
      type nat hook postrouting priority srcnat;
      oifname wan masquerade
    }
  }`;
const alsoTo = ['192.0.2.0/24', '2001:db8:77::/64'];

let site: Site;

beforeAll(async () => {
  site = await Site.open('nat', { policy: policyText('audit', { mode: 'audit', alsoTo }) });
  expect(site.network.run('gateway', 'nft', ['-f', '-'], { input: NAT }).stderr).toBe('');
});
afterAll(() => site?.[Symbol.asyncDispose]());

/** A talk with whoever answers at `to`, where the server listens at `listen`. */
function ask(address: string, to: string, listen: string, port = 7000, family: 4 | 6 = 4): Promise<Talk> {
  return Talk.attempt(site.network, { from: 'laptop', to, address, port, listen, family, transport: 'udp' });
}

describe('a listed address behind an innocent one', () => {
  test.each([
    { family: 4 as const, asked: INNOCENT },
    { family: 6 as const, asked: INNOCENT6 },
  ])('over IPv$family: the connection that stands stops', async ({ family, asked }) => {
    await site.apply(policyText(`audit-${family}`, { mode: 'audit', alsoTo }));
    const real = stranger(66, family);
    using talk = await ask(asked, 'stranger', real, 7000, family);
    await talk.flows();
    const parts = {
      alsoTo: [...alsoTo, '198.51.100.0/24', '2001:db8:66::/64'],
      ...denyList([`${real}/${family === 4 ? 32 : 128}`]),
    };
    await site.apply(
      policyText(`listed-${family}`, {
        ...parts,
        actions: [{ detector: 'denyList', target: 'destination', ...BLOCK }],
      }),
    );
    const incident = await site.incident(
      ({ cause, destination }) => cause === 'denyList' && destination === asked,
    );
    expect(incident).toMatchObject({ host: LAPTOP[family], translated: real });
    expect(incident.reasons[0]).toContain(`after NAT ${real}`);
    const block = await site.decision(({ incident: id }) => id === incident.id);
    // The one that is at fault is blocked, not the one that was asked for.
    expect(block.target).toEqual({ kind: 'destination', prefix: `${real}/${family === 4 ? 32 : 128}` });
    await talk.falls();
    using again = await ask(asked, 'stranger', real, 7005, family);
    await again.falls();
  });
});

describe.each(FAMILIES)('over IPv%i, a listed address that leads to an innocent one', (family) => {
  test('what asks for it stops, and the innocent one stays in reach', async () => {
    const listed = `${WANTED[family]}/${family === 4 ? 32 : 128}`;
    const parts = {
      alsoTo,
      ...denyList([listed]),
      actions: [{ detector: 'denyList', target: 'destination', ...BLOCK }],
    };
    const port = 7010 + family;
    using shop = await ask(SHOP[family], 'shop', SHOP[family], port + 10, family);
    await shop.flows();
    await site.apply(policyText(`asked-${family}`, parts));
    using talk = await ask(WANTED[family], 'shop', SHOP[family], port, family);
    const block = await site.decision(
      ({ target }) => target.kind === 'destination' && target.prefix === listed,
    );
    expect(block).toMatchObject({ state: 'active', enforcement: { status: 'applied' } });
    await talk.falls();
    await shop.endsWhole();
  });
});

describe.each(FAMILIES)('over IPv%i, a violation whose port is translated too', (family) => {
  const real = stranger(67, family);
  const violate = () =>
    Talk.attempt(site.network, {
      from: 'laptop',
      to: 'stranger',
      address: SHIFTED[family],
      listen: real,
      listenPort: 7001,
      family,
      transport: 'udp',
    });
  let id: string;

  test('the flow that is blocked is the one that the kernel sees', async () => {
    const actions = [{ detector: 'policyViolation', target: 'flow', ...BLOCK }];
    await site.apply(policyText(`violation-${family}`, { alsoTo, actions }));
    using talk = await violate();
    const incident = await site.incident(({ destination }) => destination === SHIFTED[family]);
    expect(incident).toMatchObject({ cause: 'policyViolation', translated: real });
    const block = await site.decision((each) => each.incident === incident.id);
    const service = { protocol: 17, port: 7001 };
    expect(block.target).toEqual({ kind: 'flow', host: LAPTOP[family], destination: real, service });
    await talk.falls();
    id = block.id;
  });

  test('revoked, it goes through the translation as before', async () => {
    await site.daemon.call('POST', `/v1/decisions/${id}/revoke`, {});
    using talk = await violate();
    await talk.flows();
  });
});
