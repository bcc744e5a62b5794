import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { formatPrefix } from '../../../../src/address/prefix.ts';
import { DenyListRefresher } from '../../../../src/daemon/deny-list-refresher.ts';
import { addDenyLists } from '../../../../src/daemon/metrics.ts';
import type { Params } from '../../../../src/engine/commands.ts';
import type { Revision } from '../../../../src/ledger/revision.ts';
import { loadPolicySources } from '../../../../src/policy/loader.ts';
import type { PolicySources } from '../../../../src/policy/policy.ts';
import { prefixesOf } from '../../../../src/policy/prefix-columns.ts';
import { until as untilSoon } from '../../../network/waiting.ts';
import { FakeEngine } from '../../edges/api/fake-engine.ts';
import { policyText } from '../../policy/sources.ts';
import { FeedServer } from './feed-server.ts';

/** Each content is read by a process of its own, whose start takes long on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });
const until: typeof untilSoon = (what, ask) => untilSoon(what, ask, { timeoutMs: 60_000 });

/** What the ledger says of policies: the latest revision counts. */
class FakeLedger {
  readonly #policies = new Map<string, PolicySources>();
  readonly #revisions: Revision[] = [];

  policySources = (digest: string) => this.#policies.get(digest);
  revisions = ({ limit }: { limit: number }) => this.#revisions.toReversed().slice(0, limit);

  /** @returns the digest */
  apply(denyLists: string, files: PolicySources['files'] = []): string {
    const sources = { entry: 'p.yaml', files: [{ name: 'p.yaml', text: policyText(denyLists) }, ...files] };
    const loaded = loadPolicySources(sources);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    this.#policies.set(loaded.policy.digest, sources);
    this.revise(loaded.policy.digest);
    return loaded.policy.digest;
  }

  /** Another revision under this policy. */
  revise(policyDigest: string): void {
    const number = this.#revisions.length + 1;
    const rest = { atMs: 0, actor: 'test', reason: '', rulesetDigest: null, restoredFrom: null } as const;
    this.#revisions.push({ number, kind: 'policy', policyDigest, ...rest });
  }
}

let stateDir: string;
let server: FeedServer;
let ledger: FakeLedger;
let engine: FakeEngine;
let log: unknown[][];
let running: DenyListRefresher[];

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'penstock-refresher-'));
  server = await FeedServer.open();
  [ledger, engine, log, running] = [new FakeLedger(), new FakeEngine(), [], []];
});
afterEach(async () => {
  for (const each of running) each.stop();
  await server[Symbol.asyncDispose]();
  rmSync(stateDir, { recursive: true, force: true });
});

function start(policyPath?: string): DenyListRefresher {
  const note = (...words: unknown[]) => void log.push(words);
  const parts = { engine, ledger, policyPath, stateDir, log: { error: note, info: () => {} } };
  const made = new DenyListRefresher(parts);
  running.push(made);
  return made;
}

const fromUrl = (fields = '', path = '/feed') =>
  `  denyLists: [{id: d, url: "${server.url(path)}", format: text${fields}}]\n`;
const serveText = (text: string, headers = {}) => {
  server.answer = (_, response) => void response.writeHead(200, headers).end(text);
};

type Refresh = Params<'refreshDenyLists'>;
const refreshes = () =>
  engine.asked.filter(({ name }) => name === 'refreshDenyLists').map(({ params }) => params as Refresh);
const networks = (refresh: Refresh | undefined) =>
  refresh?.lists.map(({ prefixes }) => [...prefixesOf(prefixes)].map(formatPrefix).join());
const news = () =>
  engine.asked
    .filter(({ name }) => name === 'record')
    .flatMap(({ params }) => (params as Params<'record'>).entries)
    .flatMap((entry) => (entry.type === 'denyLists.failed' ? entry.body.problems : []));
const inForce = (expected: string[]) =>
  until(`${expected} in force`, () => networks(refreshes().at(-1))?.join() === expected.join());

