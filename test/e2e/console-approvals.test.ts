/** The console in a real browser, on the real daemon: what a person on call does, from the token to the last click. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { until } from '../network/waiting.ts';
import { ConsoleBrowser, type ConsolePage, PHONE } from './browser.ts';
import { confirmDialog } from './console-hand.ts';
import { policyText } from './policy-text.ts';
import { Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const LISTED = '198.51.100.70/31';
/** As somebody may write it who wants to be seen in a console. */
const REASON = 'seen in <img src=x onerror=alert(1)> and "><script>alert(2)</script>';
const POLICY = policyText('console', {
  denyLists: [{ id: 'known-c2', cidrs: [LISTED], reason: REASON }],
  actions: [
    {
      ...{ detector: 'denyList', action: 'block', target: 'destination', ttl: '1h' },
      ...{ approval: 'provisional', holdFor: '10m' },
    },
    {
      ...{ detector: 'policyViolation', action: 'block', target: 'flow', ttl: '1h' },
      ...{ approval: 'required', approvalTimeout: '30m' },
    },
  ],
});

let site: Site;
let browser: ConsoleBrowser;
let admin: ConsolePage;

beforeAll(async () => {
  site = await Site.open('console', { policy: POLICY });
  browser = await ConsoleBrowser.launch(site.daemon.url);
  admin = await browser.open({ size: PHONE });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});
afterEach(() => {
  expect(admin.faults).toEqual([]);
});

function talk(number: number): Promise<Talk> {
  const address = stranger(number, 4);
  return Talk.attempt(site.network, { from: 'laptop', to: 'stranger', address, family: 4, transport: 'udp' });
}

/** The card of the decision about this stranger. */
function card(number: number) {
  return admin.page.getByRole('article').filter({ hasText: stranger(number, 4) });
}

function decisionOn(number: number, state: Decision['state']): Promise<Decision> {
  const about = ({ target }: Decision) => JSON.stringify(target).includes(stranger(number, 4));
  return site.decision((decision) => decision.state === state && about(decision), `${number}: ${state}`);
}

