/** Events of connections, because each is a datagram. */
import { createSocket } from 'node:dgram';
import { promisify } from 'node:util';
import { NETLINK_NETFILTER, NetlinkSocket, NFNLGRP_CONNTRACK_NEW } from 'node-netlink';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ThreadNamespace } from '../../namespaces/thread.ts';
import { trackedNamespace } from '../conntrack/traffic.ts';

const EVENTS = 200;

let namespace: ThreadNamespace;
beforeEach(() => {
  namespace = trackedNamespace();
});
afterEach(() => namespace[Symbol.dispose]());

function listener(options: { batch: number; datagramBytes?: number }): NetlinkSocket {
  const socket = NetlinkSocket.open({ protocol: NETLINK_NETFILTER, receiveBufferBytes: 4 << 20, ...options });
  socket.join(NFNLGRP_CONNTRACK_NEW);
  return socket;
}

async function connect(count: number): Promise<void> {
  const socket = createSocket('udp4');
  const send = promisify(socket.send.bind(socket)) as (
    text: string,
    port: number,
    to: string,
  ) => Promise<number>;
  for (let i = 0; i < count; i++) await send('hello', 20_000 + i, '192.0.2.2');
  socket.close();
}

function* datagrams(socket: NetlinkSocket): Generator<string> {
  for (let received = socket.receive(); received !== 'empty'; received = socket.receive())
    yield typeof received === 'string'
      ? received
      : Buffer.from(socket.bytes.subarray(0, received)).toString('hex');
}

describe('datagrams taken many at once', () => {
  it.each([2, 64, 1_024])('are those that are taken one by one, in their order: %d', async (batch) => {
    using alone = listener({ batch: 1 });
    using together = listener({ batch });
    await connect(EVENTS);
    const expected = [...datagrams(alone)];
    expect(expected).toHaveLength(EVENTS);
    expect([...datagrams(together)]).toEqual(expected);
    expect(together.receive()).toBe('empty');
  });

  it('go on after one that does not fit', async () => {
    using socket = listener({ batch: 64, datagramBytes: 24 });
    await connect(3);
    for (let i = 0; i < 3; i++) expect(() => socket.receive()).toThrow('does not fit');
    expect(socket.receive()).toBe('empty');
  });
});
