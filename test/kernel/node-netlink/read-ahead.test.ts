/** Dumps that a thread reads: of connections, because a table of them is soon larger than the ring. */
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  beginNetfilter,
  type DumpWalk,
  type MessageCursor,
  type MessageWriter,
  NETLINK_NETFILTER,
  NetlinkClient,
  NFNL_SUBSYS_CTNETLINK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  netfilterType,
  ReadAhead,
} from 'node-netlink';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IPCTNL_MSG_CT_GET } from '../../../src/conntrack/message.ts';
import type { ThreadNamespace } from '../../namespaces/thread.ts';
import { until } from '../../network/waiting.ts';
import { trackedNamespace } from '../conntrack/traffic.ts';

/** More than fit into the ring, at most 150 in a place. */
const CONNECTIONS = 12_000;

let namespace: ThreadNamespace;
beforeAll(async () => {
  namespace = trackedNamespace();
  // None may expire while dumps are compared.
  writeFileSync('/proc/sys/net/netfilter/nf_conntrack_udp_timeout', '600\n');
  const socket = createSocket('udp4');
  const send = promisify(socket.send.bind(socket)) as (
    text: string,
    port: number,
    to: string,
  ) => Promise<number>;
  for (let i = 0; i < CONNECTIONS; i++) await send('hello', 20_000 + i, '192.0.2.2');
  socket.close();
});
afterAll(() => namespace[Symbol.dispose]());

function connections(writer: MessageWriter): void {
  beginNetfilter(writer, netfilterType(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET), NLM_F_REQUEST | NLM_F_DUMP);
  writer.end();
}

const bytesOf = ({ view, start, end }: MessageCursor): string =>
  Buffer.from(view.buffer, view.byteOffset + start, end - start).toString('hex');

async function all(walk: DumpWalk): Promise<string[]> {
  const found: string[] = [];
  const step = () => walk.step((message) => found.push(bytesOf(message)), 3);
  const isOver = () => {
    let state = step();
    while (state === 'more') state = step();
    return state === 'done';
  };
  await until('the end of the dump', isOver, { everyMs: 1 });
  return found;
}

/** What a connection is, without what changes by itself: its time-out is in a message of fixed layout. */
const tuples = (messages: string[]) => messages.map((hex) => hex.slice(8, 8 + 2 * 104)).toSorted();

describe('a dump that a thread reads', () => {
  it('is the same as one that its owner reads, time and again', async () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    using ahead = new ReadAhead();
    const alone = tuples(await all(client.walk('dump', connections)));
    expect(alone.length).toBeGreaterThanOrEqual(CONNECTIONS);
    // The owner begins it, and the thread takes over when it has started.
    expect(tuples(await all(client.walk('dump', connections, ahead)))).toEqual(alone);
    await until('the thread', () => ahead.ready);
    for (let round = 0; round < 2; round++)
      expect(tuples(await all(client.walk('dump', connections, ahead)))).toEqual(alone);
    expect(tuples(await all(client.walk('dump', connections)))).toEqual(alone);
  });

  it('waits with what the owner has not taken', async () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    using ahead = new ReadAhead();
    await until('the thread', () => ahead.ready);
    const walk = client.walk('dump', connections, ahead);
    let first = 0;
    await until('the first part', () => {
      walk.step(() => first++, 1);
      return first > 0;
    });
    // The ring is full by the time that another client has the whole table.
    using other = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    const whole = await all(other.walk('dump', connections));
    expect(first + (await all(walk)).length).toBe(whole.length);
  });

  it('can be given up for another request on the same socket', async () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    using ahead = new ReadAhead();
    await until('the thread', () => ahead.ready);
    const broken = () => {
      throw new Error('the owner broke');
    };
    const walk = client.walk('dump', connections, ahead);
    await expect(until('an entry', () => walk.step(broken, 1) === 'done')).rejects.toThrow('the owner broke');
    expect((await all(client.walk('dump', connections, ahead))).length).toBeGreaterThanOrEqual(CONNECTIONS);
  });

  it('can be closed while it is read', async () => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    const ahead = new ReadAhead();
    await until('the thread', () => ahead.ready);
    client.walk('dump', connections, ahead);
    ahead.receive();
    ahead.close();
    expect(ahead.ready).toBe(false);
  });

  it('fails as the socket does', async () => {
    const client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    using ahead = new ReadAhead();
    await until('the thread', () => ahead.ready);
    const walk = client.walk('dump', connections, ahead);
    client.close();
    await expect(until('the end', () => walk.step(() => {}, 1) === 'done')).rejects.toMatchObject({
      code: 'EBADF',
      operation: 'recvfrom',
    });
  });
});
