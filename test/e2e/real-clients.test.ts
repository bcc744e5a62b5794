/**
 * What people really run (curl, dig, ssh, iperf3 over TCP and UDP, QUIC), over IPv4 and IPv6, in mode enforce: a rule
 * lets them through, nothing else does; a change of policy ends what it forbids and loses nothing of what it allows;
 * quarantine ends all of one host and nothing of another.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SshLogin } from '../network/ssh-login.ts';
import { until } from '../network/waiting.ts';
import { Iperf, type IperfRoute } from './iperf.ts';
import { OutsideWeb } from './outside-web.ts';
import { policyText } from './policy-text.ts';
import { QuicServer } from './quic.ts';
import { FAMILIES, type Family, LAPTOP, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

/** By number of the stranger's address. */
const ALLOWED_FIRST = 60;
const NEVER_ALLOWED = 61;
const SLOW_PAGE = new URL('./slow-page.sh', import.meta.url).pathname;
/** Of QUIC: long enough for a policy to be applied. */
const SILENT_SECONDS = 5;

const FIRST = policyText('first', {
  mode: 'enforce',
  alsoTo: FAMILIES.map((family) => `${stranger(ALLOWED_FIRST, family)}/${family === 4 ? 32 : 128}`),
});
const SECOND = policyText('second', { mode: 'enforce' });

type Server = 'shop' | 'stranger';
const ADDRESSES: Record<Server, string[]> = {
  shop: Object.values(SHOP),
  stranger: FAMILIES.flatMap((family) =>
    [ALLOWED_FIRST, NEVER_ALLOWED].map((number) => stranger(number, family)),
  ),
};

let site: Site;
const ssh = {} as Record<Server, SshLogin>;
const quic = {} as Record<Server, QuicServer>;
const lives = new DisposableStack();
let port = 5200;

beforeAll(async () => {
  site = await Site.open('clients', { policy: FIRST });
  const { network } = site;
  const open = async (host: Server) => {
    const addresses = ADDRESSES[host];
    ssh[host] = lives.use(await SshLogin.open(network, host, ...addresses));
    quic[host] = lives.use(await QuicServer.open(network, host));
    lives.use(await OutsideWeb.open(network, host, 80));
    network.start(host, 'socat', ['TCP6-LISTEN:81,fork,reuseaddr,ipv6only=0', `EXEC:sh ${SLOW_PAGE}`]);
    const dns = ['--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--pid-file='];
    network.start(host, 'dnsmasq', [...dns, '--user=root', '--address=/shop.example/192.0.2.80']);
    await until(`${host} to answer`, () => digs(host, '127.0.0.1'));
  };
  await Promise.all([open('shop'), open('stranger')]);
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  lives.dispose();
});

const addressOf = (to: Server, family: Family) =>
  to === 'shop' ? SHOP[family] : stranger(ALLOWED_FIRST, family);

async function succeeds(host: string, command: string, args: string[]): Promise<boolean> {
  return (await site.network.runAsync(host, command, args)).status === 0;
}

function digs(from: string, server: string, ...options: string[]): Promise<boolean> {
  return succeeds(from, 'dig', ['+time=1', '+tries=1', ...options, `@${server}`, 'shop.example']);
}

function iperfs(to: Server, address: string, family: Family, transport: 'tcp' | 'udp', seconds: number) {
  port += 1;
  const route: IperfRoute = { from: 'laptop', to, address, family, transport, port, seconds };
  return Iperf.attempt(site.network, route).then((iperf) => lives.use(iperf));
}

const urlOf = (address: string) => `http://${address.includes(':') ? `[${address}]` : address}`;

/** Whether each real client reaches an address, by a connection of its own. */
async function reach(to: Server, address: string, family: Family): Promise<Record<string, boolean>> {
  const flowing = async (transport: 'tcp' | 'udp') => {
    const iperf = await iperfs(to, address, family, transport, 1);
    return (await iperf.falls()) > 0;
  };
  const attempts = {
    curl: succeeds('laptop', 'curl', ['-s', '-m', '2', '-o', '/dev/null', `${urlOf(address)}/`]),
    dig: digs('laptop', address),
    'dig over TCP': digs('laptop', address, '+tcp'),
    ssh: ssh[to].run('laptop', ['true'], 10_000, address).then(({ status }) => status === 0),
    'iperf3 over TCP': flowing('tcp'),
    'iperf3 over UDP': flowing('udp'),
    QUIC: quic[to].page('laptop', address),
  };
  const reached = Object.entries(attempts).map(async ([name, attempt]) => [name, await attempt] as const);
  return Object.fromEntries(await Promise.all(reached));
}

