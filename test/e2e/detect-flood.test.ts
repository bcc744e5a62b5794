/** Tens of thousands of hosts that do not exist: they cost a bounded amount of memory, and nobody can hide among them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Incident } from '../../src/incident/incident.ts';
import { until } from '../network/waiting.ts';
import { Browsing } from './browsing.ts';
import { endSoon } from './conntrack-pace.ts';
import { detectorPolicy } from './detector-policy.ts';
import { nmap } from './nmap.ts';
import { OutsideWeb } from './outside-web.ts';
import { LAPTOP, SCANNER, SHOP, Site, stranger } from './site.ts';

const GENERATOR = new URL('made-up-sources.ts', import.meta.url).pathname;
const COUNT = 20_000;
/** A profile takes some 37 kB: all of them would take 740 MB. */
const MOST_KB = 200_000;

const detectors = { scan: {}, failedConnections: {}, beacon: {}, volume: {}, fanOut: {}, outlier: {} };

let site: Site;
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('flood', { policy: detectorPolicy('flood', detectors, { lan: ['10.0.0.0/8'] }) });
  const { network } = site;
  endSoon(network);
  network.ip('scanner', 'route add local 10.2.0.0/16 dev lo');
  network.ip('gateway', `route add 10.2.0.0/16 via ${SCANNER[4]}`);
  resources.use(await OutsideWeb.open(network, 'shop', 80));
  resources.use(new Browsing(network, 'laptop', [`http://${SHOP[4]}/`]));
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});

/** Hosts whose profiles are kept over a restart. */
function saved(): string[] {
  using database = new DatabaseSync(join(site.daemon.stateDir, 'ledger.db'), { readOnly: true });
  return database
    .prepare('SELECT host FROM host_profiles')
    .all()
    .map(({ host }) => String(host));
}

function residentKb(): number {
  const status = readFileSync(`/proc/${site.daemon.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

test('a flood of made-up hosts hides no scan and takes no memory', async () => {
  await until('the laptop to be known', () => saved().includes(LAPTOP[4]), { timeoutMs: 30_000 });
  const beforeKb = residentKb();
  const eventsBefore = (await site.daemon.call('GET', '/v1/status')).body.conntrack.events;
  const flood = site.network.runAsync(
    'scanner',
    process.execPath,
    [GENERATOR, '10.2.0.1', String(COUNT), stranger(60, 4), '9'],
    50_000,
  );
  await nmap(site.network, 'laptop', '-p', '2001-2040', stranger(61, 4));
  const scan = await site.incident(({ host, raisedAtMs }) => host === LAPTOP[4] && raisedAtMs !== null);
  expect(scan.cause).toBe('scan');
  expect((await flood).status).toBe(0);
  const seen = async () =>
    (await site.daemon.call('GET', '/v1/status')).body.conntrack.events - eventsBefore >= COUNT;
  await until('all of them to be seen', seen, { timeoutMs: 20_000, everyMs: 200 });
  expect(residentKb() - beforeKb).toBeLessThan(MOST_KB);
});

test('nothing is said of them, and nothing is kept', async () => {
  const { items } = (await site.daemon.call('GET', '/v1/incidents?limit=500')).body;
  expect(items.map(({ host }: Incident) => host)).toEqual([LAPTOP[4]]);
  expect(await site.daemon.stop()).toBe(0);
  expect(saved()).toEqual([LAPTOP[4]]);
});
