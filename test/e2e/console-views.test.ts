/** Hosts, flows, policy, revisions and the audit log in a real browser, on the real daemon with real traffic. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../network/waiting.ts';
import { ConsoleBrowser, type ConsolePage, DESKTOP, PHONE, SMALL_DESKTOP, ZOOMED } from './browser.ts';
import { Browsing } from './browsing.ts';
import { endSoon } from './conntrack-pace.ts';
import { confirmDialog, savedBy } from './console-hand.ts';
import { VIEWS as BASE, VIEWS_TEXT as POLICY } from './console-views-policy.ts';
import { OutsideWeb } from './outside-web.ts';
import { LAPTOP, PRINTER, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const PATIENCE = { timeoutMs: 30_000 };
const SEEN = { timeout: 30_000 };

/** What is selected in the text area that has the focus. */
const SELECTED = `((area) => area.value?.slice(area.selectionStart, area.selectionEnd))(document.activeElement)`;

let site: Site;
let browser: ConsoleBrowser;
let admin: ConsolePage;
let browsing: Browsing;
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('views', { policy: POLICY });
  endSoon(site.network);
  resources.use(await OutsideWeb.open(site.network, 'shop', 80));
  browsing = resources.use(new Browsing(site.network, 'laptop', [`http://${SHOP[4]}/`]));
  browser = await ConsoleBrowser.launch(site.daemon.url);
  admin = await browser.open();
  await admin.logIn(site.daemon.token, '/hosts');
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});
afterEach(() => {
  expect(admin.faults).toEqual([]);
});

function talk(from: string, number: number): Promise<Talk> {
  const route = { from, to: 'stranger', address: stranger(number, 4), port: 7_000 };
  return Talk.begin(site.network, { ...route, family: 4, transport: 'udp' });
}

const confirm = (verb: string, reason?: string) => confirmDialog(admin, verb, reason);
const saved = (button: string) => savedBy(admin, button);

describe('hosts', () => {
  test('are found by words and lead to their page, which tells what they do', async () => {
    const { page } = admin;
    await until(
      'the laptop to be known',
      async () => {
        const { status, body } = await site.daemon.call('GET', `/v1/hosts/${LAPTOP[4]}`);
        return status === 200 && body.established;
      },
      PATIENCE,
    );
    await admin.go('/hosts');
    const hosts = page.getByRole('table', { name: 'Hosts' });
    await page.getByLabel('Search').fill('nobody');
    await page.getByText('No host fits.').waitFor();
    await page.getByLabel('Search').fill('lan 10.1');
    await page.getByLabel('Sort').selectOption('bytes');
    await expect.poll(() => page.url()).toContain('search=lan+10.1&sort=bytes');
    await hosts.getByRole('link', { name: LAPTOP[4], exact: true }).click();
    await page.getByRole('heading', { level: 1, name: LAPTOP[4] }).waitFor();

    // From the history, which is asked for what was seen a moment ago too.
    const chart = page.getByRole('img', { name: /^Bytes sent an hour\. Last day: [0-9.]+ [KM]?i?B in all/ });
    await chart.waitFor(SEEN);
    await page.getByText('As a table').click();
    await page.getByRole('table').getByText('not known yet').first().waitFor();
    await page.getByLabel('Logarithmic').check();
    await page.getByLabel('Time').selectOption('hour');
    await page.getByRole('img', { name: /^Bytes sent a minute/ }).waitFor();
    await page
      .getByRole('table', { name: /^Destinations/ })
      .getByText(SHOP[4])
      .waitFor(SEEN);
    await page.getByRole('table', { name: /watched hours|hour of the week was watched/ }).waitFor();
    const volume = page.getByRole('row', { name: /^volume warming/ });
    await volume.getByText(/0 of 24 h/).waitFor();
    await admin.shot('views-host');
  });

  test('are quarantined in two clicks and a reason, and freed again', async () => {
    const { page } = admin;
    using printer = await talk('printer', 62);
    await admin.go(`/hosts/${PRINTER[4]}`);
    await page.getByRole('button', { name: 'Quarantine…' }).click();
    await page.getByRole('dialog').getByLabel('For how long').selectOption('15 minutes');
    await confirm('Quarantine', 'looks odd');
    await printer.falls();
    const made = await site.decision(({ action }) => action === 'quarantine');
    expect(made).toMatchObject({
      ttlMs: 900_000,
      reason: 'looks odd',
      origin: { kind: 'manual', actor: 'admin' },
    });

    await page.getByRole('button', { name: `Lift ${made.id}` }).click();
    await confirm('Lift', 'it was the scanner');
    await page.getByText('Standing against it').waitFor({ state: 'detached' });
    await until(
      'it to be lifted',
      async () => (await site.decision(({ id }) => id === made.id)).state === 'revoked',
    );
  });
});

