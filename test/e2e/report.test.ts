/** Real traffic in the history and in reports: as many bytes as were sent, over restarts too. */
import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../src/edges/report/report.ts';
import { until as eventually } from '../network/waiting.ts';
import { endSoon } from './conntrack-pace.ts';
import { OutsideWeb } from './outside-web.ts';
import { policyText } from './policy-text.ts';
import { LAPTOP, PRINTER, SHOP, Site, stranger } from './site.ts';

const PATIENCE = { timeoutMs: 30_000 };
const DAY_MS = 86_400_000;
const UPLOAD = 3_000_000;
const DOWNLOAD = 2_000_000;

const folder = mkdtempSync(join(tmpdir(), 'penstock-e2e-report-'));
/** How far the daemon's clock is off, ms. */
const clock = join(folder, 'offset');
let site: Site;
const resources = new DisposableStack();

beforeAll(async () => {
  const idle = { id: 'never-used', from: ['lan'], to: { cidrs: ['192.0.2.0/24'] }, services: ['everything'] };
  const settings = join(folder, 'settings.yaml');
  writeFileSync(settings, `reports: {every: day, keep: 3, directory: ${join(folder, 'kept')}}\n`);
  writeFileSync(clock, '0');
  site = await Site.open('report', {
    policy: policyText('report', { mode: 'audit', rules: [idle] }),
    flags: ['--config', settings],
    nodeFlags: [`--import=${new URL('../chaos/shifted-clock.ts', import.meta.url).href}`],
    environment: { PENSTOCK_TEST_CLOCK: clock },
  });
  endSoon(site.network);
  for (const host of ['shop', 'stranger'])
    resources.use(await OutsideWeb.open(site.network, host, 80, DOWNLOAD));
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const curl = (from: string, script: string) =>
  site.network.runAsync(from, 'sh', ['-c', script], PATIENCE.timeoutMs);

interface Item {
  key: string;
  bytesOut: number;
  bytesIn: number;
  connections: number;
  denied: number;
}

async function top(by: string, more = ''): Promise<Map<string, Item>> {
  const { status, body } = await site.daemon.call('GET', `/v1/history/top?by=${by}${more}`);
  expect([status, body]).toEqual([200, expect.anything()]);
  return new Map((body.items as Item[]).map((item) => [item.key, item]));
}

/** All that was sent is there once the connections have ended. */
function settled(what: string, fits: (hosts: Map<string, Item>) => boolean): Promise<Map<string, Item>> {
  return eventually(
    what,
    async () => {
      const hosts = await top('host');
      return fits(hosts) ? hosts : undefined;
    },
    { ...PATIENCE, everyMs: 500 },
  );
}

/** Payload and no more than headers of it, with what TCP says besides. */
function within(bytes: number | undefined, payload: number): void {
  expect(bytes).toBeGreaterThanOrEqual(payload);
  expect(bytes).toBeLessThan(payload * 1.1 + 10_000);
}

test('as many bytes as were sent are in the history, by host, destination, rule and service', async () => {
  await curl(
    'laptop',
    `head -c ${UPLOAD} /dev/zero | curl -s -T - -o /dev/null http://${SHOP[4]}/upload/file`,
  );
  await curl('printer', `curl -s -o /dev/null http://[${SHOP[6]}]/large`);
  await curl('laptop', `curl -s -o /dev/null http://${stranger(60, 4)}/`);
  const hosts = await settled(
    'the transfers to be counted',
    (found) =>
      (found.get(LAPTOP[4])?.bytesOut ?? 0) >= UPLOAD && (found.get(PRINTER[6])?.bytesIn ?? 0) >= DOWNLOAD,
  );
  within(hosts.get(LAPTOP[4])?.bytesOut, UPLOAD);
  within(hosts.get(PRINTER[6])?.bytesIn, DOWNLOAD);
  expect(hosts.get(LAPTOP[4])).toMatchObject({ connections: 2, denied: 1 });

  const destinations = await top('destination', `&host=${LAPTOP[4]}`);
  expect([...destinations.keys()]).toEqual([SHOP[4], stranger(60, 4)]);
  within(destinations.get(SHOP[4])?.bytesOut, UPLOAD);
  const rules = await top('rule');
  within(rules.get('shop')?.bytesOut, UPLOAD);
  expect(rules.get('(violation)')).toMatchObject({ connections: 1, denied: 1 });
  expect([...(await top('service')).keys()]).toContain('tcp/80');
  within((await top('group')).get('lan')?.bytesIn, DOWNLOAD);
});

test('the history is there after a restart, and nothing is counted twice', async () => {
  const before = await top('host');
  expect(await site.daemon.stop()).toBe(0);
  await site.daemon.start();
  const after = await top('host');
  for (const host of [LAPTOP[4], PRINTER[6]]) expect(after.get(host)).toEqual(before.get(host));
  const { body } = await site.daemon.call('GET', `/v1/history?step=minute&host=${LAPTOP[4]}`);
  const sum = (body.points as Item[]).reduce((all, { bytesOut }) => all + bytesOut, 0);
  expect(sum).toBe(before.get(LAPTOP[4])?.bytesOut);
});

test('a report has the same bytes, tells the rule that nobody used, and proves the record', async () => {
  const file = join(folder, 'report.json');
  // The running minute is part of it.
  const until = new Date(Date.now() + 60_000).toISOString();
  const files = ['--save', file, '--csv', join(folder, 'tables')];
  const ran = site.daemon.cli('report', '--from', '1d', '--to', until, ...files);
  expect(ran).toMatchObject({ status: 0 });
  expect(ran.stdout).toMatch(/1 never used/);
  const report: Report = JSON.parse(readFileSync(file, 'utf8'));
  const line = report.traffic?.hosts.lines.find(({ key }) => key === LAPTOP[4]);
  within(line?.bytesOut, UPLOAD);
  expect(report.rules?.unused.lines.map(({ rule }) => rule)).toEqual(['never-used']);
  expect(report.audit).toMatchObject({ sound: true, problem: null });
  expect(report.gaps).toContainEqual(expect.stringMatching(/country: no database is given/));
  expect(readdirSync(join(folder, 'tables'))).toContain('destinations.csv');
});

test('the HTML that the daemon makes asks for nothing and prints on A4', async () => {
  const [from, to] = [Date.now() - 86_400_000, Date.now() + 60_000];
  const { body } = await site.daemon.call('GET', `/v1/reports/html?from=${from}&to=${to}`);
  writeFileSync(join(folder, 'report.html'), body);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    const asked: string[] = [];
    const said: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    await page.goto(`file://${join(folder, 'report.html')}`);
    await page.getByRole('heading', { name: 'Outbound traffic' }).waitFor();
    expect(await page.getByRole('cell', { name: LAPTOP[4] }).count()).toBeGreaterThan(0);
    // 182 mm between the margins.
    await page.setViewportSize({ width: 688, height: 900 });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(688);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(new Set(pdf.match(/\/MediaBox \[[^\]]*\]/g))).toEqual(
      new Set([expect.stringMatching(/\[0 0 59[45][.0-9]* 84[12][.0-9]*\]/)]),
    );
    expect([asked.length, said]).toEqual([1, []]);
  } finally {
    await browser.close();
  }
});

