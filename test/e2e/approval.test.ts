/** Blocks that wait for a person: provisional ones that stand meanwhile, and those that do not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { until } from '../network/waiting.ts';
import { denyList, policyText } from './policy-text.ts';
import { FAMILIES, type Family, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const LISTED = '198.51.100.70/31';
const LISTED6 = '2001:db8:66::70/128';
/** What no rule allows waits for approval before anything is pushed; a listed destination is blocked meanwhile. */
function policy(name: string, times: { holdFor: string; approvalTimeout: string }): string {
  const { holdFor, approvalTimeout } = times;
  return policyText(name, {
    ...denyList([LISTED, LISTED6]),
    actions: [
      {
        detector: 'denyList',
        action: 'block',
        target: 'destination',
        ttl: '1h',
        approval: 'provisional',
        holdFor,
      },
      {
        detector: 'policyViolation',
        action: 'block',
        target: 'flow',
        ttl: '1h',
        approval: 'required',
        approvalTimeout,
      },
    ],
  });
}
const PATIENT = policy('patient', { holdFor: '10m', approvalTimeout: '10m' });
const HASTY = policy('hasty', { holdFor: '2s', approvalTimeout: '2s' });

let site: Site;
let shop: Talk;

beforeAll(async () => {
  site = await Site.open('approval', { policy: PATIENT });
  shop = await Talk.begin(site.network, {
    from: 'printer',
    to: 'shop',
    address: SHOP[4],
    family: 4,
    transport: 'udp',
  });
});
afterAll(async () => {
  shop?.[Symbol.dispose]();
  await site?.[Symbol.asyncDispose]();
});

function talk(number: number, family: Family = 4): Promise<Talk> {
  const route = { from: 'laptop', to: 'stranger', address: stranger(number, family), family };
  return Talk.attempt(site.network, { ...route, transport: 'udp' });
}

function decisionOn(number: number, state: Decision['state'], family: Family = 4): Promise<Decision> {
  const address = stranger(number, family);
  const named = ({ target }: Decision) =>
    target.kind === 'flow'
      ? target.destination === address
      : target.kind === 'destination' && target.prefix === `${address}/${family === 4 ? 32 : 128}`;
  return site.decision((decision) => decision.state === state && named(decision), `${address}: ${state}`);
}

async function answer(verb: string, { id }: Decision, reason = 'a test'): Promise<Decision> {
  const { status, body } = await site.daemon.call('POST', `/v1/decisions/${id}/${verb}`, { reason });
  expect(status).toBe(200);
  return body;
}

describe('a provisional block', () => {
  test.each(FAMILIES)('rejected, it is lifted at once and the host talks on over IPv%i', async (family) => {
    using listed = await talk(70, family);
    const block = await decisionOn(70, 'provisional', family);
    await listed.falls();
    expect(site.daemon.nftSet(`destination${family}`)).toHaveLength(1);

    const rejected = await answer('reject', block);
    expect(rejected).toMatchObject({ state: 'rejected', enforcement: { status: 'none' } });
    expect(site.daemon.nftSet(`destination${family}`)).toEqual([]);
    await listed.flows();
    // A person said no: the next packet must not bring the block back.
    expect((await site.daemon.call('GET', '/v1/decisions?state=provisional')).body.items).toEqual([]);
  });

  test('approved, it stands for its whole time', async () => {
    using listed = await talk(71);
    const block = await decisionOn(71, 'provisional');
    expect(block.expiresAtMs).toBe(block.answerByMs);
    await listed.falls();

    const approved = await answer('approve', block);
    expect(approved).toMatchObject({ state: 'active', answerByMs: null, enforcement: { status: 'applied' } });
    expect(approved.answers).toMatchObject([{ verb: 'approve', actor: 'admin', reason: 'a test' }]);
    expect((approved.expiresAtMs ?? 0) - Date.now()).toBeGreaterThan(3_590_000);
    const [{ elem }] = site.daemon.nftSet('destination4') as [{ elem: Record<string, unknown> }];
    expect(elem).toMatchObject({ val: '198.51.100.71', timeout: 3_600 });
    expect(elem.expires).toBeGreaterThan(3_590);
    await expect(listed.flows(500)).rejects.toThrow('in vain');
  });

  test('an answer that comes twice is refused and changes nothing', async () => {
    const { id } = await decisionOn(71, 'active');
    const again = await site.daemon.call('POST', `/v1/decisions/${id}/approve`, {});
    expect(again).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(again.headers['content-type']).toContain('application/problem+json');
    expect(await decisionOn(71, 'active')).toMatchObject({ answers: [{ verb: 'approve' }] });
    await answer('revoke', { id } as Decision);
  });

  test('not answered, it is lifted in the kernel and the host talks on', async () => {
    await site.apply(
      policy('hasty-other-addresses', { holdFor: '2s', approvalTimeout: '2s' }).replaceAll(
        LISTED,
        '198.51.100.72/31',
      ),
    );
    using listed = await talk(72);
    const block = await decisionOn(72, 'provisional');
    await listed.falls();
    const lapsed = await decisionOn(72, 'lapsed');
    expect(lapsed).toMatchObject({ id: block.id, enforcement: { status: 'none' }, answers: [] });
    await listed.flows();
    expect(site.daemon.nftSet('destination4')).toEqual([]);
  });
});

describe('a block that needs approval', () => {
  test.each(FAMILIES)('nothing is pushed before, over IPv%i', async (family) => {
    if (family === 4) await site.apply(PATIENT);
    using violation = await talk(60, family);
    const waiting = await decisionOn(60, 'pending', family);
    expect(waiting).toMatchObject({ enforcement: { status: 'none' }, expiresAtMs: null });
    await violation.flows();
    expect(site.daemon.nftSet(`flow${family}`)).toEqual([]);

    const approved = await answer('approve', waiting);
    expect(approved).toMatchObject({ state: 'active', enforcement: { status: 'applied' } });
    expect(site.daemon.nftSet(`flow${family}`)).toHaveLength(1);
    expect((await violation.falls()) - Date.now()).toBeLessThan(0);
    await answer('revoke', approved);
    await violation.flows();
  });

  test('rejected, nothing is ever pushed', async () => {
    using violation = await talk(61);
    await answer('reject', await decisionOn(61, 'pending'));
    await violation.flows();
    const [newest] = (await site.daemon.call('GET', '/v1/decisions?limit=1')).body.items;
    expect(newest).toMatchObject({ state: 'rejected' });
  });

  test('not answered in time, it lapses', async () => {
    await site.apply(HASTY);
    using violation = await talk(62);
    const { id } = await decisionOn(62, 'pending');
    expect(await decisionOn(62, 'lapsed')).toMatchObject({ id, enforcement: { status: 'none' } });
    await violation.endsWhole();
  });
});

test('allowed traffic lost no packet in all of that', async () => {
  await shop.endsWhole();
  await until(
    'no block left',
    async () => (await site.daemon.call('GET', '/v1/status')).body.decisions.active === 0,
  );
});
