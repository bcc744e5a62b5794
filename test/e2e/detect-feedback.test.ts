/** A scan that a person called harmless: it stays so, but for what the deny list says, and until the word is taken back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Incident } from '../../src/incident/incident.ts';
import { until } from '../network/waiting.ts';
import { Browsing } from './browsing.ts';
import { endSoon } from './conntrack-pace.ts';
import { detectorPolicy } from './detector-policy.ts';
import { nmap } from './nmap.ts';
import { OutsideWeb } from './outside-web.ts';
import { BLOCK, denyList, type PolicyParts } from './policy-text.ts';
import { LAPTOP, SHOP, Site, stranger } from './site.ts';

const TARGET = stranger(61, 4);
const policy = (name: string, parts: PolicyParts = {}) => detectorPolicy(name, { scan: {} }, parts);
const LISTED = policy('listed', {
  ...denyList([`${TARGET}/32`]),
  actions: [{ detector: 'denyList', target: 'destination', ...BLOCK }],
});

let site: Site;
let suppression: string;
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('feedback', { policy: policy('unlisted') });
  endSoon(site.network);
  resources.use(await OutsideWeb.open(site.network, 'shop', 80));
  const reading = resources.use(new Browsing(site.network, 'laptop', [`http://${SHOP[4]}/`]));
  await reading.goesOn();
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});

/** Ports that were not tried before, all of which refuse. */
const scan = (() => {
  let next = 2001;
  return async (count: number) => {
    await nmap(site.network, 'laptop', '-p', `${next}-${next + count - 1}`, TARGET);
    next += count;
  };
})();

async function open(): Promise<Incident[]> {
  return (await site.daemon.call('GET', '/v1/incidents?state=open')).body.items;
}

function penstock(...args: string[]) {
  const { status, stdout, stderr } = site.daemon.cli('--json', ...args);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

test('closed as false, it is not reported again but counted', async () => {
  await scan(8);
  const { id } = await site.incident(({ cause, host }) => cause === 'scan' && host === LAPTOP[4]);
  const closed = penstock('close', id, '--false', '--reason', 'our own scanner');
  expect(closed.suppressions).toMatchObject([{ detector: 'scan', host: LAPTOP[4], destination: TARGET }]);
  suppression = closed.suppressions[0].id;
  await scan(8);
  const counted = async () =>
    (await site.daemon.call('GET', `/v1/suppressions/${suppression}`)).body.hits > 0;
  await until('a finding to be silenced', counted, { timeoutMs: 25_000 });
  expect(await open()).toEqual([]);
});

test('its target on a deny list is reported and blocked at once', async () => {
  await site.apply(LISTED);
  await scan(1);
  const hit = await site.incident(({ cause }) => cause === 'denyList');
  expect(hit).toMatchObject({ host: LAPTOP[4], destination: TARGET, severity: 'high' });
  const block = await site.decision(({ incident }) => incident === hit.id);
  expect(block).toMatchObject({ state: 'active', enforcement: { status: 'applied' } });
  expect(site.daemon.nftSet('destination4')).toHaveLength(1);
  expect((await open()).map(({ cause }) => cause)).toEqual(['denyList']);
  await site.daemon.call('POST', `/v1/decisions/${block.id}/revoke`, { reason: 'the list is wrong' });
});

test('no longer suppressed, it is reported again', async () => {
  await site.apply(policy('unlisted-again'));
  penstock('unsuppress', suppression, '--reason', 'it is not our scanner');
  await scan(30);
  const again = await site.incident(({ cause, state }) => cause === 'scan' && state === 'open');
  expect(again).toMatchObject({ host: LAPTOP[4], severity: 'high' });
});