describe('a list from a URL', () => {
  test('is fetched at once; which content it is goes along', async () => {
    serveText('198.51.100.7\n');
    const digest = ledger.apply(fromUrl());
    start();
    await inForce(['198.51.100.7/32']);
    expect(refreshes()).toHaveLength(1);
    const [{ policyDigest, lists }] = refreshes();
    expect(policyDigest).toBe(digest);
    expect(lists[0].content?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Date.now() - (lists[0].content?.fetchedAtMs ?? 0)).toBeLessThan(60_000);
  });

  test('is in force after a restart without a network', async () => {
    serveText('198.51.100.7\n');
    ledger.apply(fromUrl());
    start();
    await inForce(['198.51.100.7/32']);
    await until('the content to be kept', () => running[0].status[0].fetchedAtMs !== null);
    const { fetchedAtMs } = running[0].status[0];
    running[0].stop();
    await server[Symbol.asyncDispose]();
    engine = new FakeEngine();
    start();
    await inForce(['198.51.100.7/32']);
    expect(running[1].status[0]).toMatchObject({ fetchedAtMs, trouble: null });
    server = await FeedServer.open();
  });

  test('is asked for again only if it has changed', async () => {
    server.answer = ({ headers }, response) => {
      if (headers['if-none-match'] === '"v1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"v1"' }).end('198.51.100.7\n');
    };
    ledger.apply(fromUrl(', refresh: 1s'));
    start();
    await inForce(['198.51.100.7/32']);
    const first = running[0].status[0].fetchedAtMs;
    await until('a second refresh', () => (running[0].status[0].fetchedAtMs ?? 0) > (first ?? 0));
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('"v1"');
    expect(refreshes()).toHaveLength(1);
    expect(news()).toEqual([]);
  });

  test('that fails keeps what it has, is told once, and recovers', async () => {
    serveText('198.51.100.7\n');
    ledger.apply(fromUrl(', refresh: 1s'));
    start();
    await inForce(['198.51.100.7/32']);
    serveText('198.51.100.7\n0.0.0.0/0\n');
    await until('the news', () => news().length > 0);
    const asked = server.requests.length;
    await until('two more attempts', () => server.requests.length >= asked + 2);
    expect(news()).toEqual([
      expect.stringMatching(
        /^deny list d: 127\.0\.0\.1:\d+:2:1: 0\.0\.0\.0\/0 is wider than \/8.*; the last good content stays, 1 networks of /,
      ),
    ]);
    expect(log).toEqual([news()]);
    expect(refreshes()).toHaveLength(1);
    serveText('198.51.100.8\n');
    await inForce(['198.51.100.8/32']);
    expect(running[0].status[0].trouble).toBeNull();
  });

  test('that is down is tried again before it is told', async () => {
    let failures = 0;
    server.answer = (_, response) => {
      failures += 1;
      if (failures > 1) response.end('198.51.100.7\n');
      else response.writeHead(503).end();
    };
    ledger.apply(fromUrl());
    start();
    await inForce(['198.51.100.7/32']);
    expect(news()).toEqual([]);
  });

  test('that was never there says that it is empty', async () => {
    ledger.apply(fromUrl());
    start();
    await until('the news', () => news().length > 0);
    expect(news()[0]).toMatch(/^deny list d: 127\.0\.0\.1:\d+ answered 404 Not Found; the list is empty$/);
    expect(refreshes()).toEqual([]);
  });

  test('of content that does not fit in the state directory is in force all the same', async () => {
    writeFileSync(join(stateDir, 'deny-lists'), 'a file where the folder should be');
    serveText('198.51.100.7\n');
    ledger.apply(fromUrl());
    start();
    await inForce(['198.51.100.7/32']);
    expect(log.flat()).toContain('deny list d: not kept');
  });
});

