/** A rollback makes policy, blocks and kernel table what they were, and can itself be rolled back. */
import { canonicalListing, type Listing } from 'node-nftables';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RollbackResult } from '../../src/engine/commands.ts';
import type { Revision } from '../../src/ledger/revision.ts';
import { denyList, policyText } from './policy-text.ts';
import { PRINTER, SCANNER, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const HOUR_MS = 3_600_000;
const parts = {
  alsoTo: ['198.51.100.0/24', '2001:db8:66::/64'],
  actions: [
    {
      detector: 'denyList',
      action: 'block',
      target: 'destination',
      ttl: '2h',
      approval: 'provisional',
      holdFor: '1h',
    },
  ],
};
const FIRST = policyText('first', { ...parts, ...denyList(['198.51.100.70/32']) });
const SECOND = policyText('second', parts);

let site: Site;
const talks = new DisposableStack();
let shop: Talk;
let listed: Talk;
let byHand: Talk;
/** Ids of decisions. */
const made: Record<string, string> = {};
/** What was at a revision. */
let one: Snapshot;
let two: Snapshot;

interface Snapshot {
  revision: number;
  rulesetDigest: string | null;
  policy: string;
  listing: string;
}

beforeAll(async () => {
  site = await Site.open('rollback', { policy: FIRST });
  shop = await begin('printer', 'shop', SHOP[4]);
  byHand = await begin('laptop', 'stranger', stranger(60, 4));
  listed = talks.use(
    await Talk.attempt(site.network, {
      from: 'laptop',
      to: 'stranger',
      address: stranger(70, 4),
      family: 4,
      transport: 'udp',
    }),
  );
  made.provisional = (await site.decision(({ state }) => state === 'provisional')).id;
  made.destination = await enact({ kind: 'destination', prefix: '198.51.100.60/32' });
  made.network = await enact({ kind: 'destination', prefix: '192.0.2.0/25' });
  made.flow = await enact({
    kind: 'flow',
    host: PRINTER[6],
    destination: stranger(61, 6),
    service: { protocol: 17, port: 7000 },
  });
  made.host = await enact({ kind: 'host', host: SCANNER[4], allowTo: ['203.0.113.0/25', '10.0.0.53/32'] });
  for (const talk of [listed, byHand]) await talk.falls();
  one = await snapshot();

  await call('POST', `/v1/decisions/${made.provisional}/approve`, {});
  for (const id of [made.destination, made.host]) await call('POST', `/v1/decisions/${id}/revoke`, {});
  made.later = await enact({ kind: 'destination', prefix: '192.0.2.64/26' });
  await site.apply(SECOND);
  await byHand.flows();
  two = await snapshot();
});
afterAll(async () => {
  talks.dispose();
  await site?.[Symbol.asyncDispose]();
});

async function begin(from: string, to: string, address: string): Promise<Talk> {
  return talks.use(await Talk.begin(site.network, { from, to, address, family: 4, transport: 'udp' }));
}

async function call(method: string, path: string, body?: unknown) {
  const answer = await site.daemon.call(method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

async function enact(target: object): Promise<string> {
  return (await call('POST', '/v1/decisions', { target, ttlMs: HOUR_MS, reason: 'a test' })).id;
}

async function snapshot(): Promise<Snapshot> {
  const [{ number, rulesetDigest }]: Revision[] = (await call('GET', '/v1/revisions?limit=1')).items;
  const { policy } = await call('GET', '/v1/status');
  return { revision: number, rulesetDigest, policy: policy.name, listing: kernelTable() };
}

function kernelTable(): string {
  const { stdout } = site.network.run('gateway', 'nft', ['-j', 'list', 'table', 'inet', 'penstock']);
  const objects: Listing = JSON.parse(stdout).nftables;
  return canonicalListing(objects.filter((object) => !('metainfo' in object)));
}

function rollback(to: number): Promise<RollbackResult> {
  return call('POST', '/v1/rollback', { to, reason: 'a test' });
}

test('the two revisions differ in policy and in the kernel', () => {
  expect([one.policy, two.policy]).toEqual(['first', 'second']);
  expect(one.listing).not.toBe(two.listing);
  expect(one.rulesetDigest).not.toBe(two.rulesetDigest);
});

describe('back to the first revision', () => {
  let result: RollbackResult;
  let after: Snapshot;

  beforeAll(async () => {
    result = await rollback(one.revision);
    after = await snapshot();
  });

  test('the kernel table is the same, byte for byte', () => {
    expect(after.listing).toBe(one.listing);
    expect(after.rulesetDigest).toBe(one.rulesetDigest);
  });

  test('the policy is the one of then', () => {
    expect(result).toMatchObject({ policyChanged: true, restoredFrom: one.revision });
    expect(after.policy).toBe('first');
  });

  test('it is a new revision and rewrites nothing', async () => {
    expect(result.revision).toBe(two.revision + 1);
    expect(after.revision).toBe(result.revision);
    const { items }: { items: Revision[] } = await call('GET', '/v1/revisions');
    expect(items.map(({ number }) => number)).toEqual(items.map((_, i) => result.revision - i));
    expect(items[0]).toMatchObject({
      kind: 'rollback',
      restoredFrom: one.revision,
      actor: 'admin',
      reason: 'a test',
    });
  });

  test('what was revoked stands anew, with the end that it had', async () => {
    expect(result.lifted.toSorted()).toEqual([made.later, made.provisional].toSorted());
    expect(result.reinstated).toHaveLength(3);
    for (const id of [made.destination, made.host]) {
      const old = await call('GET', `/v1/decisions/${id}`);
      const { items } = await call('GET', '/v1/decisions?state=active');
      const again = items.find(({ reason }: { reason: string }) => reason.includes(`reinstates ${id}:`));
      expect(again).toMatchObject({
        target: old.target,
        expiresAtMs: old.expiresAtMs,
        enforcement: { status: 'applied' },
      });
      expect(result.reinstated).toContain(again.id);
    }
  });

  test('what was approved since waits for its answer again, as long as it had', async () => {
    const { items } = await call('GET', '/v1/decisions?state=provisional');
    const old = await call('GET', `/v1/decisions/${made.provisional}`);
    expect(items).toMatchObject([{ answerByMs: old.createdAtMs + HOUR_MS, answers: [] }]);
    const elements = site.daemon.nftSet('destination4') as { elem: { val: string; expires: number } }[];
    const left = elements.find(({ elem }) => elem.val === stranger(70, 4))?.elem.expires ?? 0;
    expect(left * 1_000).toBeLessThanOrEqual(old.createdAtMs + HOUR_MS - Date.now() + 2_000);
  });

  test('the connection that the block cut before is cut again', async () => {
    await byHand.falls();
  });
});

describe('a rollback rolled back', () => {
  test('brings back what it undid, and traffic with it', async () => {
    const result = await rollback(two.revision);
    const after = await snapshot();
    expect(after.listing).toBe(two.listing);
    expect(after.rulesetDigest).toBe(two.rulesetDigest);
    expect(after.policy).toBe('second');
    expect(result).toMatchObject({ restoredFrom: two.revision, policyChanged: true });
    await byHand.flows();
    await expect(listed.flows(500)).rejects.toThrow('in vain');
  });

  test('to where it is already changes nothing but the record', async () => {
    const before = await snapshot();
    const result = await rollback(before.revision);
    expect(result).toMatchObject({ policyChanged: false, lifted: [], reinstated: [], expired: [] });
    expect(await snapshot()).toEqual({ ...before, revision: result.revision });
  });
});

test('to a revision that never was is refused', async () => {
  const before = await snapshot();
  const answer = await site.daemon.call('POST', '/v1/rollback', { to: 9_999 });
  expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
  expect(await snapshot()).toEqual(before);
});

test('a block whose time is over stays away', async () => {
  const target = { kind: 'destination', prefix: '192.0.2.200/32' };
  const { id } = await call('POST', '/v1/decisions', { target, ttlMs: 1_000, reason: 'short' });
  const { revision } = await snapshot();
  await site.decision((decision) => decision.id === id && decision.state === 'expired');
  const { listing } = await snapshot();
  expect(await rollback(revision)).toMatchObject({ expired: [id], reinstated: [] });
  expect(kernelTable()).toBe(listing);
});

test('through it all, allowed traffic lost no packet and the ledger is sound', async () => {
  await shop.endsWhole();
  expect(site.daemon.cli('audit', 'verify').status).toBe(0);
});
