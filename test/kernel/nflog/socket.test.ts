import { Poller } from 'node-netlink';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { NflogKernelError } from '../../../src/nflog/errors.ts';
import type { LoggedPacket } from '../../../src/nflog/packet.ts';
import { NflogSocket } from '../../../src/nflog/socket.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { until } from '../../network/waiting.ts';

const GROUP = 8731;
const MAC = '02:00:00:00:00:02';

let namespace: ThreadNamespace;
let peer: string;

/** This side of a veth pair has 192.0.2.1 and 2001:db8::1, the other .2 and ::2. */
beforeEach(() => {
  namespace = new ThreadNamespace();
  peer = `${namespace.name}-peer`;
  namespace.run('ip', 'netns', 'add', peer);
  const pair = ['type', 'veth', 'peer', 'name', 'out', 'address', MAC, 'netns', peer];
  namespace.run('ip', 'link', 'add', 'in', ...pair);
  const here = (...line: [string, ...string[]]) => namespace.run(...line);
  for (const [run, device, last] of [[here, 'in', 1] as const, [onPeer, 'out', 2] as const]) {
    run('ip', 'address', 'add', `192.0.2.${last}/24`, 'dev', device);
    run('ip', 'address', 'add', `2001:db8::${last}/64`, 'dev', device, 'nodad');
    run('ip', 'link', 'set', device, 'up');
  }
});

afterEach(() => {
  namespace.run('ip', 'netns', 'del', peer);
  namespace[Symbol.dispose]();
});

function onPeer(command: string, ...args: string[]): string {
  return namespace.run('ip', 'netns', 'exec', peer, command, ...args);
}

function logAndDrop(match: string, log = `log prefix "no rule" group ${GROUP}`): void {
  namespace.nft(`table inet t {
  chain input {
    type filter hook input priority 0
    ${match} counter ${log} drop
  }
}`);
}

function drain(socket: NflogSocket): LoggedPacket[] {
  const packets: LoggedPacket[] = [];
  const copy = (packet: LoggedPacket) => {
    const { source, destination } = packet;
    packets.push({ ...packet, source: { ...source }, destination: { ...destination } });
  };
  while (socket.drain(copy, 100));
  return packets;
}

async function drained(socket: NflogSocket, count: number): Promise<LoggedPacket[]> {
  const packets: LoggedPacket[] = [];
  await until(`${count} packets`, () => packets.push(...drain(socket)) >= count);
  return packets;
}

function shown({ source, destination, protocol, destinationPort, icmpType }: LoggedPacket): string {
  const what = icmpType < 0 ? destinationPort : `type ${icmpType}`;
  return `${formatAddress(source)} > ${formatAddress(destination)} ${protocol} ${what}`;
}

/** Datagrams to a port of 192.0.2.1, from the other side. */
function send(count: number, port: number): void {
  const script = `const s = require('dgram').createSocket('udp4');
    let sent = 0;
    const next = () => s.send('x', ${port}, '192.0.2.1', () => (++sent < ${count} ? next() : s.close()));
    next();`;
  onPeer(process.execPath, '-e', script);
}