describe('a list from a file', () => {
  const FILE = '  denyLists: [{id: d, file: feeds/f.txt, format: text, refresh: 1s}]\n';
  const files = [{ name: 'feeds/f.txt', text: '198.51.100.7\n' }];
  let policyPath: string;
  beforeEach(() => {
    mkdirSync(join(stateDir, 'feeds'));
    policyPath = join(stateDir, 'p.yaml');
    writeFileSync(policyPath, '');
  });
  const write = (text: string) => writeFileSync(join(stateDir, 'feeds', 'f.txt'), text);

  test('is read again beside the policy', async () => {
    write('198.51.100.8\n');
    ledger.apply(FILE, files);
    start(policyPath);
    await inForce(['198.51.100.8/32']);
    write('nonsense\n');
    await until('the news', () => news().length > 0);
    expect(news()[0]).toMatch(/^deny list d: feeds\/f\.txt:1:1: 'nonsense' is not an IP address/);
    expect(refreshes()).toHaveLength(1);
    write('198.51.100.9\n');
    await inForce(['198.51.100.9/32']);
  });

  test('that is gone keeps what it has', async () => {
    ledger.apply(FILE, files);
    start(policyPath);
    await until('the news', () => news().length > 0);
    expect(news()[0]).toMatch(
      /^deny list d: feeds\/f\.txt 'feeds\/f\.txt' cannot be read \(ENOENT\); the last good content stays, 1 networks/,
    );
  });

  test('without a policy file stays as it was applied', () => {
    ledger.apply(FILE, files);
    expect(start().status[0]).toMatchObject({ prefixes: 1, trouble: null });
    expect(engine.asked).toEqual([]);
  });
});

describe('another policy', () => {
  const appended = () => engine.tell({ notice: 'appended', seq: 1 });

  test('ends what the last one was fetching, and brings its own lists', async () => {
    server.answer = ({ url }, response) => {
      if (url === '/new') response.end('198.51.100.9\n');
    };
    ledger.apply(fromUrl());
    start();
    await until('the first request', () => server.requests.length === 1);
    const next = ledger.apply(fromUrl('', '/new'));
    appended();
    await inForce(['198.51.100.9/32']);
    expect(refreshes().map(({ policyDigest }) => policyDigest)).toEqual([next, next]);
    // What the engine carried over from the policy before is put right at once.
    expect(networks(refreshes()[0])).toEqual(['']);
    expect(news()).toEqual([]);
    expect(log).toEqual([]);
  });

  test('that was in force before needs its lists again, and gets them from what was kept', async () => {
    serveText('198.51.100.7\n');
    const digest = ledger.apply(fromUrl());
    start();
    await inForce(['198.51.100.7/32']);
    await until('the content to be kept', () => running[0].status[0].fetchedAtMs !== null);
    const asked = server.requests.length;
    ledger.apply('');
    ledger.revise(digest);
    appended();
    await until('the lists again', () => refreshes().length === 2);
    expect(networks(refreshes()[1])).toEqual(['198.51.100.7/32']);
    expect(server.requests).toHaveLength(asked);
  });

  test('is not what another decision under the same policy is', async () => {
    serveText('198.51.100.7\n');
    const digest = ledger.apply(fromUrl());
    start();
    await inForce(['198.51.100.7/32']);
    ledger.revise(digest);
    appended();
    await new Promise((done) => setImmediate(done));
    expect(running[0].status[0].prefixes).toBe(1);
    expect(refreshes()).toHaveLength(1);
  });
});

test('metrics say how old each list is, how large, and whether it needs a look', async () => {
  serveText('198.51.100.7\n198.51.100.8\n');
  ledger.apply(`  denyLists:
    - {id: good, url: "${server.url()}", format: text}
    - {id: bad, url: "${server.url('/bad')}", format: json}
    - {id: inline, cidrs: [192.0.2.1]}
`);
  const refresher = start();
  await until('both to be tried', () => refresher.status.every(({ triedAtMs }) => triedAtMs !== null));
  const registry = new Registry();
  addDenyLists(registry, refresher);
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.map((line) => line.replace(/((?:age|timestamp)_seconds.*) [0-9.e-]+$/, '$1 TIME'))).toEqual([
    'penstock_deny_list_age_seconds{list="good"} TIME',
    'penstock_deny_list_prefixes{list="good"} 2',
    'penstock_deny_list_prefixes{list="bad"} 0',
    'penstock_deny_list_unusable{list="good"} 0',
    'penstock_deny_list_unusable{list="bad"} 0',
    'penstock_deny_list_left_out{list="good"} 0',
    'penstock_deny_list_left_out{list="bad"} 0',
    'penstock_deny_list_failing{list="good"} 0',
    'penstock_deny_list_failing{list="bad"} 1',
    'penstock_deny_list_tried_timestamp_seconds{list="good"} TIME',
    'penstock_deny_list_tried_timestamp_seconds{list="bad"} TIME',
    'penstock_deny_list_trouble{list="bad",code="damaged"} 1',
  ]);
  refresher.stop();
  expect(await registry.metrics()).not.toContain('good');
});
