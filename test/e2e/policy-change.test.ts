/** How a policy comes into force, by API, signal or start, and how a bad one does not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../network/waiting.ts';
import { BLOCK, denyList, policyText } from './policy-text.ts';
import { SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const YAML = { 'content-type': 'application/yaml' };
const listed = (...addresses: string[]) => ({
  ...denyList(addresses.map((address) => `${address}/32`)),
  actions: [{ detector: 'denyList', target: 'destination', ...BLOCK }],
});
const STALE_TEST = { tests: [{ name: 'stale', from: '10.1.0.10', accept: ['192.0.2.1:443/tcp'] }] };

let site: Site;

beforeAll(async () => {
  site = await Site.open('policy', { policy: policyText('first', STALE_TEST) });
});
afterAll(() => site?.[Symbol.asyncDispose]());

async function inForce(): Promise<{ name: string; digest: string; revision: number }> {
  return (await site.daemon.call('GET', '/v1/status')).body.policy;
}

function talk(number: number): Promise<Talk> {
  const address = stranger(number, 4);
  return Talk.attempt(site.network, { from: 'laptop', to: 'stranger', address, family: 4, transport: 'udp' });
}

describe('at the start', () => {
  test('a test of the policy that fails only warns', async () => {
    expect(await inForce()).toMatchObject({ name: 'first', revision: 1 });
    expect(site.daemon.output).toMatch(/"log.level":"warn".*policy: test 'stale' fails: /);
    expect((await site.entries('policy')).map(({ type, actor }) => [type, actor])).toEqual([
      ['policy.stored', 'file'],
      ['policy.applied', 'file'],
    ]);
  });
});

describe('over the API', () => {
  test.each([
    { what: 'no YAML', text: 'spec: [', line: 1, says: '' },
    {
      what: 'an unknown key',
      text: policyText('bad').replace('"neverBlock"', '"neverBlocks"'),
      line: 1,
      says: 'neverBlocks',
    },
    {
      what: 'an unknown host group',
      text: policyText('bad').replace('"from":["lan"]', '"from":["wan"]'),
      line: 1,
      says: 'wan',
    },
    {
      what: 'a port range backwards',
      text: policyText('bad').replace('{"protocol":"any"}', '{"protocol":"tcp","ports":["9-1"]}'),
      line: 1,
      says: '9-1',
    },
  ])('a policy with $what is refused and the old one stays', async ({ text, line, says }) => {
    const before = await inForce();
    const answer = await site.daemon.call('PUT', '/v1/policy', text, YAML);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'invalid-policy', type: 'urn:penstock:problem:invalid-policy' },
    });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const [problem] = answer.body.problems;
    expect(problem).toMatchObject({ file: 'policy.yaml', line, column: expect.any(Number) });
    expect(JSON.stringify(answer.body.problems)).toContain(says);
    expect(await inForce()).toEqual(before);
  });

  test('a policy whose own tests fail is refused', async () => {
    const before = await inForce();
    const answer = await site.daemon.call('PUT', '/v1/policy', policyText('stale', STALE_TEST), YAML);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-policy' } });
    expect(answer.body.problems[0].message).toContain("test 'stale'");
    expect(await inForce()).toEqual(before);
  });

  test('a check tells what would change and changes nothing', async () => {
    const before = await inForce();
    using standing = await talk(60);
    await standing.flows();
    const next = policyText('next', listed(stranger(60, 4)));
    const { status, body } = await site.daemon.call('POST', '/v1/policy/check', next, YAML);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      valid: true,
      problems: [],
      plan: { changed: true, denyLists: { added: ['known-c2'] } },
    });
    expect(await inForce()).toEqual(before);
    await standing.endsWhole();
  });

  test('a good one is in force at once, and its sources can be read back', async () => {
    const text = policyText('second');
    const before = await inForce();
    const revision = await site.apply(text);
    expect(await inForce()).toMatchObject({ name: 'second', revision });
    expect(revision).toBe(before.revision + 1);
    const { body } = await site.daemon.call('GET', '/v1/policy');
    expect(body).toMatchObject({ name: 'second', files: { 'policy.yaml': text } });
    const again = await site.daemon.call('PUT', '/v1/policy', text, YAML);
    expect(again.body).toMatchObject({ changed: false, revision });
  });

  test('a repeated call with one key is carried out once', async () => {
    const headers = { ...YAML, 'idempotency-key': 'apply-1' };
    const first = await site.daemon.call('PUT', '/v1/policy', policyText('once'), headers);
    await site.apply(policyText('meanwhile'));
    const second = await site.daemon.call('PUT', '/v1/policy', policyText('once'), headers);
    expect(second.body).toEqual(first.body);
    expect(await inForce()).toMatchObject({ name: 'meanwhile' });
    const other = await site.daemon.call('PUT', '/v1/policy', policyText('other'), headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
  });

  test('10 MB of policy are refused, and the daemon goes on', async () => {
    const before = await inForce();
    const rules = Array.from({ length: 60_000 }, (_, i) => ({
      id: `r${i}`,
      from: ['lan'],
      to: { cidrs: ['203.0.113.10/32'] },
      services: ['everything'],
    }));
    const text = policyText('huge', { rules }).padEnd(10 * 2 ** 20);
    const { status, body } = await site.daemon.call('PUT', '/v1/policy', text, YAML);
    expect([413, 422], JSON.stringify(body).slice(0, 300)).toContain(status);
    expect(await inForce()).toEqual(before);
  });
});

describe('by SIGHUP', () => {
  test('the file is read again', async () => {
    site.daemon.writePolicy(policyText('reloaded'));
    process.kill(site.daemon.pid, 'SIGHUP');
    await until('the new policy', async () => (await inForce()).name === 'reloaded');
  });

  test.each([
    { what: 'a bad file', text: 'nonsense: true' },
    { what: 'a file whose tests fail', text: policyText('reloaded-stale', STALE_TEST) },
  ])('$what changes nothing and is recorded', async ({ text }) => {
    const refusals = (await site.entries('policy.refused')).length;
    site.daemon.writePolicy(text);
    process.kill(site.daemon.pid, 'SIGHUP');
    await until('the refusal', async () => (await site.entries('policy.refused')).length === refusals + 1);
    expect(await inForce()).toMatchObject({ name: 'reloaded' });
    expect(site.daemon.output).toContain('"log.level":"error"');
  });
});

describe('over a restart', () => {
  beforeAll(() => site.daemon.writePolicy(policyText('reloaded')));

  test('blocks keep their remaining time, and stay while the daemon is away', async () => {
    await site.apply(policyText('blocks', listed(stranger(70, 4))));
    using blocked = await talk(70);
    using shop = await Talk.begin(site.network, {
      from: 'printer',
      to: 'shop',
      address: SHOP[4],
      family: 4,
      transport: 'udp',
    });
    const before = await site.decision(({ state }) => state === 'active');
    await blocked.falls();
    const element = () =>
      (site.daemon.nftSet('destination4') as { elem: { expires: number; timeout: number } }[])[0].elem;

    expect(await site.daemon.stop()).toBe(0);
    const left = element();
    await site.daemon.start();
    expect(await site.decision(({ state }) => state === 'active')).toEqual(before);
    expect(element().timeout).toBe(left.timeout);
    expect(element().expires).toBeLessThanOrEqual(left.expires);
    expect(Math.abs(element().expires * 1_000 - ((before.expiresAtMs ?? 0) - Date.now()))).toBeLessThan(
      3_000,
    );
    await expect(blocked.flows(500)).rejects.toThrow('in vain');
    await shop.endsWhole();
  });

  test('a policy rolled back over the API outlives the file it came from', async () => {
    site.daemon.writePolicy(policyText('from-file'));
    process.kill(site.daemon.pid, 'SIGHUP');
    await until('the new policy', async () => (await inForce()).name === 'from-file');
    const { revision } = await inForce();
    await site.daemon.call('POST', '/v1/rollback', { to: revision - 1 });
    expect(await inForce()).toMatchObject({ name: 'blocks' });
    await site.daemon.stop();
    await site.daemon.start();
    expect(await inForce()).toMatchObject({ name: 'blocks' });
  });

  test('a file that was edited meanwhile takes effect', async () => {
    await site.daemon.stop();
    site.daemon.writePolicy(policyText('edited'));
    await site.daemon.start();
    expect(await inForce()).toMatchObject({ name: 'edited' });
  });

  test('a bad file at the start leaves the last good policy in force', async () => {
    await site.daemon.stop();
    site.daemon.writePolicy('nonsense: true');
    await site.daemon.start();
    expect(await inForce()).toMatchObject({ name: 'edited' });
    expect((await site.entries('policy.refused')).at(-1)?.actor).toBe('file');
  });
});
