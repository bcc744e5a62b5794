/** The console's pages in a real browser, on the API with made-up data: what a real daemon does not come to in a test. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EvidenceSource } from '../../src/edges/api/resource/evidence.ts';
import { consoleFiles } from '../../src/edges/console/serve.ts';
import type { EntryDraft } from '../../src/ledger/entry.ts';
import { incident } from '../unit/edges/api/samples.ts';
import { ServedApi } from '../unit/edges/api/served-api.ts';
import { ConsoleBrowser, type ConsolePage, PHONE, SMALL_DESKTOP, ZOOMED } from './browser.ts';
import { eveningOnCall, manyIncidents, opened } from './console-scene.ts';

const PAGES = {
  overview: '/',
  approvals: '/approvals',
  incidents: '/incidents',
  suppressions: '/incidents?view=suppressions',
  incident: '/incidents/I100',
} as const;
const MANY = 10_000;
/** More would be all of them: a screen holds some 20 rows. */
const MOST_ROWS = 80;

let api: ServedApi;
let browser: ConsoleBrowser;
/** An approver's, for all tests: to open one and log in costs more than most of them. */
let shown: ConsolePage;

beforeAll(async () => {
  api = await ServedApi.start({ pages: consoleFiles(), evidence: shelfOf('I100') });
  api.append(...eveningOnCall(Date.now()), sealed('I100'));
  browser = await ConsoleBrowser.launch(api.url);
  shown = await browser.open();
  await shown.logIn(api.tokens.approver);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await api?.[Symbol.asyncDispose]();
});
afterEach(() => {});

const BUNDLE = 'not a tar, and who downloads it does not mind';

/** A shelf with the bundle of one incident. */
function shelfOf(incident: string): EvidenceSource {
  return {
    isCollecting: () => false,
    has: async (id) => id === incident,
    read: async () => ({ bytes: BUNDLE.length, pieces: Readable.from([Buffer.from(BUNDLE)]) }),
  };
}

function sealed(incidentId: string): EntryDraft {
  const sha256 = 'a'.repeat(64);
  const body = {
    ...{ incidentId, bundle: `${incidentId}.tar`, bytes: BUNDLE.length, packets: 12 },
    ...{ manifestSha256: sha256, bundleSha256: sha256, ledger: { seq: 1, hash: sha256 } },
  };
  return { type: 'evidence.sealed', actor: 'penstock', body };
}

/** On a desk by day, and on a phone by night. */
async function barriersByDayAndNight(name: string): Promise<string[]> {
  const found = await shown.barriers();
  await shown.shot(`${name}-day`);
  await shown.look({ scheme: 'dark', size: PHONE });
  found.push(...(await shown.barriers()));
  await shown.shot(`${name}-night`);
  await shown.look({});
  return found;
}

