import { Nftables, SetElements } from 'node-nftables';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { LOG_GROUP, readPrefix } from '../../../src/enforcement/ruleset/telling.ts';
import { TABLE } from '../../../src/enforcement/sets.ts';
import { NflogSocket } from '../../../src/nflog/socket.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { until } from '../../network/waiting.ts';

const LISTED = '198.51.100.9';

let namespace: ThreadNamespace;
let resources: DisposableStack;
let elements: SetElements;
let log: NflogSocket;
let told: string[];

/** Inside hosts are addresses of this machine; what they send goes out by a device behind which nobody is. */
beforeEach(() => {
  namespace = new ThreadNamespace();
  resources = new DisposableStack();
  namespace.run('ip', 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'nowhere');
  for (const device of ['out', 'nowhere']) namespace.run('ip', 'link', 'set', device, 'up');
  for (const last of [10, 11, 12]) namespace.run('ip', 'address', 'add', `10.1.0.${last}/24`, 'dev', 'out');
  for (const to of ['198.51.100.0/24', '203.0.113.0/24'])
    namespace.run('ip', 'route', 'add', to, 'dev', 'out');
  elements = resources.use(SetElements.open());
  new KernelTable(resources.use(Nftables.open()), elements).install();
  namespace.nft(`add element inet penstock pass { ${Array.from({ length: 16 }, (_, i) => `${i * 0x10000000}`).join(', ')} }
add element inet penstock inside4 { 10.1.0.0/24 }
add element inet penstock denied4 { 198.51.100.0/24 }
`);
  log = resources.use(NflogSocket.open({ group: LOG_GROUP }));
  told = [];
});

afterEach(() => {
  resources.dispose();
  namespace[Symbol.dispose]();
});

/** Datagrams, each from another port, as fast as they go. */
function send(from: string, to: string, count: number): void {
  const script = `const { createSocket } = require('dgram');
    let left = ${count};
    const next = () => {
      if (left-- === 0) return;
      const socket = createSocket('udp4');
      socket.bind(0, '${from}', () => socket.send('x', 53, '${to}', () => { socket.close(); next(); }));
    };
    next();`;
  namespace.run(process.execPath, '-e', script);
}

function listen(): string[] {
  while (
    log.drain(({ source, destination, prefix }) => {
      const kind = readPrefix(prefix);
      told.push(
        `${kind?.told}${kind?.translated ? ' by way of' : ''} ${formatAddress(source)} ${formatAddress(destination)}`,
      );
    }, 100)
  );
  return told;
}

function counted(name: string): number {
  return elements.counters(TABLE).get(name)?.packets ?? -1;
}

it('of one sender so many packets are told and all are counted, and another is told of all the same', async () => {
  const began = performance.now();
  send('10.1.0.10', LISTED, 700);
  expect(counted('denied')).toBe(700);
  const ofFirst = () => listen().filter((each) => each === `denied 10.1.0.10 ${LISTED}`).length;
  await until('the first packets to be told', () => ofFirst() >= 250);
  send('10.1.0.11', LISTED, 20);
  await until('the other sender', () => listen().filter((each) => each.includes('10.1.0.11')).length === 20);
  expect(counted('denied')).toBe(720);
  // The burst, and what was sent after it at the rate.
  expect(ofFirst()).toBeLessThanOrEqual(251 + (50 * (performance.now() - began)) / 1_000);
  expect(log.counters).toMatchObject({ missed: 0, undecodable: 0 });
});

it('what DNAT leads to a listed address is told as such, in mode enforce', async () => {
  namespace.nft(`table ip nat {
  chain output {
    type nat hook output priority -100
    ip daddr 203.0.113.5 dnat to ${LISTED}
  }
}`);
  send('10.1.0.12', '203.0.113.5', 1);
  expect([listen(), counted('denied')]).toEqual([[], 0]);
  namespace.nft('add element inet penstock strict { ipv4 }');
  send('10.1.0.12', '203.0.113.5', 1);
  await until('a packet', () => listen().length > 0);
  expect([told, counted('denied')]).toEqual([[`denied by way of 10.1.0.12 ${LISTED}`], 1]);
});

it('what nobody denies is neither told nor counted', () => {
  send('10.1.0.10', '203.0.113.9', 3);
  expect([listen(), counted('denied'), counted('refused')]).toEqual([[], 0, 0]);
});

it('the counters of a table that is not there are none', () => {
  expect(elements.counters({ family: 'inet', name: 'other' }).size).toBe(0);
});
