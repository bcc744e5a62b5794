import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import {
  beginNetfilter,
  MessageCursor,
  MessageWriter,
  NETLINK_NETFILTER,
  NetlinkError,
  NetlinkSocket,
  type NetlinkSocketOptions,
  NetlinkTruncatedError,
  NFNL_SUBSYS_NFTABLES,
  NFNLGRP_NFTABLES,
  netfilterType,
  Poller,
} from 'node-netlink';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ThreadNamespace } from '../../namespaces/thread.ts';

const NFT_MSG_NEWTABLE = 0;
const sendto: (
  fd: number,
  bytes: Uint8Array,
  length: number,
  flags: number,
  address: Uint8Array,
  addressLength: number,
) => number = koffi
  .load('libc.so.6')
  .func('long sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t n)');

let namespace: ThreadNamespace;
beforeAll(() => {
  namespace = new ThreadNamespace();
});
afterAll(() => namespace[Symbol.dispose]());

type Options = Partial<NetlinkSocketOptions>;

function nftablesSocket(options: Options = {}) {
  const socket = NetlinkSocket.open({ protocol: NETLINK_NETFILTER, ...options });
  socket.join(NFNLGRP_NFTABLES);
  return socket;
}

/** Send datagrams that look like a new table's to a netlink port, from another socket than the kernel's. */
function forge(portId: number, count: number): void {
  using other = NetlinkSocket.open({ protocol: NETLINK_NETFILTER });
  const writer = new MessageWriter();
  beginNetfilter(writer, netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWTABLE), 0);
  writer.end();
  const address = new Uint8Array(12);
  const view = new DataView(address.buffer);
  view.setUint16(0, 16, true);
  view.setUint32(4, portId, true);
  for (let i = 0; i < count; i++) {
    expect(sendto(other.fd, writer.bytes, writer.length, 0, address, 12)).toBe(writer.length);
  }
}

/** Types of the messages that are waiting. */
function drain(socket: NetlinkSocket): (number | 'overrun' | 'foreign')[] {
  const types: (number | 'overrun' | 'foreign')[] = [];
  const cursor = new MessageCursor();
  for (;;) {
    const received = socket.receive();
    if (received === 'empty') return types;
    if (typeof received === 'string') types.push(received);
    else for (cursor.load(socket.view, received); cursor.next(); ) types.push(cursor.type);
  }
}

describe.each([
  { how: 'one by one', batch: 1 },
  { how: 'many at once', batch: 64 },
])('NetlinkSocket that takes datagrams $how', ({ batch }) => {
  const open = (options: Options = {}) => nftablesSocket({ batch, ...options });
  afterEach(() => namespace.nft('flush ruleset'));

  it('receives the multicast groups it joins, and no longer after leaving', () => {
    using socket = open();
    expect(socket.receive()).toBe('empty');
    namespace.nft('add table inet a');
    expect(drain(socket)).toContain(netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWTABLE));
    socket.leave(NFNLGRP_NFTABLES);
    namespace.nft('add table inet b');
    expect(socket.receive()).toBe('empty');
  });

  it('reports lost events once and goes on', () => {
    using socket = open({ receiveBufferBytes: 2_048 });
    for (let i = 0; i < 12; i++) namespace.nft(`add table inet t${i}\nadd chain inet t${i} c`);
    const types = drain(socket);
    expect(types[0]).toBe('overrun');
    expect(types.filter((type) => type === 'overrun')).toHaveLength(1);
    namespace.nft('add table inet later');
    expect(drain(socket)).toContain(netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWTABLE));
  });

  it('is silent about lost events when asked to be', () => {
    using socket = open({ receiveBufferBytes: 2_048, noEnobufs: true });
    for (let i = 0; i < 12; i++) namespace.nft(`add table inet s${i}\nadd chain inet s${i} c`);
    expect(drain(socket)).not.toContain('overrun');
  });

  it('notices a datagram that does not fit', () => {
    using socket = open({ datagramBytes: 24 });
    namespace.nft('add table inet long');
    expect(() => socket.receive()).toThrow(NetlinkTruncatedError);
  });

  it('does not hear other processes', () => {
    using socket = open();
    forge(socket.portId, 200);
    expect(new Poller([socket.fd]).wait(0)).toBe(1);
    namespace.nft('add table inet heard');
    // It is the caller's turn now and then; 'empty' is said when nothing is left.
    const types = drain(socket);
    expect(types[0]).toBe('foreign');
    expect(types).toContain(netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWTABLE));
    expect(new Poller([socket.fd]).wait(0)).toBe(0);
  });

  it('has the queue it asked for, twice over as the kernel counts', () => {
    using socket = open({ receiveBufferBytes: 8 << 20 });
    expect(socket.receiveBufferBytes).toBe(16 << 20);
  });

  it('says which call failed and why', () => {
    const unknown = () => NetlinkSocket.open({ protocol: 31 });
    expect(unknown).toThrow(NetlinkError);
    expect(unknown).toThrow('socket: EPROTONOSUPPORT');
    using socket = open();
    expect(() => socket.join(4_000)).toThrow('join group: EINVAL');
    expect(() => socket.send(new Uint8Array(1 << 20), 1 << 20)).toThrow('send: EMSGSIZE');
  });

  it('is closed once', () => {
    const socket = open();
    socket.close();
    socket.close();
    expect(() => socket.receive()).toThrow(/^(recvfrom|recvmmsg): EBADF$/);
  });

  it('belongs to the namespace of the thread that opens it', () => {
    using outside = open();
    const inner = new ThreadNamespace();
    try {
      using inside = open();
      inner.nft('add table inet inner');
      expect(drain(inside)).toContain(netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWTABLE));
      expect(drain(outside)).toEqual([]);
    } finally {
      inner[Symbol.dispose]();
    }
  });
});

describe('Poller', () => {
  it('tells which of several descriptors are readable', () => {
    using first = nftablesSocket();
    using second = nftablesSocket();
    const poller = new Poller([first.fd, second.fd]);
    expect(poller.wait(0)).toBe(0);
    second.leave(NFNLGRP_NFTABLES);
    namespace.nft('add table inet polled');
    expect(poller.wait(5_000)).toBe(1);
    expect([poller.readable(0), poller.readable(1)]).toEqual([true, false]);
  });

  it('wakes for an overrun', () => {
    using socket = nftablesSocket({ receiveBufferBytes: 2_048 });
    for (let i = 0; i < 12; i++) namespace.nft(`add table inet o${i}\nadd chain inet o${i} c`);
    const poller = new Poller([socket.fd]);
    expect(poller.wait(0)).toBe(1);
    expect(poller.readable(0)).toBe(true);
    expect(socket.receive()).toBe('overrun');
  });

  it('wakes for a pipe, and tells when its other end is closed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poller-'));
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY);
    const poller = new Poller([reader]);
    expect(poller.wait(0)).toBe(0);
    writeSync(writer, 'x');
    expect([poller.wait(-1), poller.readable(0), poller.hungUp(0)]).toEqual([1, true, false]);
    closeSync(writer);
    expect([poller.wait(-1), poller.hungUp(0)]).toEqual([1, true]);
    closeSync(reader);
    rmSync(folder, { recursive: true });
  });
});