const all = (whether: boolean) => ({
  curl: whether,
  dig: whether,
  'dig over TCP': whether,
  ssh: whether,
  'iperf3 over TCP': whether,
  'iperf3 over UDP': whether,
  QUIC: whether,
});

/** A login and a download, and streams of iperf3; each stands. */
async function stand(from: string, to: Server, family: Family) {
  const address = addressOf(to, family);
  const talks = [
    Talk.with(`ssh to ${address}`, ssh[to].stay(from, address)),
    Talk.with(`curl from ${address}`, site.network.start(from, 'curl', ['-sN', `${urlOf(address)}:81/`])),
  ];
  for (const talk of talks) lives.use(talk);
  const route = { from, to, address, family };
  const iperfs = await Promise.all(
    (['tcp', 'udp'] as const).map((transport) => {
      port += 1;
      return Iperf.begin(site.network, { ...route, transport, port }).then((iperf) => lives.use(iperf));
    }),
  );
  await Promise.all(talks.map((talk) => talk.flows()));
  return { talks, iperfs };
}

const standing = (from: string, to: Server) => Promise.all(FAMILIES.map((family) => stand(from, to, family)));

type Standing = Awaited<ReturnType<typeof standing>>;

/** @returns when each was last heard, ms since the epoch */
function fall(doomed: Standing): Promise<number[]> {
  return Promise.all(
    doomed.flatMap(({ talks, iperfs }) => [...talks, ...iperfs]).map((each) => each.falls()),
  );
}

async function goOnWhole(kept: Standing): Promise<void> {
  for (const { talks, iperfs } of kept) {
    const [login, download] = talks;
    await Promise.all([login.endsWhole(), ...[download, ...iperfs].map((each) => each.flows())]);
    expect(iperfs.map(({ lost }) => lost)).toEqual([0, 0]);
  }
}

describe.each(FAMILIES)('over IPv%i', (family) => {
  test('each passes where a rule allows it, and none elsewhere', async () => {
    const [shop, elsewhere] = await Promise.all([
      reach('shop', SHOP[family], family),
      reach('stranger', stranger(NEVER_ALLOWED, family), family),
    ]);
    expect(shop).toEqual(all(true));
    expect(elsewhere).toEqual(all(false));
  });
});

test('another policy ends all that it forbids, and loses nothing of what it allows', async () => {
  const [doomed, kept] = await Promise.all([standing('laptop', 'stranger'), standing('laptop', 'shop')]);
  const asked = (to: Server) =>
    Promise.all(FAMILIES.map((family) => quic[to].stand('laptop', addressOf(to, family), SILENT_SECONDS)));
  const [keptQuic, doomedQuic] = await Promise.all([asked('shop'), asked('stranger')]);
  await site.apply(SECOND);
  const appliedAtMs = Date.now();
  expect([...keptQuic, ...doomedQuic].map(({ hasEnded }) => hasEnded)).not.toContain(true);
  const lastHeard = await fall(doomed);
  for (const atMs of lastHeard) expect(atMs - appliedAtMs).toBeLessThan(1_000);
  await goOnWhole(kept);
  const pages = [...keptQuic, ...doomedQuic].map((connection) => connection.gotPage());
  expect(await Promise.all(pages)).toEqual([true, true, false, false]);
}, 90_000);

test('quarantine ends all of a host, and nothing of its neighbour', async () => {
  const [laptop, printer] = await Promise.all([standing('laptop', 'shop'), standing('printer', 'shop')]);
  const target = { kind: 'host', host: LAPTOP[4], allowTo: [] };
  const made = await site.daemon.call('POST', '/v1/decisions', { target, ttlMs: 3_600_000, reason: 'odd' });
  expect(made.status).toBe(201);
  await fall(laptop);
  const none = await Promise.all(FAMILIES.map((family) => reach('shop', SHOP[family], family)));
  expect(none).toEqual([all(false), all(false)]);
  await goOnWhole(printer);
  await site.daemon.call('POST', `/v1/decisions/${made.body.id}/revoke`, {});
  await until('ssh to be back', async () => (await ssh.shop.run('laptop', ['true'])).status === 0, {
    timeoutMs: 30_000,
  });
}, 90_000);
