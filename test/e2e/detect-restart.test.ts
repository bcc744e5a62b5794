/** What is known of hosts, and what is suspected of them, outlives the daemon, however it ends. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident } from '../../src/incident/incident.ts';
import { until } from '../network/waiting.ts';
import { Browsing } from './browsing.ts';
import { endSoon } from './conntrack-pace.ts';
import { detectorPolicy } from './detector-policy.ts';
import { nmap } from './nmap.ts';
import { OutsideWeb } from './outside-web.ts';
import { LAPTOP, PRINTER, SHOP, Site, stranger } from './site.ts';

const TARGET = stranger(61, 4);

let site: Site;
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('restart', { policy: detectorPolicy('restart', { scan: {} }) });
  endSoon(site.network);
  resources.use(await OutsideWeb.open(site.network, 'shop', 80));
  for (const host of ['laptop', 'printer'])
    resources.use(new Browsing(site.network, host, [`http://${SHOP[4]}/`]));
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});

/** By host, when its profile was saved. */
function saved(): Map<string, number> {
  using database = new DatabaseSync(join(site.daemon.stateDir, 'ledger.db'), { readOnly: true });
  const rows = database.prepare('SELECT host, saved_at_ms FROM host_profiles').all();
  return new Map(rows.map(({ host, saved_at_ms: atMs }) => [String(host), Number(atMs)]));
}

async function of(host: string): Promise<Incident[]> {
  const { items } = (await site.daemon.call('GET', '/v1/incidents?limit=500')).body;
  return items.filter((each: Incident) => each.host === host);
}

function severe(host: string, severity: Incident['severity']): Promise<Incident> {
  return site.incident((each) => each.host === host && each.severity === severity, `${host}: ${severity}`);
}

describe.each([
  // What was seen before the end and what comes after it make twelve ports: enough to be sure.
  { signal: 'SIGTERM', from: 'laptop', host: LAPTOP[4], more: '2009-2012' },
  // A profile is saved when its host becomes known, then every ten minutes: some ports are forgotten.
  { signal: 'SIGKILL', from: 'printer', host: PRINTER[4], more: '2009-2024' },
] as const)('after $signal', ({ signal, from, host, more }) => {
  let suspected: Incident;

  test('the profile is kept', async () => {
    await until('the host to be known', () => saved().has(host), { timeoutMs: 30_000 });
    await nmap(site.network, from, '-p', '2001-2008', TARGET);
    suspected = await severe(host, 'medium');
    const beforeMs = Date.now();
    expect(await site.daemon.stop(signal)).toBe(signal === 'SIGTERM' ? 0 : signal);
    if (signal === 'SIGTERM') expect(saved().get(host)).toBeGreaterThanOrEqual(beforeMs);
    else expect(saved().has(host)).toBe(true);
    await site.daemon.start();
    expect(saved().has(host)).toBe(true);
  });

  test('the incident is the same one, and open', async () => {
    const { id, severity, firstSeenMs, evidence } = suspected;
    expect(await of(host)).toMatchObject([{ id, state: 'open', severity, firstSeenMs }]);
    expect((await of(host))[0].evidence).toHaveLength(evidence.length);
  });

  test('what goes on is added to it', async () => {
    await nmap(site.network, from, '-p', more, TARGET);
    const raised = await severe(host, 'high');
    expect(raised.id).toBe(suspected.id);
    expect(raised.count).toBeGreaterThan(suspected.count);
    expect(await of(host)).toHaveLength(1);
  });
});

test('the record is sound', () => {
  expect(site.daemon.cli('audit', 'verify').status).toBe(0);
});
