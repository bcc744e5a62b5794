/** Real traffic in the history and in reports: as many bytes as were sent, over restarts too. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../network/waiting.ts';
import { endSoon } from './conntrack-pace.ts';
import { OutsideWeb } from './outside-web.ts';
import { policyText } from './policy-text.ts';
import { LAPTOP, PRINTER, SHOP, Site, stranger } from './site.ts';

const PATIENCE = { timeoutMs: 30_000 };
const UPLOAD = 3_000_000;
const DOWNLOAD = 2_000_000;

let site: Site;
const resources = new DisposableStack();

beforeAll(async () => {
  const idle = { id: 'never-used', from: ['lan'], to: { cidrs: ['192.0.2.0/24'] }, services: ['everything'] };
  site = await Site.open('report', { policy: policyText('report', { mode: 'audit', rules: [idle] }) });
  endSoon(site.network);
  for (const host of ['shop', 'stranger'])
    resources.use(await OutsideWeb.open(site.network, host, 80, DOWNLOAD));
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
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
  return until(
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
