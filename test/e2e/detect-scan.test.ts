/** A real port scanner on an inside host: found within seconds, quarantined until a person says what it was. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { Browsing } from './browsing.ts';
import { detectorPolicy } from './detector-policy.ts';
import { nmap } from './nmap.ts';
import { OutsideWeb } from './outside-web.ts';
import { type Family, LAPTOP, PRINTER, SCANNER, SHOP, Site, stranger } from './site.ts';

const READER = '10.1.0.13';
const EXCEPTION = 70;
const TARGET = 61;
const allowTo = [`${stranger(EXCEPTION, 4)}/32`, `${stranger(EXCEPTION, 6)}/128`];
const policy = detectorPolicy(
  'scan',
  { scan: {} },
  {
    actions: [
      { detector: 'scan', action: 'quarantine', ttl: '1h', approval: 'provisional', holdFor: '10m', allowTo },
    ],
  },
);

let site: Site;
let reading: Browsing;
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('scan', { policy });
  const { network } = site;
  network.inside('reader', 13);
  // Routed to a machine that forwards nothing: whoever asks there hears nothing, not even from the gateway.
  network.ip(
    'gateway',
    `route add 192.0.2.0/24 via ${stranger(60, 4)}`,
    `route add 2001:db8:77::/64 via ${stranger(60, 6)}`,
  );
  // Of the scanned ports, some refuse and some are silent.
  const filter = ['add table inet f', 'add chain inet f in { type filter hook input priority 0; }'];
  filter.push('add rule inet f in tcp dport 1000-1999 drop');
  expect(network.run('stranger', 'nft', ['-f', '-'], { input: filter.join('\n') }).status).toBe(0);
  resources.use(await OutsideWeb.open(network, 'shop', 80));
  reading = resources.use(new Browsing(network, 'reader', [`http://${SHOP[4]}/`, `http://[${SHOP[6]}]/`]));
  await reading.goesOn();
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});

function scanOf(host: string): Promise<Incident> {
  return site.incident(
    ({ host: its, cause, severity }) => its === host && cause === 'scan' && /high|critical/.test(severity),
    `${host} to be found scanning`,
  );
}

function quarantineOf(host: string): Promise<Decision> {
  return site.decision(({ target }) => target.kind === 'host' && target.host === host);
}

async function reaches(from: string, family: Family): Promise<Record<string, boolean>> {
  const ping = async (address: string) =>
    (await site.network.runAsync(from, 'ping', ['-n', '-c1', '-W0.5', address])).status === 0;
  const [exception, shop] = await Promise.all([ping(stranger(EXCEPTION, family)), ping(SHOP[family])]);
  return { exception, shop };
}

function quarantined(family: Family): string {
  return JSON.stringify(site.daemon.nftSet(`quarantine${family}`));
}

async function answer(verb: 'approve' | 'reject', { id }: Decision): Promise<Decision> {
  const { status, body } = await site.daemon.call('POST', `/v1/decisions/${id}/${verb}`, { reason: 'asked' });
  expect(status).toBe(200);
  return body;
}

interface Case {
  what: string;
  from: string;
  host: string;
  family: Family;
  args: string[];
  happened: RegExp;
  verb: 'approve' | 'reject';
}

describe.each<Case>([
  {
    what: 'many ports of one host',
    from: 'laptop',
    host: LAPTOP[4],
    family: 4,
    args: ['-p', '950-1050', stranger(TARGET, 4)],
    happened: new RegExp(`^It tried \\d+ ports of ${stranger(TARGET, 4)} that did not answer, in \\d+`),
    verb: 'approve',
  },
  {
    what: 'one port of many hosts, of which none answers',
    from: 'printer',
    host: PRINTER[4],
    family: 4,
    args: ['-p', '22', '192.0.2.0/26'],
    happened: /^It tried \d+ addresses on tcp\/22 that did not answer, in \d+/,
    verb: 'reject',
  },
  {
    what: 'one port of many hosts over IPv6',
    from: 'scanner',
    host: SCANNER[6],
    family: 6,
    args: ['-6', '-p', '22', '2001:db8:77::/122'],
    happened: /^It tried \d+ addresses on tcp\/22 that did not answer, in \d+/,
    verb: 'approve',
  },
])('nmap: $what', ({ from, host, family, args, happened, verb }) => {
  let incident: Incident;
  let block: Decision;

  test('is found while it is fresh, and told with numbers', async () => {
    const beganMs = Date.now();
    const [found] = await Promise.all([scanOf(host), nmap(site.network, from, ...args)]);
    incident = (await site.daemon.call('GET', `/v1/incidents/${found.id}`)).body;
    expect(incident).toMatchObject({ cause: 'scan', state: 'open', groups: ['lan'] });
    expect(incident.story?.happened).toMatch(happened);
    expect(incident.story?.happened).toMatch(/\d+ of its last \d+ first contacts failed/);
    expect(incident.story?.advice).toContain(host);
    expect((incident.raisedAtMs ?? 0) - beganMs).toBeLessThan(20_000);
  });

  test('is quarantined for the time being: it reaches its exception and nothing else', async () => {
    block = await quarantineOf(host);
    expect(block).toMatchObject({
      state: 'provisional',
      incident: incident.id,
      origin: { kind: 'automatic', detector: 'scan' },
      enforcement: { status: 'applied' },
    });
    expect(quarantined(family)).toContain(`"${host}"`);
    expect(await reaches(from, family)).toEqual({ exception: true, shop: false });
  });

  test(`is ${verb === 'approve' ? 'kept' : 'set free'} by a person's word`, async () => {
    const { state, expiresAtMs } = await answer(verb, block);
    const kept = verb === 'approve';
    expect(state).toBe(kept ? 'active' : 'rejected');
    if (kept) expect((expiresAtMs ?? 0) - Date.now()).toBeGreaterThan(3_500_000);
    expect(quarantined(family).includes(`"${host}"`)).toBe(kept);
    expect(await reaches(from, family)).toEqual({ exception: true, shop: !kept });
  });
});

test('who read pages meanwhile lost none and is not suspected', async () => {
  await reading.goesOn();
  expect(reading.pages.length).toBeGreaterThan(10);
  expect(new Set(reading.pages)).toEqual(new Set(['200']));
  const { items } = (await site.daemon.call('GET', '/v1/incidents?limit=500')).body;
  const hosts = items.map(({ host }: Incident) => host);
  expect(hosts.toSorted()).toEqual([LAPTOP[4], PRINTER[4], SCANNER[6]].toSorted());
  expect(hosts).not.toContain(READER);
});
