/** What is known of hosts, and which detectors are not ready for them, as a person asks for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HostListing, HostView } from '../../src/engine/commands.ts';
import { until } from '../network/waiting.ts';
import { Browsing } from './browsing.ts';
import { endSoon } from './conntrack-pace.ts';
import { detectorPolicy } from './detector-policy.ts';
import { OutsideWeb } from './outside-web.ts';
import { LAPTOP, PRINTER, SHOP, Site } from './site.ts';

const PATIENCE = { timeoutMs: 30_000 };

let site: Site;
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('hosts', {
    policy: detectorPolicy('hosts', { scan: {}, volume: {}, oddHours: {} }),
  });
  endSoon(site.network);
  resources.use(await OutsideWeb.open(site.network, 'shop', 80));
  resources.use(new Browsing(site.network, 'laptop', [`http://${SHOP[4]}/`, `http://[${SHOP[6]}]/`]));
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});

/** As soon as enough has answered it, in this hour too. */
function known(host: string): Promise<HostView> {
  return until(
    `${host} to be known`,
    async () => {
      const { status, body } = await site.daemon.call('GET', `/v1/hosts/${host}`);
      return status === 200 && body.established && body.runningHour.bytesOut > 0 ? body : undefined;
    },
    PATIENCE,
  );
}

test.each([LAPTOP[4], LAPTOP[6]])('%s is known by what it does', async (address) => {
  const host = await known(address);
  expect(host).toMatchObject({ host: address, learning: 'full', suspicion: 0, hoursWatched: 0, tracks: 1 });
  expect(host.answered).toBeGreaterThan(2);
  expect(host.lastSeenMs).toBeGreaterThanOrEqual(host.firstSeenMs);
  const states = new Map(host.detectors.map(({ name, state }) => [name, state]));
  expect(['scan', 'volume', 'oddHours', 'beacon'].map((name) => states.get(name as 'scan'))).toEqual([
    ...['ready', 'warming', 'warming', 'off'],
  ]);
});

test('the list has hosts that were seen and no others', async () => {
  await Promise.all([known(LAPTOP[4]), known(LAPTOP[6])]);
  const { hosts, established } = (await site.daemon.call('GET', '/v1/hosts')).body as HostListing;
  expect(hosts.map(({ host }) => host).toSorted()).toEqual([LAPTOP[4], LAPTOP[6]].toSorted());
  expect([established, hosts[0].warming]).toEqual([2, ['volume', 'oddHours']]);
  expect((await site.daemon.call('GET', `/v1/hosts/${PRINTER[4]}`)).status).toBe(404);
});

test('the command tells it, and the metrics count it', async () => {
  await Promise.all([known(LAPTOP[4]), known(LAPTOP[6])]);
  // First: while a command runs, this thread does not see that its connection to the daemon is closed.
  expect((await site.daemon.call('GET', '/metrics')).body).toMatch(/^penstock_profiles 2$/m);
  const list = site.daemon.cli('hosts');
  expect([list.status, list.stdout]).toEqual([0, expect.stringContaining('volume, oddHours')]);
  const one = site.daemon.cli('hosts', LAPTOP[6]);
  expect(one.stdout).toMatch(/\nvolume +warming +0h +24h +Meanwhile /);
  expect(one.stdout).toMatch(/\nMon +[?#+.-]{24}\n/);
  const refused = ['laptop', PRINTER[4]].map((address) => site.daemon.cli('hosts', address));
  expect(refused.map(({ status, stderr }) => [status, stderr.split('\n')[0]])).toEqual([
    [2, expect.stringContaining('no address')],
    [2, expect.stringContaining(`nothing is known of a host ${PRINTER[4]}`)],
  ]);
});
