/** A policy learnt from the running daemon, put in force in that daemon: what it saw is allowed, what it withheld is not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowListing } from '../../src/engine/commands.ts';
import { until } from '../network/waiting.ts';
import { denyList, policyText } from './policy-text.ts';
import { LAPTOP, PRINTER, SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const PENSTOCK = new URL('../../bin/penstock', import.meta.url).pathname;
const DENIED = stranger(64, 4);
const UNKNOWN = stranger(65, 4);
const SHORT_PORT = 7100;

const resources = new AsyncDisposableStack();
let site: Site;
let folder: string;
beforeAll(async () => {
  folder = resources.adopt(mkdtempSync(join(tmpdir(), 'penstock-test-')), (made) =>
    rmSync(made, { recursive: true }),
  );
  // Nothing but the shop is allowed, and nothing is blocked.
  const policy = policyText('before', { mode: 'audit', ...denyList([`${DENIED}/32`]) });
  site = resources.use(await Site.open('learn', { policy }));
});
afterAll(() => resources.disposeAsync());

/** A connection that is opened and closed at once. */
async function shortConnection(): Promise<void> {
  const { network } = site;
  network.start('shop', 'socat', ['-u', `TCP4-LISTEN:${SHORT_PORT},fork`, 'OPEN:/dev/null']);
  const client = ['-u', '/dev/null', `TCP4:${SHOP[4]}:${SHORT_PORT}`];
  await until(
    'a short connection',
    async () => (await network.runAsync('printer', 'socat', client)).status === 0,
  );
}

async function standing(): Promise<FlowListing['flows']> {
  const { flows }: FlowListing = (await site.daemon.call('GET', '/v1/flows?limit=1000')).body;
  return flows;
}

const verdictsOf = (flows: FlowListing['flows'], address: string) =>
  new Set(flows.filter(({ destination }) => destination === address).map(({ verdict }) => verdict));

test('what was seen is allowed once the proposal is in force', async () => {
  const begin = (address: string, family: 4 | 6, transport: 'tcp' | 'udp' | 'icmp', to: string) =>
    Talk.begin(site.network, { from: 'laptop', to, address, family, transport });
  const talks = resources.use(new DisposableStack());
  for (const family of [4, 6] as const) {
    talks.use(await begin(SHOP[family], family, 'tcp', 'shop'));
    talks.use(await begin(SHOP[family], family, 'icmp', 'shop'));
  }
  talks.use(await begin(UNKNOWN, 4, 'udp', 'stranger'));
  talks.use(await begin(DENIED, 4, 'udp', 'stranger'));
  await shortConnection();
  await site.incident(({ cause, destination }) => cause === 'denyList' && destination === DENIED);

  const live = ['--state-dir', site.daemon.stateDir, 'learn', '--live', '--for', '2s', '--every', '1s'];
  const { status, stdout, stderr } = await site.network.runAsync('gateway', PENSTOCK, live, 60_000);
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/learnt \d+ of \d+ flows; rules: \d+; withheld as suspicious: 1/);
  const file = join(folder, 'learnt.yaml');
  writeFileSync(file, stdout);
  expect(site.daemon.cli('test', file).status).toBe(0);
  expect(stdout).toContain(`# # WITHHELD: ${DENIED}\n`);
  expect(stdout).toContain(`services: [ tcp-7000, tcp-${SHORT_PORT} ]`);

  const before = await standing();
  expect(verdictsOf(before, UNKNOWN)).toEqual(new Set(['deny']));
  await site.apply(stdout);
  const after = await standing();
  for (const address of [...Object.values(SHOP), UNKNOWN])
    expect(verdictsOf(after, address)).toEqual(new Set(['allow']));
  expect(verdictsOf(after, DENIED)).toEqual(new Set(['deny']));
  const hosts = new Set(after.filter(({ verdict }) => verdict === 'allow').map(({ host }) => host));
  expect([...hosts].sort()).toEqual([...Object.values(LAPTOP), PRINTER[4]].sort());
});