describe('what a rule logs', () => {
  it('comes with its headers, the rule’s words, where and when it came in, and who sent it', async () => {
    logAndDrop('meta iifname "in"');
    using socket = NflogSocket.open({ group: GROUP });
    const before = Date.now();
    onPeer(
      'bash',
      '-c',
      'exec 3>/dev/udp/192.0.2.1/53; echo x >&3; exec 3>/dev/udp/2001:db8::1/123; echo x >&3',
    );
    onPeer(
      'bash',
      '-c',
      'ping -q -c 1 -W 0.1 192.0.2.1; timeout 0.3 bash -c "echo > /dev/tcp/192.0.2.1/443"; true',
    );
    // IPv6 also sends router solicitations and neighbour discovery of its own.
    const packets = (await drained(socket, 4)).filter(({ protocol }) => protocol !== 58);
    expect(packets.map(shown)).toEqual(
      expect.arrayContaining([
        '192.0.2.2 > 192.0.2.1 17 53',
        '192.0.2.2 > 192.0.2.1 1 type 8',
        '192.0.2.2 > 192.0.2.1 6 443',
      ]),
    );
    const [first] = packets;
    expect(first).toMatchObject({
      prefix: 'no rule',
      hook: 1,
      hardwareAddress: MAC,
      known: 'transport',
      sequence: 0,
    });
    expect(first.inInterface).toBe(JSON.parse(namespace.run('ip', '-j', 'link', 'show', 'in'))[0].ifindex);
    expect(first.atMs).toBeGreaterThan(before - 1_000);
    expect(first.atMs).toBeLessThan(Date.now() + 1_000);
    expect(socket.counters).toMatchObject({ missed: 0, overruns: 0, undecodable: 0 });
  });

  it('wakes a poller', async () => {
    logAndDrop('udp dport 53');
    using socket = NflogSocket.open({ group: GROUP });
    const poller = new Poller([socket.fd]);
    expect(poller.wait(0)).toBe(0);
    send(1, 53);
    expect(poller.wait(5_000)).toBe(1);
    expect(drain(socket).map(shown)).toEqual(['192.0.2.2 > 192.0.2.1 17 53']);
  });

  it('IPv6 fragments, which come one by one where conntrack is off, are told apart', async () => {
    logAndDrop('exthdr frag exists');
    using socket = NflogSocket.open({ group: GROUP });
    onPeer('bash', '-c', 'ping -q -c 1 -W 0.1 -s 3000 2001:db8::1; true');
    const packets = await drained(socket, 3);
    expect(packets.map(({ known, isLaterFragment }) => `${known} ${isLaterFragment}`)).toEqual([
      'transport false',
      'addresses true',
      'addresses true',
    ]);
    expect(packets.map(({ protocol }) => protocol)).toEqual([58, 58, 58]);
  });
});

describe('a group', () => {
  it('belongs to one socket, and is free again when that is closed', () => {
    const first = NflogSocket.open({ group: GROUP });
    expect(() => NflogSocket.open({ group: GROUP })).toThrow(NflogKernelError);
    using _other = NflogSocket.open({ group: GROUP + 1 });
    first.close();
    using _again = NflogSocket.open({ group: GROUP });
  });

  it('has only what its rules log', async () => {
    logAndDrop('udp dport 53', `log group ${GROUP + 1}`);
    using socket = NflogSocket.open({ group: GROUP });
    using other = NflogSocket.open({ group: GROUP + 1 });
    send(1, 53);
    expect((await drained(other, 1)).map(({ prefix }) => prefix)).toEqual(['']);
    expect(drain(socket)).toEqual([]);
  });
});

describe('a flood', () => {
  it('that is too much for the queue is counted to the last packet', async () => {
    logAndDrop('udp dport 53');
    using socket = NflogSocket.open({ group: GROUP, receiveBufferBytes: 8_192, timeoutMs: 10 });
    send(3_000, 53);
    drain(socket);
    const counted = () => socket.counters.packets + socket.counters.missed;
    // Only the next packet's number shows what is missing before it.
    await until('all numbers', () => {
      send(1, 53);
      drain(socket);
      return counted() >= 3_001;
    });
    const { packets, missed, overruns } = socket.counters;
    expect(missed).toBeGreaterThan(0);
    expect(overruns).toBeGreaterThan(0);
    const dropped = Number(/packets (\d+)/.exec(namespace.run('nft', 'list', 'table', 'inet', 't'))?.[1]);
    await until(`${dropped} packets, had ${packets} and missed ${missed}`, () => {
      drain(socket);
      return counted() === dropped;
    });
  });

  it('is taken some packets at a time', async () => {
    logAndDrop('udp dport 53');
    using socket = NflogSocket.open({ group: GROUP, queueThreshold: 1 });
    send(50, 53);
    let taken = 0;
    expect(socket.drain(() => (taken += 1), 10)).toBe(true);
    expect(taken).toBe(10);
    await until('the rest', () => {
      socket.drain(() => (taken += 1), 100);
      return taken === 50;
    });
  });
});
