/** Deny lists from URLs and files: what is on them is blocked, and no publisher can make them do anything else. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { until } from '../network/waiting.ts';
import { FeedPublisher } from './feed-publisher.ts';
import { BLOCK, policyText } from './policy-text.ts';
import { SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

/** Each list holds one stranger at first; what becomes of its publisher is in its name. */
const LISTS = ['poisoned', 'gigantic', 'truncated', 'slow', 'broken', 'downgraded'];
/** On the list from the beginning. */
const listed = (list: string) => stranger(60 + LISTS.indexOf(list), 4);
/** On no good content. */
const NEVER_LISTED = stranger(70, 4);
const FROM_FILE = [stranger(71, 4), stranger(72, 4)];
/** Each question asks the daemon for all of its metrics. */
const PATIENCE = { timeoutMs: 50_000, everyMs: 250 };

const good = (list: string) => `# ${list}\n${listed(list)}\n`;
const manyLines = (count: number) => `${listed('gigantic')}\n# nothing\n`.repeat(count);

const resources = new AsyncDisposableStack();
let site: Site;
let publisher: FeedPublisher;

beforeAll(async () => {
  const folder = resources.adopt(mkdtempSync(join(tmpdir(), 'penstock-test-')), (made) =>
    rmSync(made, { recursive: true }),
  );
  publisher = new FeedPublisher(folder, SHOP[4]);
  for (const list of LISTS) publisher.publish(`${list}.txt`, good(list));
  const environment = { NODE_EXTRA_CA_CERTS: publisher.certificate };
  site = resources.use(await Site.open('feeds', { policy: policyText('before'), environment }));
  await publisher.start(site.network, 'shop');
  mkdirSync(join(site.daemon.stateDir, 'feeds'));
  writeFile(`${FROM_FILE[0]}\n`);
  const common = { format: 'text', refresh: '3s', timeout: '5s', maxBytes: '64KiB' };
  const policy = policyText('feeds', {
    // All is allowed, so only a deny list can be what blocks.
    alsoTo: ['198.51.100.0/24'],
    actions: [{ detector: 'denyList', target: 'destination', ...BLOCK }],
    neverBlock: { destinations: [`${SHOP[4]}/32`] },
    denyLists: [
      ...LISTS.map((id) => ({ id, url: publisher.url(`${id}.txt`), ...common })),
      { id: 'file', file: 'feeds/f.txt', format: 'text', refresh: '1s' },
    ],
  });
  site.daemon.writePolicy(policy);
  process.kill(site.daemon.pid, 'SIGHUP');
  await until('all lists to be fetched', async () => (await ages()) === LISTS.length + 1, PATIENCE);
});
afterAll(() => resources.disposeAsync());

function writeFile(text: string): void {
  writeFileSync(join(site.daemon.stateDir, 'feeds', 'f.txt'), text);
}

async function metrics(): Promise<string> {
  return (await site.daemon.call('GET', '/metrics')).body;
}