describe('no barrier', () => {
  test('at the door', async () => {
    await shown.page.getByRole('button', { name: 'Log out' }).click();
    await shown.page.getByLabel('Token').waitFor();
    expect(await barriersByDayAndNight('login')).toEqual([]);
    await shown.logIn(api.tokens.approver);
  });

  test.each(Object.entries(PAGES))('%s', async (name, path) => {
    await shown.go(path);
    expect(await barriersByDayAndNight(name)).toEqual([]);
    for (const size of [SMALL_DESKTOP, ZOOMED]) {
      await shown.look({ size });
      await expect.poll(() => shown.overflow()).toBeLessThanOrEqual(0);
    }
    await shown.look({});
  });

  test('in a dialog, and Escape gives the focus back', async () => {
    const { page } = shown;
    await shown.go('/approvals');
    await page.getByRole('button', { name: 'Approve D100' }).click();
    await page.getByRole('dialog', { name: 'Approve D100' }).waitFor();
    expect(await barriersByDayAndNight('dialog')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Approve D100');
  });
});

test('a page that is gone to takes the focus to its heading; the skip link leads past the navigation', async () => {
  const { page } = shown;
  await shown.go('/');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  await shown.visit('Incidents');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Incidents');
  await page.getByRole('link', { name: 'I101' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Incident I101' }).waitFor();
  expect(await page.title()).toMatch(/Incident I101 · Penstock$/);
});

test('rows find their places again when a phone is turned', async () => {
  await shown.go('/incidents');
  const table = shown.page.getByRole('table', { name: 'Incidents' });
  const gap = async () => {
    const tops = await Promise.all([1, 2].map((row) => table.getByRole('row').nth(row).boundingBox()));
    return (tops[1]?.y ?? 0) - (tops[0]?.y ?? 0);
  };
  expect(await gap()).toBe(40);
  await shown.look({ size: PHONE });
  await expect.poll(gap).toBe(92);
  await shown.look({});
  await expect.poll(gap).toBe(40);
});

test('colours follow the system until somebody chooses', async () => {
  const { page } = shown;
  const isDark = () =>
    page.evaluate('getComputedStyle(document.documentElement).backgroundColor === "rgb(12, 14, 17)"');
  await shown.look({ scheme: 'dark' });
  expect(await isDark()).toBe(true);
  await page.getByRole('button', { name: 'Colours: system' }).click();
  expect(await isDark()).toBe(false);
  await page.reload();
  await page.getByRole('button', { name: 'Colours: light' }).click();
  expect(await isDark()).toBe(true);
  await page.getByRole('button', { name: 'Colours: dark' }).click();
  await shown.look({});
  expect(await isDark()).toBe(false);
});

test('names from packets, feeds and files stay text wherever they are shown', async () => {
  const hostile = `<img src=x onerror=alert(1)>"><script>alert(2)</script>{{3}}`;
  const named = { host: hostile, source: hostile, groups: [hostile], destination: hostile };
  const story = { happened: hostile, normal: hostile, meaning: hostile, advice: hostile };
  api.append(
    opened(incident(900, { ...named, cause: 'beacon', reasons: [hostile], story, severity: 'critical' })),
  );
  await shown.go('/incidents/I900');
  await shown.page.getByText(hostile).first().waitFor();
  for (const path of ['/incidents', '/', `/hosts/${encodeURIComponent(hostile)}`]) await shown.go(path);
  expect(await shown.page.locator('img[src="x"], main script').count()).toBe(0);
});

test('a link in an alert leads to its decision, or says who has answered it', async () => {
  const { page } = shown;
  await shown.go('/approvals#D100');
  await page.getByRole('button', { name: 'Approve D100' }).waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('D100');

  await shown.go('/');
  await shown.go('/approvals#D103');
  await page.getByText('D103 does not wait any more: active').waitFor();
  await page.getByText(/^Block 10\.1\.0\.33 .*mira, .*a resolver nobody knows$/).waitFor();
});

test('where two persons must want it, the first of them cannot be the second', async () => {
  const { token } = (
    await api.ask('/v1/tokens', { method: 'POST', as: 'admin', body: { name: 'mira', role: 'approver' } })
  ).json;
  const { page } = shown;
  await page.getByRole('button', { name: 'Log out' }).click();
  await shown.logIn(token, '/approvals');
  const card = page.getByRole('article').filter({ hasText: 'D102' });
  await card.getByText('One of two persons has approved it; it takes another one.').waitFor();
  await card.getByText('You have approved it: another person has to as well.').waitFor();
  expect(await card.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
  expect(await card.getByRole('button', { name: 'Reject' }).isEnabled()).toBe(true);
  await page.getByRole('button', { name: 'Log out' }).click();
  await shown.logIn(api.tokens.approver);
});

test('what is kept as evidence is told and downloaded, as whom it is recorded for', async () => {
  const { page } = shown;
  await shown.go('/incidents/I100');
  await page.getByText('penstock evidence verify I100.tar').waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download evidence' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('I100.tar');
  expect(readFileSync(await file.path(), 'utf8')).toBe(BUNDLE);
  expect(api.engine.changes().at(-1)).toMatchObject({
    name: 'record',
    params: { entries: [{ type: 'evidence.read', actor: 'the-approver' }] },
  });
  await shown.go('/incidents/I101');
  await page.getByText('Incident opened').waitFor();
  expect(await page.getByText('Kept as evidence').count()).toBe(0);
});

test('what the API says no to is explained where it was asked for', async () => {
  const { page } = shown;
  await shown.go('/approvals');
  const approve = async () => {
    await page.getByRole('button', { name: 'Approve D100' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  };
  api.engine.refuse('approve', { code: 'conflict', message: 'D100 was rejected by mira' });
  await approve();
  await page.getByRole('alert').getByText('D100 was rejected by mira').waitFor();
  await page.keyboard.press('Escape');

  const message = 'an operator works from 10.1.0.23';
  api.engine.refuse('approve', { code: 'refused', message, guardrail: 'operators' });
  await approve();
  await page.getByRole('alert').getByText(message).waitFor();
  await page.getByLabel('Do it though an operator works from there').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect.poll(() => api.engine.changes().at(-1)?.params).toMatchObject({ id: 'D100', force: true });
});

test('without a connection it says so, and reads on where it stopped', async () => {
  const { page } = shown;
  await shown.go('/incidents');
  await page.getByText('live', { exact: true }).waitFor();
  await shown.offline(true);
  await page.getByText(/^offline for/).waitFor();
  await page.getByRole('alert').getByText('No connection to the daemon.').waitFor();
  api.append(opened(incident(901)));
  await shown.offline(false);
  await page.getByText('live', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'I901' }).waitFor();
});

test(`${MANY} incidents: what is seen is in the document, the rest comes as somebody scrolls`, async () => {
  api.append(...manyIncidents(MANY, Date.now()));
  const { page } = shown;
  await shown.go('/incidents');
  const table = page.getByRole('table', { name: 'Incidents' });
  const rows = () => table.getByRole('row').count();
  const last = `I${1_000 + MANY - 1}`;
  await table.getByRole('link', { name: last }).waitFor();
  expect(await rows()).toBeLessThan(MOST_ROWS);

  // To the end of what is there, until all are.
  const end = `const list = document.querySelector('.virtual'); list.scrollTop = list.scrollHeight;`;
  await expect
    .poll(
      async () => {
        await page.evaluate(end);
        return Number(await table.getAttribute('aria-rowcount'));
      },
      { timeout: 30_000, interval: 50 },
    )
    .toBeGreaterThan(MANY);
  await page.evaluate(end);
  await table.getByRole('link', { name: 'I1', exact: true }).waitFor();
  expect(await rows()).toBeLessThan(MOST_ROWS);
  await page.evaluate(`document.querySelector('.virtual').scrollTop = 100_000`);

  // Nothing moves under the eyes: the new one waits.
  api.append(opened(incident(90_000)));
  await page.getByRole('button', { name: 'Show 1 new' }).click();
  expect(Number(await table.getAttribute('aria-rowcount'))).toBeGreaterThan(MANY + 1);
});
