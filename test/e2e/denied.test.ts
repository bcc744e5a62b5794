/**
 * What the kernel drops by the policy itself, before anybody has to react: deny lists that let not one packet through,
 * and in mode enforce everything that no rule allows. It is found all the same, and counted to the last packet.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RuleListing } from '../../src/engine/rule-hits.ts';
import { until } from '../network/waiting.ts';
import { Browsing } from './browsing.ts';
import { endSoon } from './conntrack-pace.ts';
import { nmap } from './nmap.ts';
import { OutsideWeb } from './outside-web.ts';
import { BLOCK, denyList, type PolicyParts, policyText } from './policy-text.ts';
import { FAMILIES, LAPTOP, PRINTER, SCANNER, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

/** On the list and not visited before the daemon dies, so that no decision blocks it. */
const UNTRIED = 65;
const LISTED = 66;
const SPARED = 67;
const SCANNED = 68;
const GONE = 69;
const FLOODED = 70;
const LATE = 71;

const lists = denyList(
  [UNTRIED, LISTED, SPARED].flatMap((n) => [`${stranger(n, 4)}/32`, `${stranger(n, 6)}/128`]),
);
const neverBlock = { destinations: [`${stranger(SPARED, 4)}/32`, `${stranger(SPARED, 6)}/128`] };
const BLOCK_LISTED = { detector: 'denyList', ...BLOCK, target: 'destination' };

function policy(mode: PolicyParts['mode'], actions: object[] = [], detectors: object = {}): string {
  const text = JSON.parse(policyText('denied', { mode, ...lists, neverBlock, actions }));
  text.spec.detectors = detectors;
  return JSON.stringify(text);
}

let site: Site;
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('denied', { policy: policy('respond', [BLOCK_LISTED]) });
  const { network } = site;
  // Counted where they arrive, before anything there can look at them.
  const counted = [UNTRIED, LISTED, SPARED, SCANNED, GONE, FLOODED].flatMap((n) => [
    `add counter inet seen n${n}`,
    `add rule inet seen in ip daddr ${stranger(n, 4)} ip saddr 10.1.0.0/24 counter name n${n}`,
    `add rule inet seen in ip6 daddr ${stranger(n, 6)} ip6 saddr fd00:1::/64 counter name n${n}`,
  ]);
  const input = [
    'add table inet seen',
    'add chain inet seen in { type filter hook prerouting priority -300; }',
  ];
  const made = network.run('stranger', 'nft', ['-f', '-'], { input: [...input, ...counted].join('\n') });
  expect(made).toMatchObject({ status: 0, stderr: '' });
  resources.use(await OutsideWeb.open(network, 'stranger', 80));
  resources.use(await OutsideWeb.open(network, 'shop', 80));
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});

/** Packets of inside hosts that reached one of the stranger's addresses. */
function arrived(number: number): number {
  const listed = site.network.run('stranger', 'nft', ['-j', 'list', 'counter', 'inet', 'seen', `n${number}`]);
  return JSON.parse(listed.stdout).nftables.at(-1).counter.packets;
}

async function page(host: string, address: string, seconds = '0.5'): Promise<boolean> {
  const url = `http://${address.includes(':') ? `[${address}]` : address}/`;
  const got = await site.network.runAsync(host, 'curl', [
    '-s',
    '-o',
    '/dev/null',
    '--max-time',
    seconds,
    url,
  ]);
  return got.status === 0;
}

async function status() {
  return (await site.daemon.call('GET', '/v1/status')).body;
}

async function metric(name: string): Promise<number> {
  const text: string = (await site.daemon.call('GET', '/metrics')).body;
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(String(text))?.[1]);
}

/** One packet of each protocol, in both families. */
async function tryAll(host: string, number: number): Promise<void> {
  await Promise.all(
    FAMILIES.flatMap((family) => {
      const to = stranger(number, family);
      return [
        page(host, to),
        site.network.runAsync(host, 'ping', ['-n', '-c1', '-W0.3', to]),
        site.network.runAsync(host, 'bash', ['-c', `echo hello > /dev/udp/${to}/443`]),
      ];
    }),
  );
}