test('no report comes by itself of a time before the daemon was there', async () => {
  const { body } = await site.daemon.call('GET', '/v1/reports/kept');
  expect(body).toEqual({ reports: [] });
});

test('when the day is over its report comes by itself, and its hash is in the ledger', async () => {
  expect(await site.daemon.stop()).toBe(0);
  // Two minutes past the end of the day the last minute is in the history: a few seconds from the start.
  const midnight = (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS;
  writeFileSync(clock, String(midnight + 120_000 - 5_000 - Date.now()));
  await site.daemon.start();
  const day = new Date(midnight - DAY_MS).toISOString().slice(0, 10);
  const names = [`penstock-${day}.html`, `penstock-${day}.json`];
  const made = await eventually(
    'both files to be kept and recorded',
    async () => {
      const entries = await site.entries('report.made');
      return entries.length === 2 ? entries.map(({ body: { name, sha256 } }) => [name, sha256]) : undefined;
    },
    PATIENCE,
  );
  const { reports } = (await site.daemon.call('GET', '/v1/reports/kept')).body;
  expect(reports.map(({ name }: { name: string }) => name).toSorted()).toEqual(names);
  const report: Report = (await site.daemon.call('GET', `/v1/reports/kept/${names[1]}`)).body;
  expect(report.period).toEqual({ fromMs: midnight - DAY_MS, toMs: midnight });
  within(report.traffic?.hosts.lines.find(({ key }) => key === LAPTOP[4])?.bytesOut, UPLOAD);
  const content = (name: string) => readFileSync(join(folder, 'kept', name));
  expect(made.toSorted()).toEqual(names.map((name) => [name, hash('sha256', content(name), 'hex')]));
  expect(site.daemon.cli('report', 'kept').stdout).toContain(names[0]);
});