test('a token that is none is told so; a good one opens the console, within a small first load', async () => {
  const { page } = admin;
  await page.goto('/approvals');
  await page.getByLabel('Token').fill('pst_wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('A valid token is needed').waitFor();

  const load = await browser.firstLoad(site.daemon.token);
  console.log('first load', load);
  expect(load.bytes).toBeLessThan(250_000);

  await admin.logIn(site.daemon.token, '/approvals');
  await page.getByText('No decision waits for an answer.').waitFor();
  await page.getByText('live', { exact: true }).waitFor();
});

test('what happens is shown as it happens, and read out; approved in two clicks, the kernel blocks it', async () => {
  const { page } = admin;
  using violation = await talk(60);
  await card(60).getByText('Nothing is blocked until somebody approves.').waitFor({ timeout: 25_000 });
  await expect.poll(() => page.title()).toBe('(1) Approvals · Penstock');
  await page.getByRole('status').getByText('One decision waits for an answer').waitFor();
  await violation.flows();
  await admin.shot('e2e-pending');

  await card(60).getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await card(60).waitFor({ state: 'detached' });
  await violation.falls();
  expect(site.daemon.nftSet('flow4')).toHaveLength(1);
  await page.getByRole('table', { name: 'Standing blocks' }).getByText(stranger(60, 4)).waitFor();
  const { answers } = await decisionOn(60, 'active');
  expect(answers).toMatchObject([{ verb: 'approve', actor: 'admin', reason: '' }]);
});

test('a block that stands meanwhile is rejected by the keyboard alone, with a reason, and lifted at once', async () => {
  const { page } = admin;
  using listed = await talk(70);
  await card(70).getByText('Blocked for now').waitFor({ timeout: 25_000 });
  await listed.falls();
  await card(70).getByText(REASON).waitFor();

  await card(70).getByRole('button', { name: 'Reject' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByLabel('Reason').fill('the new mirror');
  await page.keyboard.press('Enter');
  await card(70).waitFor({ state: 'detached' });
  await listed.flows();
  const { answers } = await decisionOn(70, 'rejected');
  expect(answers).toMatchObject([{ verb: 'reject', actor: 'admin', reason: 'the new mirror' }]);
  // Its button is gone: the focus is where the page begins and not lost.
  expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
});

test('an incident tells its story and time line, and is closed', async () => {
  const { page } = admin;
  const { incident } = await decisionOn(60, 'active');
  await admin.visit('Incidents');
  await page.getByRole('link', { name: incident ?? '' }).click();
  await page.getByRole('heading', { level: 1, name: `Incident ${incident}` }).waitFor();
  await page.getByText('Decision approved').waitFor();
  await page.getByText('Enforcement applied').waitFor();
  await admin.shot('e2e-incident');

  await page.getByRole('button', { name: /^Revoke D/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Over: revoked.').waitFor();
  await until('the block to be out of the kernel', () => site.daemon.nftSet('flow4').length === 0);

  await page.getByRole('button', { name: 'Close incident' }).click();
  await page.getByLabel('False: it never was an incident').check();
  await page.getByRole('dialog').getByLabel('Reason').fill('a test');
  await page.getByRole('dialog').getByRole('button', { name: 'Close incident' }).click();
  await page.getByText('closed', { exact: true }).waitFor();
  const closed = await site.entries('incident.closed');
  expect(closed).toMatchObject([{ subject: incident, actor: 'admin', body: { verdict: 'false' } }]);
});

describe('who may only look on', () => {
  test('sees what waits and no button to answer it; logged out, the token is gone', async () => {
    using _violation = await talk(61);
    await decisionOn(61, 'pending');
    const token = { name: 'wall', role: 'viewer' };
    const { body } = await site.daemon.call('POST', '/v1/tokens', token);
    const viewer = await browser.open();
    await viewer.logIn(body.token, '/approvals');
    const { page } = viewer;
    await page.getByText('Approvers answer this; your token only looks on.').first().waitFor();
    expect(await page.getByRole('button', { name: /Approve|Reject|Revoke/ }).count()).toBe(0);

    await site.daemon.call('DELETE', '/v1/tokens/wall');
    await page.getByText('Your token has expired or was revoked.').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(viewer.faults).toEqual([]);
    await viewer.close();
  });
});

/** The policy of its chapter 'A first policy, step by step': laptops may reach the shop, all else is a violation. */
function firstPolicy(): string {
  const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return (
    /^apiVersion: penstock.*\n.*\nmetadata: \{ name: first,[\s\S]*?(?=^END$|^```$)/m.exec(text)?.[0] ?? ''
  );
}

test("the README's first policy: a violation seen, approved, lifted by mistake, and rolled back", async () => {
  const { page } = admin;
  await admin.visit('Approvals');
  await site.apply(firstPolicy());
  using violation = await talk(62);
  await card(62).getByText('Blocked for now').waitFor({ timeout: 25_000 });
  await violation.falls();

  await card(62).getByRole('button', { name: 'Approve' }).click();
  await confirmDialog(admin, 'Approve', 'not a server of ours');
  const standing = page.getByRole('table', { name: 'Standing blocks' }).getByRole('row');
  const row = standing.filter({ hasText: stranger(62, 4) });
  await row.getByRole('button', { name: /^Revoke/ }).click();
  await confirmDialog(admin, 'Revoke', 'it is one, I think');
  await violation.flows();
  const { id, ttlMs } = await decisionOn(62, 'revoked');
  expect(ttlMs).toBe(3_600_000);

  // On a phone, Revisions is behind More.
  await admin.look({});
  await admin.visit('Revisions');
  const before = page.getByRole('row').filter({ hasText: `${id} approved` });
  await before.getByRole('button', { name: /^Roll back/ }).click();
  await page.getByRole('dialog').getByText(stranger(62, 4)).waitFor();
  await confirmDialog(admin, 'Roll back', 'it is not');
  await page
    .getByRole('row')
    .filter({ hasText: /rollback to \d+/ })
    .waitFor();
  await violation.falls();
  expect(await decisionOn(62, 'active')).toMatchObject({ target: { destination: stranger(62, 4) } });
});