describe('a deny list in mode respond', () => {
  test('lets not one packet through, and the visit is found and answered as the policy asks', async () => {
    await until('the list in the kernel', async () => (await status()).denyLists.state === 'loaded');
    await tryAll('laptop', LISTED);
    for (const family of FAMILIES) {
      const incident = await site.incident(
        ({ cause, destination }) => cause === 'denyList' && destination === stranger(LISTED, family),
      );
      expect(incident).toMatchObject({ host: LAPTOP[family], severity: 'high' });
      expect(incident.reasons.join()).toMatch(/which deny list known-c2 holds: known command and control/);
      const block = await site.decision(
        ({ target }) =>
          target.kind === 'destination' && target.prefix.startsWith(`${stranger(LISTED, family)}/`),
      );
      expect(block).toMatchObject({ state: 'active', incident: incident.id });
    }
    expect(arrived(LISTED)).toBe(0);
  });

  test('stands while the daemon is dead, and opens no gap when it comes back', async () => {
    const visits = async () => {
      await page('printer', stranger(UNTRIED, 4));
      await page('printer', stranger(UNTRIED, 6));
    };
    await site.daemon.stop('SIGKILL');
    await visits();
    const start = site.daemon.start();
    await visits();
    await start;
    await until('the list in the kernel', async () => (await status()).denyLists.state === 'loaded');
    await visits();
    expect(arrived(UNTRIED)).toBe(0);
  });

  test('spares what neverBlock protects', async () => {
    for (const family of FAMILIES) expect(await page('laptop', stranger(SPARED, family), '5')).toBe(true);
    expect((await status()).dropped).toMatchObject({ allowlist: 0, disagreements: 0 });
  });

  test('is not in the kernel beforehand where the policy only alerts', async () => {
    await site.apply(policy('respond'));
    expect((await status()).denyLists).toEqual({ state: 'off', ranges: 0 });
    await site.apply(policy('audit', [BLOCK_LISTED]));
    expect((await status()).denyLists.state).toBe('off');
  });
});