describe('flows', () => {
  test('are filtered, held while somebody looks, and what they go to is blocked in two clicks', async () => {
    const { page } = admin;
    using violation = await talk('scanner', 63);
    await admin.visit('Flows');
    const flows = page.getByRole('table', { name: 'Flows' });
    await page.getByLabel('Destination').fill(stranger(63, 4));
    await page.getByLabel('Verdict').selectOption('deny');
    const row = flows.getByRole('row').filter({ hasText: stranger(63, 4) });
    await row.getByText('deny').waitFor(SEEN);
    const search = `?destination=${stranger(63, 4)}&verdict=deny`;
    await expect.poll(() => new URL(page.url()).search).toBe(search);

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/Paused: as it was/).waitFor();
    await admin.shot('views-flows');
    await row.getByRole('button', { name: `Block ${stranger(63, 4)}` }).click();
    await page.getByRole('dialog').getByLabel('What is blocked').selectOption('flow');
    await confirm('Block', 'not ours');
    await page.getByText(/D\d+: block in force/).waitFor();
    await violation.falls();
    expect(await site.decision(({ reason }) => reason === 'not ours')).toMatchObject({
      target: { kind: 'flow', destination: stranger(63, 4), service: { protocol: 17, port: 7_000 } },
      ttlMs: 3_600_000,
    });

    await page.getByLabel('Port').fill('99999');
    await page.getByText('The port must be a number from 0 to 65535.').waitFor();
    await page.getByLabel('Port').fill('');
    await page.getByLabel('Destination').fill('no address');
    await page.getByRole('alert').waitFor();
  });

  test('lead to their host', async () => {
    const { page } = admin;
    await admin.go(`/flows?host=${LAPTOP[4]}`);
    await page.getByRole('table', { name: 'Flows' }).getByRole('link', { name: LAPTOP[4] }).first().click();
    await page.getByRole('heading', { level: 1, name: LAPTOP[4] }).waitFor();
  });
});

describe('the policy', () => {
  const editor = () => admin.page.getByRole('textbox', { name: 'Text of policy.yaml' });
  const check = () => admin.page.getByRole('button', { name: 'Check', exact: true }).click();

  test('shows which rules are used and where they stand in the text', async () => {
    const { page } = admin;
    await admin.visit('Policy');
    const rules = page.getByRole('table', { name: 'Rules of the policy in force' });
    await expect
      .poll(
        async () => Number(await rules.getByRole('row', { name: /^shop/ }).getByRole('link').textContent()),
        SEEN,
      )
      .toBeGreaterThan(0);
    await rules.getByRole('row', { name: /^idle/ }).getByText('no hits yet').waitFor();
    await page.getByLabel('Show').selectOption('unused');
    await rules.getByRole('button', { name: 'idle' }).click();
    await expect.poll(() => page.locator('.numbered-mark').count()).toBe(1);
    await admin.shot('views-policy');
    // It has been seen; what it costs others can use.
    browsing[Symbol.dispose]();
  });

  test('with a problem is told the line, and changes nothing', async () => {
    const { page } = admin;
    await page.getByRole('button', { name: 'Change…' }).click();
    await editor().fill(POLICY.replace('192.0.2.0/24', '192.0.2.0/99'));
    await check();
    await page.getByText('One problem.').waitFor();
    const place = page.getByRole('button', { name: /^policy\.yaml:\d+:\d+$/ });
    const line = Number((await place.textContent())?.split(':')[1]);
    expect(POLICY.split('\n')[line - 1]).toContain('192.0.2.0/24');
    await place.click();
    await expect.poll(() => page.evaluate(SELECTED)).toContain('192.0.2.0/99');
    expect(await page.getByRole('button', { name: 'Apply…' }).count()).toBe(0);
    await admin.shot('views-policy-problem');
  });

  test('that is good shows what it would do, is applied for a trial and confirmed', async () => {
    const { page } = admin;
    const before = (await site.daemon.call('GET', '/v1/policy')).body;
    await editor().fill(POLICY.replace('"idle"', '"newer"'));
    await page.getByText(/This was before your last change/).waitFor();
    await check();
    await page.getByText('+ rule newer').waitFor();
    await page.getByText('− rule idle').waitFor();
    await admin.shot('views-policy-plan');
    await page.getByLabel('Trial').selectOption('5m');
    await page.getByRole('button', { name: 'Apply…' }).click();
    await confirm('Apply', 'renamed');
    await page.getByText(/is taken back in \d:\d\d unless it is confirmed/).waitFor();
    await admin.shot('views-trial');
    await page.getByRole('button', { name: 'Confirm…' }).click();
    await confirm('Confirm');
    await page.getByText(/is taken back in/).waitFor({ state: 'detached' });
    const after = (await site.daemon.call('GET', '/v1/policy')).body;
    expect(after.revision).toBe(before.revision + 1);
    expect((await site.entries('trial.confirmed')).length).toBe(1);
  });

  test('that somebody else has changed meanwhile is not written over', async () => {
    const { page } = admin;
    await page.getByRole('button', { name: 'Change…' }).click();
    await editor().fill(POLICY.replace('"idle"', '"mine"'));
    await check();
    await page.getByText('+ rule mine').waitFor();
    await site.apply(POLICY.replace('"idle"', '"theirs"'));
    await page.getByText(/Another policy came in force/).waitFor();
    await page.getByRole('button', { name: 'Apply…' }).click();
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Close without applying' }).click();
    expect((await site.daemon.call('GET', '/v1/policy')).body.files['policy.yaml']).toContain('theirs');
  });

  test('on trial is taken back', async () => {
    const { page } = admin;
    await site.daemon.call('PUT', '/v1/policy?confirmWithin=10m', POLICY, {
      'content-type': 'application/yaml',
    });
    await page.getByRole('button', { name: 'Take back…' }).click();
    await confirm('Take back', 'the shop is slow');
    await page.getByText(/is taken back in/).waitFor({ state: 'detached' });
    expect((await site.entries('trial.reverted')).length).toBe(1);
  });
});