/** Lists that have content. */
async function ages(): Promise<number> {
  return (await metrics()).match(/^penstock_deny_list_age_seconds\{/gm)?.length ?? 0;
}

const failing = async () =>
  [...(await metrics()).matchAll(/^penstock_deny_list_failing\{list="(\w+)"\} 1$/gm)].map(([, list]) => list);

/** What was told of a list. */
async function news(list: string): Promise<string[]> {
  const entries = await site.entries('denyLists.failed');
  return entries
    .flatMap(({ body }) => body.problems as string[])
    .filter((sentence) => sentence.startsWith(`deny list ${list}: `));
}

/** How many alerts of a list the daemon has printed. */
function alerts(list: string): number {
  return site.daemon.output.split(`A deny list needs a look: deny list ${list}: `).length - 1;
}

async function isBlocked(address: string): Promise<Decision> {
  using _talk = await Talk.attempt(site.network, {
    from: 'laptop',
    to: 'stranger',
    address,
    family: 4,
    transport: 'udp',
  });
  return await site.decision(
    ({ target }) => target.kind === 'destination' && target.prefix === `${address}/32`,
    `a block of ${address}`,
  );
}

async function passes(to: string, address: string): Promise<void> {
  using talk = await Talk.begin(site.network, { from: 'laptop', to, address, family: 4, transport: 'tcp' });
  await talk.flows();
}

test('what a list from a URL holds is blocked, and the ledger says which content that was', async () => {
  expect(await isBlocked(listed('poisoned'))).toMatchObject({ state: 'active' });
  await passes('stranger', NEVER_LISTED);
  const refreshed = await site.entries('denyLists.refreshed');
  const contents = refreshed.map(({ body }) => body.contents as Record<string, { sha256: string }>);
  const digest = createHash('sha256').update(good('poisoned')).digest('hex');
  expect(contents.some((each) => each.poisoned?.sha256 === digest)).toBe(true);
  expect(await failing()).toEqual([]);
  // The text of a fetched list is no part of the policy.
  const { body } = await site.daemon.call('GET', '/v1/policy');
  expect(Object.keys(body.files)).toEqual(['policy.yaml', 'feeds/f.txt']);
});

test('a list from a file is read again', async () => {
  await isBlocked(FROM_FILE[0]);
  await passes('stranger', FROM_FILE[1]);
  writeFile(`${FROM_FILE.join('\n')}\n`);
  await isBlocked(FROM_FILE[1]);
});

test('a publisher that is poisoned, gigantic, cut off, slow, broken or insecure changes nothing and is told once', async () => {
  const larger = manyLines(4_000);
  publisher.publish('poisoned.txt', `${NEVER_LISTED}\n${SHOP[4]}\n0.0.0.0/0\n`);
  publisher.publish('gigantic.txt', larger);
  publisher.publish('truncated.txt', gzipSync(manyLines(500)).subarray(0, -20));
  publisher.behave({
    'truncated.txt': 'add_header Content-Encoding gzip;',
    'slow.txt': 'limit_rate 100;',
    'broken.txt': 'return 500;',
    'downgraded.txt': 'return 302 http://127.0.0.1/downgraded.txt;',
  });
  // Were it there before it is slow, it might be fetched whole, and no other content would follow.
  await until('the publisher to be as told', async () => (await failing()).includes('broken'), PATIENCE);
  publisher.publish('slow.txt', larger.slice(0, 60_000));
  await until('all to be told', async () => (await failing()).length === LISTS.length, PATIENCE);
  const told = Object.fromEntries(
    await Promise.all(LISTS.map(async (list) => [list, await news(list)] as const)),
  );
  const kept = 'the last good content stays, 1 networks of ';
  expect(told).toEqual({
    poisoned: [expect.stringContaining(`${SHOP[4]}/32 is never to be blocked`)],
    gigantic: [expect.stringContaining('is larger than 65536 bytes')],
    truncated: [expect.stringContaining('is gzip that was cut off')],
    slow: [expect.stringContaining('is not here after 5 s')],
    broken: [expect.stringContaining('answered 500 Internal Server Error')],
    downgraded: [expect.stringContaining('redirects from https to http')],
  });
  expect(told.poisoned[0]).toContain('0.0.0.0/0 is wider than /8');
  for (const [sentence] of Object.values(told)) expect(sentence).toContain(kept);

  for (const list of LISTS.slice(1)) await isBlocked(listed(list));
  await passes('stranger', NEVER_LISTED);
  await passes('shop', SHOP[4]);
  for (const list of LISTS) {
    // As an alert as well.
    await until(`the alert of ${list}`, () => alerts(list) > 0);
    expect([(await news(list)).length, alerts(list)]).toEqual([1, 1]);
  }
});

test('a restart without publisher has the last good content of all lists, and its age', async () => {
  publisher.stop();
  await site.daemon.stop('SIGKILL');
  await site.daemon.start();
  await until('all lists to be there', async () => (await ages()) === LISTS.length + 1, PATIENCE);
  const text = await metrics();
  for (const list of LISTS) expect(text).toContain(`penstock_deny_list_prefixes{list="${list}"} 1\n`);
  const [, age] = /^penstock_deny_list_age_seconds\{list="poisoned"\} (\S+)$/m.exec(text) ?? [];
  expect(Number(age)).toBeGreaterThan(1);
});