describe('mode enforce', () => {
  beforeAll(async () => {
    const detectors = { scan: {}, failedConnections: { minAttempts: 2, minSpan: '4s' } };
    await site.apply(policy('enforce', [], detectors));
    await until('the list in the kernel', async () => (await status()).denyLists.state === 'loaded');
  });

  test.each(FAMILIES)(
    'a scan and a program that calls home in vain over IPv%i are found, though no packet of them leaves',
    async (family) => {
      const { network } = site;
      const url = (address: string) => (family === 4 ? `http://${address}` : `http://[${address}]`);
      endSoon(network);
      using _reading = new Browsing(network, 'printer', [`${url(SHOP[family])}/`]);
      const call = `while :; do curl -gs --max-time 1 ${url(stranger(GONE, family))}:8090/; sleep 5; done`;
      const caller = network.start('printer', 'sh', ['-c', call], { stdio: 'ignore' });
      const flags = [...(family === 6 ? ['-6'] : []), '--min-rate', '200', '-p', '1-40'];
      await nmap(network, 'scanner', ...flags, stranger(SCANNED, family));
      const found = (host: string, detector: string) =>
        site.incident(({ host: its, cause }) => its === host && cause === detector, `${detector} of ${host}`);
      const [scan, failed] = await Promise.all([
        found(SCANNER[family], 'scan'),
        found(PRINTER[family], 'failedConnections'),
      ]);
      caller.kill('SIGKILL');
      expect(scan.reasons.join()).toContain(stranger(SCANNED, family));
      expect(failed.reasons.join()).toContain(`It tried ${stranger(GONE, family)} tcp/8090`);
      // And the policy itself says that no rule allows it.
      await found(SCANNER[family], 'policyViolation');
      await found(PRINTER[family], 'policyViolation');
      expect([arrived(SCANNED), arrived(GONE)]).toEqual([0, 0]);
    },
  );

  test.each([
    ['tcp', 4],
    ['udp', 4],
    ['tcp', 6],
    ['udp', 6],
  ] as const)(
    'an established connection over %s and IPv%i ends when its other end gets on a list',
    async (transport, family) => {
      const { network } = site;
      const address = stranger(LATE, family);
      const prefix = `${address}/${family === 4 ? 32 : 128}`;
      const rule = { id: 'late', from: ['lan'], to: { cidrs: [prefix] }, services: ['everything'] };
      const allowing = JSON.parse(policy('enforce'));
      allowing.spec.rules.push(rule);
      await site.apply(JSON.stringify(allowing));
      using talk = await Talk.begin(network, {
        ...{ from: 'laptop', to: 'stranger', address, family, transport, port: 7000 },
      });
      allowing.spec.denyLists[0].cidrs.push(prefix);
      await site.apply(JSON.stringify(allowing));
      await talk.falls();
    },
  );

  test('what a rule allows goes on and is counted by its rule', async () => {
    for (const family of FAMILIES) expect(await page('laptop', SHOP[family], '5')).toBe(true);
    const listing: RuleListing = (await site.daemon.call('GET', '/v1/policy/rules')).body;
    expect(listing.source).toBe('kernel');
    const shop = listing.rules.find(({ rule }) => rule === 'shop');
    expect(shop?.hits).toBeGreaterThanOrEqual(2);
    expect(shop?.lastHitMs).toBeGreaterThan(listing.sinceMs);
  });

  test.each(FAMILIES)(
    'a flood of many senders over IPv%i is dropped whole, and counted to the last packet',
    async (family) => {
      const { network } = site;
      const senders = Array.from({ length: 100 }, (_, i) =>
        family === 4 ? `10.1.0.${100 + i}` : `fd00:1::${100 + i}`,
      );
      const rest = family === 4 ? '24 dev eth0' : '64 dev eth0 nodad';
      network.ip('printer', ...senders.map((address) => `address add ${address}/${rest}`));
      const before = (await status()).dropped;
      // By name, as `nft list counter` shows it: the daemon reads the same table in another way.
      const kernel = () => {
        const listed = network.run('gateway', 'nft', ['-j', 'list', 'counters', 'table', 'inet', 'penstock']);
        const counters: { counter?: { name: string; packets: number } }[] = JSON.parse(
          listed.stdout,
        ).nftables;
        return counters.find(({ counter }) => counter?.name === 'refused')?.counter?.packets ?? 0;
      };
      const kernelBefore = kernel();
      const script = `const { createSocket } = require('dgram');
      let left = ${senders.length};
      for (const address of ${JSON.stringify(senders)}) {
        const socket = createSocket('udp${family}');
        socket.bind(0, address, () => {
          let sent = 0;
          const next = () => sent < 100
            ? socket.send('x', 1000 + sent++, '${stranger(FLOODED, family)}', next)
            : (socket.close(), --left);
          next();
        });
      }`;
      expect((await network.runAsync('printer', process.execPath, ['-e', script])).status).toBe(0);
      // In the middle of it and after it the gateway serves whom it should.
      expect(await page('laptop', SHOP[family], '5')).toBe(true);
      const sum = (now: typeof before) => now.allowlist - before.allowlist;
      const after = await until('every packet to be counted', async () => {
        const now = (await status()).dropped;
        return sum(now) >= 10_000 && sum(now) === kernel() - kernelBefore ? now : undefined;
      });
      const { denyList, allowlist, untracked, reported, notReported, disagreements } = after;
      expect(reported + notReported).toBe(denyList + allowlist + untracked);
      expect(reported).toBeGreaterThan(before.reported);
      expect(notReported).toBeGreaterThan(before.notReported);
      expect(disagreements).toBe(0);
      expect(arrived(FLOODED)).toBe(0);
      expect(await metric('penstock_dropped_packets_total{why="allowlist"}')).toBeGreaterThanOrEqual(
        allowlist,
      );
      expect(await metric('penstock_verdict_disagreements_total')).toBe(0);
    },
  );
});
