/** Table `bridge penstock` on a real bridge: a quarantined host, its neighbour, and a server that is an exception. */
import { Nftables, SetElements } from 'node-nftables';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/decision/decision.ts';
import { BridgeTable, expectedBridgeListing } from '../../../src/enforcement/bridge/bridge-table.ts';
import { BRIDGE_TABLE } from '../../../src/enforcement/bridge/rules.ts';
import { Network } from '../../network/network.ts';

const HOST = '02:00:00:00:00:10';
const HOUR = 3_600_000;

let network: Network;
let nft: Nftables;
let table: BridgeTable;
const resources = new DisposableStack();

function quarantine(id: string, bridge: string | null, allowTo: string[], host = '10.1.0.10'): Decision {
  return {
    id,
    incident: null,
    origin: { kind: 'manual', actor: 'test' },
    action: 'quarantine',
    target: { kind: 'host', host, allowTo },
    approval: 'none',
    ttlMs: HOUR,
    state: 'active',
    createdAtMs: Date.now(),
    answerByMs: null,
    expiresAtMs: Date.now() + HOUR,
    coverage: {
      stations: [{ mac: HOST, link: 'lan', bridge }],
      addresses: ['fd00:1::10'],
      released: [],
      gaps: [],
    },
    reason: '',
    answers: [],
    enforcement: { status: 'none' },
  };
}

async function pings(from: string, to: string): Promise<boolean> {
  const { status } = await network.runAsync(from, 'ping', ['-n', '-c1', '-W0.7', to]);
  return status === 0;
}

beforeAll(() => {
  network = new Network('bridge');
  network.inside('host', 10).inside('neighbour', 11).inside('server', 53);
  network.ip('host', `link set eth0 address ${HOST}`);
  resources.use(network.enter('gateway'));
  nft = resources.use(Nftables.open());
  table = new BridgeTable(nft, resources.use(SetElements.open()));
});
afterAll(async () => {
  resources.dispose();
  await network?.destroy();
});

function exists(): boolean {
  return nft.listTables('bridge').some(({ name }) => name === BRIDGE_TABLE.name);
}

describe('the table', () => {
  beforeEach(() => {
    table.sync([], Date.now());
  });

  test('is there only while a quarantined host is on a bridge', () => {
    const none = table.sync([quarantine('D1', null, [])], Date.now());
    expect([none, exists()]).toEqual([{ differences: [] }, false]);
    const made = table.sync([quarantine('D1', 'lan', [])], Date.now());
    expect(made.error).toBeUndefined();
    expect([made.differences[0], exists()]).toEqual(['table bridge penstock is missing', true]);
    expect(table.sync([], Date.now())).toEqual({ differences: ['table bridge penstock is not needed'] });
    expect(exists()).toBe(false);
  });

  test('is listed as it is made, so that another process takes it over as it is', () => {
    const decisions = [quarantine('D1', 'lan', ['10.1.0.53/32', 'fd00:1::53/128'])];
    table.sync(decisions, Date.now());
    using elements = SetElements.open();
    expect(new BridgeTable(nft, elements).sync(decisions, Date.now())).toEqual({ differences: [] });
    expect(expectedBridgeListing()).toContain('quarantined');
  });

  test.each([
    ['rules', 'flush chain bridge penstock from'],
    ['an element', `delete element bridge penstock station { ${HOST} }`],
    ['all of it', 'delete table bridge penstock'],
    ['a stranger', 'add element bridge penstock station { 02:00:00:00:00:99 timeout 1h }'],
  ])('is mended when somebody changes %s', (_, harm) => {
    const decisions = [quarantine('D1', 'lan', ['10.1.0.53/32'])];
    table.sync(decisions, Date.now());
    network.run('gateway', 'nft', [harm]);
    const { differences, error } = table.sync(decisions, Date.now());
    expect(error).toBeUndefined();
    expect(differences).not.toEqual([]);
    expect(table.sync(decisions, Date.now())).toEqual({ differences: [] });
  });

  test('takes exceptions that overlap', () => {
    const first = quarantine('D1', 'lan', ['10.1.0.0/25', 'fd00:1::53/128']);
    const second = quarantine('D2', 'lan', ['10.1.0.53/32', 'fd00:1::/64', 'fd00:1::53/128'], '10.1.0.12');
    for (const decisions of [[first, second], [second]]) {
      expect(table.sync(decisions, Date.now()).error).toBeUndefined();
      expect(table.sync(decisions, Date.now())).toEqual({ differences: [] });
    }
  });

  test('leaves other tables of the family alone', () => {
    network.run('gateway', 'nft', ['add table bridge filter; add chain bridge filter forward']);
    table.sync([quarantine('D1', 'lan', [])], Date.now());
    table.sync([], Date.now());
    expect(nft.listTables('bridge').map(({ name }) => name)).toEqual(['filter']);
    network.run('gateway', 'nft', ['delete table bridge filter']);
  });
});

describe.each([
  ['IPv4', '10.1.0.'],
  ['IPv6', 'fd00:1::'],
])('over %s', (_, prefix) => {
  beforeAll(async () => {
    table.sync([], Date.now());
    expect(await pings('host', `${prefix}11`)).toBe(true);
    table.sync([quarantine('D1', 'lan', ['10.1.0.53/32', 'fd00:1::53/128'])], Date.now());
  });

  test('neighbours are cut off in both directions, by the old address and by a new one', async () => {
    const fresh = `${prefix}77`;
    network.ip('host', `address add ${fresh}/${prefix.includes(':') ? 64 : 24} dev eth0`);
    const attempts = [
      pings('host', `${prefix}11`),
      pings('neighbour', `${prefix}10`),
      pings('neighbour', fresh),
    ];
    expect(await Promise.all(attempts)).toEqual([false, false, false]);
    network.ip('host', `address del ${fresh}/${prefix.includes(':') ? 64 : 24} dev eth0`);
  });

  test('an exception on the same bridge is reached, even when nobody knows anybody any more', async () => {
    for (const host of ['host', 'server']) network.ip(host, 'neighbour flush all');
    expect(await pings('host', `${prefix}53`)).toBe(true);
    for (const host of ['host', 'server']) network.ip(host, 'neighbour flush all');
    expect(await pings('server', `${prefix}10`)).toBe(true);
  });

  test('a new link-layer address does not help the old address', async () => {
    network.ip('host', 'link set eth0 address 02:00:00:00:00:aa');
    expect(await pings('host', `${prefix}11`)).toBe(false);
    network.ip('host', `link set eth0 address ${HOST}`);
  });

  test('others talk as before, and all do once it is lifted', async () => {
    expect(await pings('neighbour', `${prefix}53`)).toBe(true);
    table.sync([], Date.now());
    expect(await pings('host', `${prefix}11`)).toBe(true);
  });
});