describe('revisions', () => {
  test('tell what each changed, any two are compared, any is gone back to', async () => {
    const { page } = admin;
    const first = (await site.daemon.call('GET', '/v1/revisions?limit=500')).body.items.at(-1);
    await admin.visit('Revisions');
    const table = page.getByRole('table', { name: 'Revisions' });
    await table.getByText('confirmed by admin').waitFor();
    await table.getByText(/^taken back/).waitFor();
    await table.getByRole('button', { name: `Compare revision ${first.number} with the latest` }).click();
    await page.getByText('rules theirs').waitFor();
    await page.getByText('rules idle').waitFor();
    await admin.shot('views-revisions');

    await table.getByRole('button', { name: `Roll back to revision ${first.number}` }).click();
    await page.getByRole('dialog').getByText('rules theirs').waitFor();
    await confirm('Roll back', 'as it was');
    await table.getByText(`rollback to ${first.number}`).waitFor();
    expect(JSON.parse((await site.daemon.call('GET', '/v1/policy')).body.files['policy.yaml'])).toEqual(BASE);

    await table.getByRole('link', { name: String(first.number), exact: true }).click();
    await page.getByRole('heading', { level: 1, name: `Revision ${first.number}` }).waitFor();
    await page.getByText('there was nothing before it').waitFor();
    await page.getByRole('region', { name: 'Text of policy.yaml' }).waitFor();
  });
});

describe('the audit log', () => {
  test('is checked where it is read, filtered, looked into and saved', async () => {
    const { page } = admin;
    await admin.visit('Audit log');
    await page.getByText(/Of \d+ entries here: \d+ hashes right, \d+ links unbroken\./).waitFor();
    await page.getByLabel('Type').fill('decision');
    await page.getByLabel('Actor').fill('admin');
    const table = page.getByRole('table', { name: 'Ledger entries' });
    await expect
      .poll(
        async () =>
          new Set((await table.locator('code').allTextContents()).map((type) => type.split('.')[0])),
      )
      .toEqual(new Set(['decision']));
    await table
      .getByRole('button', { name: /decision\.revoked: details/ })
      .last()
      .click();
    await page.getByRole('region', { name: 'Body as JSON' }).getByText('it was the scanner').waitFor();
    const one = JSON.parse((await saved('Save as JSON')).text);
    expect(one).toMatchObject({ type: 'decision.revoked', actor: 'admin' });
    await page.keyboard.press('Escape');

    const all = JSON.parse((await saved('Export')).text);
    expect(all).toMatchObject({ filter: { type: 'decision', actor: 'admin' }, isWhole: true });
    expect(all.entries.map(({ seq }: { seq: number }) => seq)).toContain(one.seq);
    await page.getByRole('button', { name: 'Verify the whole chain' }).click();
    await page.getByText('The whole chain is sound').waitFor(SEEN);
    await admin.shot('views-audit');
  });
});

