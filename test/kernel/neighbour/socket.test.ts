/** The neighbour table and links of a real kernel: what is read is what `ip` says. */
import { Poller } from 'node-netlink';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { LinkTable } from '../../../src/neighbour/link-table.ts';
import type { RouteMessage } from '../../../src/neighbour/neighbour.ts';
import { NeighbourSocket } from '../../../src/neighbour/socket.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

let namespace: ThreadNamespace;
let socket: NeighbourSocket;

beforeAll(() => {
  namespace = new ThreadNamespace();
  const ip = (line: string) => namespace.run('ip', ...line.split(' '));
  ip('link add lan type bridge');
  ip('link add port type veth peer name far');
  ip('link set port master lan');
  ip('link add link lan name above type macvlan');
  ip('tuntap add tunnel mode tun');
  for (const name of ['lan', 'port', 'far', 'above']) ip(`link set ${name} up`);
  socket = NeighbourSocket.open();
});
afterAll(() => {
  socket?.close();
  namespace?.[Symbol.dispose]();
});

function dump(): RouteMessage[] {
  const messages: RouteMessage[] = [];
  socket.dump((message) => messages.push(message));
  return messages;
}

function links(): LinkTable {
  const table = new LinkTable();
  for (const message of dump()) if (message.kind === 'link') table.put(message.link);
  return table;
}

function byName(table: LinkTable, name: string) {
  const found = [...table.values()].find((link) => link.name === name);
  if (!found) throw new Error(`no link ${name}`);
  return found;
}

/** Notifications until one fits. */
function next<T>(take: (message: RouteMessage) => T | undefined): T {
  const poller = new Poller([socket.fd]);
  for (;;) {
    const found: T[] = [];
    socket.drain((message) => {
      const taken = take(message);
      if (taken !== undefined) found.push(taken);
    }, 1_000);
    if (found.length > 0) return found[0];
    if (poller.wait(5_000) === 0) throw new Error('no such notification');
  }
}

test('links have their kind, carrier, bridge and link-layer address', () => {
  const table = links();
  const [lan, port, above] = ['lan', 'port', 'above'].map((name) => byName(table, name));
  expect(lan).toMatchObject({ kind: 'bridge', isEthernet: true, master: 0 });
  expect(lan.mac).toBe(namespace.run('ip', '-br', 'link', 'show', 'lan').split(/\s+/)[2]);
  expect(port).toMatchObject({ kind: 'veth', master: lan.index });
  expect(above).toMatchObject({ kind: 'macvlan', below: lan.index });
  expect(byName(table, 'tunnel')).toMatchObject({ isEthernet: false, mac: undefined });
  expect(byName(table, 'lo')).toMatchObject({ isEthernet: false });
});

test('the bridge under a link is found, and there is none where there is none', () => {
  const table = links();
  const bridge = (name: string) => table.bridgeOf(byName(table, name).index)?.name;
  expect(['lan', 'above', 'port', 'far', 'lo'].map(bridge)).toEqual([
    'lan',
    'lan',
    'lan',
    undefined,
    undefined,
  ]);
});

test.each([
  ['10.1.0.10', '02:00:00:00:00:0a'],
  ['fd00:1::10', '02:00:00:00:00:0b'],
  ['fe80::10', '02:00:00:00:00:0c'],
])('neighbour %s is dumped and announced, changed and gone', (address, mac) => {
  const isIt = (message: RouteMessage) =>
    message.kind === 'neighbour' && formatAddress(message.neighbour.address) === address
      ? message.neighbour
      : undefined;
  const ip = (verb: string, ...more: string[]) =>
    namespace.run('ip', 'neighbour', verb, address, 'dev', 'lan', ...more);
  const lan = byName(links(), 'lan').index;
  ip('replace', 'lladdr', mac, 'nud', 'stale');
  expect(next(isIt)).toMatchObject({ interfaceIndex: lan, mac });
  expect(dump().flatMap((message) => isIt(message) ?? [])).toMatchObject([{ interfaceIndex: lan, mac }]);
  ip('replace', 'lladdr', '02:00:00:00:00:ff', 'nud', 'reachable');
  expect(next(isIt).mac).toBe('02:00:00:00:00:ff');
  ip('change', 'nud', 'failed');
  expect(next(isIt).mac).toBeUndefined();
  ip('del');
  expect(dump().flatMap((message) => isIt(message) ?? [])).toEqual([]);
});

test('a link that comes, changes its bridge and goes is announced', () => {
  const isNew = (message: RouteMessage) =>
    message.kind === 'link' && message.link.name === 'late' ? message.link : undefined;
  namespace.run('ip', 'link', 'add', 'late', 'type', 'veth', 'peer', 'name', 'later');
  const { index } = next(isNew);
  namespace.run('ip', 'link', 'set', 'late', 'master', 'lan');
  next((message) => isNew(message)?.master || undefined);
  namespace.run('ip', 'link', 'del', 'late');
  expect(next((message) => (message.kind === 'link-gone' && message.index === index) || undefined)).toBe(
    true,
  );
});

test('a reader that is too slow is told that notifications are lost', () => {
  using small = NeighbourSocket.open({ receiveBufferBytes: 4_096 });
  const lines = Array.from(
    { length: 200 },
    (_, i) => `neighbour replace 10.9.0.${i + 1} dev lan lladdr 02:00:00:00:01:00 nud stale`,
  );
  namespace.run('sh', '-c', `printf '%s\\n' "$@" | ip -batch -`, 'sh', ...lines);
  expect(small.drain(() => {}, 1)).toEqual({ lost: true, more: true });
  // Until all that waited is taken the kernel drops without a word.
  expect(small.drain(() => {}, 10_000)).toEqual({ lost: true, more: false });
  expect(small.drain(() => {}, 10_000)).toEqual({ lost: false, more: false });
  expect(dump().filter(({ kind }) => kind === 'neighbour').length).toBeGreaterThanOrEqual(200);
});