describe('reports', () => {
  test('are shown at a glance and saved in every form', async () => {
    const { page } = admin;
    await admin.visit('Reports');
    await page.getByLabel('Time').first().selectOption('month');
    await expect.poll(() => page.url()).toContain('period=month');
    await page.getByRole('button', { name: 'Show here' }).click();
    await page.getByText('sound', { exact: true }).waitFor(SEEN);
    await admin.shot('views-reports');
    const json = await saved('JSON');
    expect(json.name).toMatch(/^penstock-report-[0-9-]+\.json$/);
    expect(JSON.parse(json.text)).toMatchObject({ policy: { name: 'views' }, audit: { sound: true } });
    expect((await saved('HTML, to print')).text).toMatch(/^<!doctype html>/i);
    await page.getByLabel('Table').selectOption('unused-rules');
    const csv = await saved('CSV of it');
    expect(csv.name).toMatch(/^unused-rules-/);
    expect(csv.text).toContain('"idle","An old mirror"');

    await page.getByLabel('Time').first().selectOption('own');
    await page.getByText('the end must be after the beginning').waitFor();
    await page.getByText('None yet.').waitFor();
  });

  test('say which rules are wide and what would have been enough', async () => {
    const { page } = admin;
    await admin.visit('Policy');
    await page.getByRole('button', { name: 'Look for them' }).click();
    const wide = page
      .getByRole('region', { name: 'Wide rules' })
      .getByRole('listitem')
      .filter({ hasText: 'shop' });
    await wide.getByText('allows every protocol').waitFor(SEEN);
    await wide.getByText(`to: ${SHOP[4]}`).waitFor();
    await admin.shot('views-wide');
  });
});

describe('a change that takes two persons', () => {
  test('is proposed, shown to the second person and approved by them', async () => {
    const { page } = admin;
    const careful = structuredClone(BASE);
    careful.spec.response.guardrails.twoPersons = { policy: true };
    await site.apply(JSON.stringify(careful));
    const next = JSON.stringify(careful).replace('"idle"', '"second"');
    await site.daemon.call('PUT', '/v1/policy?reason=two', next, { 'content-type': 'application/yaml' });
    await admin.visit('Policy');
    await page.getByText('You asked for it: another person has to approve it.').waitFor();

    const { body } = await site.daemon.call('POST', '/v1/tokens', { name: 'second', role: 'approver' });
    const second = await browser.open({ size: PHONE, scheme: 'dark' });
    await second.logIn(body.token, '/policy');
    await second.page.getByRole('button', { name: 'Approve' }).click();
    await second.page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
    await second.page.getByRole('article').waitFor({ state: 'detached' });
    await second.page.getByRole('button', { name: 'second', exact: true }).waitFor();
    expect(second.faults).toEqual([]);
    await second.close();
  });
});

test('who only looks on sees every page without a barrier, in both schemes, and no button that changes something', async () => {
  const { body } = await site.daemon.call('POST', '/v1/tokens', { name: 'viewer', role: 'viewer' });
  const viewer = await browser.open();
  const { page } = viewer;
  await viewer.logIn(body.token, '/hosts');
  const host = `/hosts/${LAPTOP[4]}`;
  const paths = [
    '/hosts',
    host,
    '/flows',
    '/policy',
    '/revisions?from=1&to=2',
    '/revisions/2',
    '/audit',
    '/reports',
  ];
  const changing = /Quarantine|Block|Change|Apply|Roll back|Confirm|Take back|Lift|Approve/;
  for (const path of paths) {
    await viewer.go(path);
    expect(await page.getByRole('main').getByRole('button', { name: changing }).count(), path).toBe(0);
    for (const [scheme, size] of [
      ['light', DESKTOP],
      ['dark', PHONE],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize(size);
      expect(await viewer.barriers(), `${path} ${scheme}`).toEqual([]);
      expect(await viewer.overflow(), path).toBeLessThanOrEqual(0);
      await viewer.shot(`views${path.replaceAll(/\W+/g, '-')}-${scheme}`);
    }
    for (const size of [SMALL_DESKTOP, ZOOMED]) {
      await page.setViewportSize(size);
      await expect.poll(() => viewer.overflow(), { message: path }).toBeLessThanOrEqual(0);
    }
  }
  expect(viewer.faults).toEqual([]);
  await viewer.close();
});
