import { readdirSync } from 'node:fs';
import { type MessageWriter, NETLINK_NETFILTER, NetlinkClient, Poller } from 'node-netlink';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../../src/address/address.ts';
import { type ConntrackEntry, copyEntry, type Tuple } from '../../../src/conntrack/entry.ts';
import { ConntrackKernelError } from '../../../src/conntrack/errors.ts';
import { type DumpFilter, writeDump } from '../../../src/conntrack/filter.ts';
import { ConntrackSocket } from '../../../src/conntrack/socket.ts';
import { IPS_ASSURED, IPS_DST_NAT, IPS_SEEN_REPLY, IPS_SRC_NAT } from '../../../src/conntrack/status.ts';
import type { ThreadNamespace } from '../../namespaces/thread.ts';
import { ping, tcp, trackedNamespace, udp } from './traffic.ts';

const ALL = Number.MAX_SAFE_INTEGER;

let namespace: ThreadNamespace;

/** Each test of the group has a namespace of its own. */
function freshNamespaces(): void {
  beforeEach(() => {
    namespace = trackedNamespace();
  });
  afterEach(() => namespace[Symbol.dispose]());
}

function drain(socket: ConntrackSocket, limit = ALL): ConntrackEntry[] {
  const events: ConntrackEntry[] = [];
  expect(socket.drain((entry) => events.push(copyEntry(entry)), limit).lost).toBe(false);
  return events;
}

function dump(socket: ConntrackSocket, filter: DumpFilter = {}): ConntrackEntry[] {
  const entries: ConntrackEntry[] = [];
  const { interrupted } = socket.dump(filter, (entry) => entries.push(copyEntry(entry)));
  expect(interrupted).toBe(false);
  return entries;
}

function ends({ source, destination }: Tuple): string {
  return `${formatAddress(source)} > ${formatAddress(destination)}`;
}

/** The only entry to this port, or of this ICMP type. */
function entryTo(socket: ConntrackSocket, port: number): ConntrackEntry {
  const found = dump(socket).filter(
    ({ original }) => original.destinationPort === port || original.icmpType === port,
  );
  expect(found).toHaveLength(1);
  return found[0];
}

describe('events', () => {
  freshNamespaces();

  it.each([
    ['IPv4', '192.0.2.1', '192.0.2.2', 1_268],
    ['IPv6', '2001:db8::1', '2001:db8::2', 1_368],
  ])('of a TCP connection over %s come in order', async (_, source, destination, bytes) => {
    using socket = ConntrackSocket.open();
    const before = Date.now();
    await tcp(source, destination, 443);
    const [entry] = dump(socket);
    expect(socket.delete(entry)).toBe('deleted');
    const events = drain(socket);
    const kinds = events.map(({ event }) => event);
    expect([kinds[0], kinds.at(-1)]).toEqual(['new', 'destroy']);
    expect(new Set(kinds.slice(1, -1))).toEqual(new Set(['update']));
    expect(new Set(events.map(({ id }) => id))).toEqual(new Set([entry.id]));
    const states = events.map(({ tcpState }) => tcpState);
    expect(states).toEqual([...states].sort((a, b) => a - b));
    const last = events[events.length - 1];
    expect(ends(last.original)).toBe(`${source} > ${destination}`);
    expect(ends(last.reply)).toBe(`${destination} > ${source}`);
    expect(last.original).toMatchObject({ protocol: 6, destinationPort: 443 });
    // 1,000 bytes out and 3,000 back, and the headers of at least four packets each way.
    expect(last.hasCounters).toBe(true);
    expect(last.originalBytes).toBeGreaterThanOrEqual(bytes - 2 * 72);
    expect(last.replyBytes).toBeGreaterThan(last.originalBytes + 1_000);
    expect(last.startedAtMs).toBeGreaterThanOrEqual(before - 1);
    expect(last.stoppedAtMs).toBeGreaterThan(last.startedAtMs);
    expect(last.stoppedAtMs).toBeLessThanOrEqual(Date.now() + 1);
  });

  it.each([
    ['UDP over IPv4', 17, () => udp('192.0.2.1', 5_000, '192.0.2.2', [53])],
    ['UDP over IPv6', 17, () => udp('2001:db8::1', 5_000, '2001:db8::2', [53])],
    ['ICMP', 1, () => ping(namespace, '192.0.2.1', '192.0.2.2')],
    ['ICMPv6', 58, () => ping(namespace, '2001:db8::1', '2001:db8::2')],
  ])('of %s', async (_, protocol, traffic) => {
    using socket = ConntrackSocket.open();
    await traffic();
    const events = drain(socket).filter(({ original }) => original.protocol === protocol);
    expect(events.map(({ event }) => event)).toEqual(['new', 'update']);
    expect(events.map(({ status }) => (status & IPS_SEEN_REPLY) !== 0)).toEqual([false, true]);
    if (protocol !== 17) expect(events[0].original.icmpType).toBe(protocol === 1 ? 8 : 128);
    else expect(events[0].original).toMatchObject({ sourcePort: 5_000, destinationPort: 53, icmpType: -1 });
  });

  it('show both sides of a translated connection', async () => {
    using socket = ConntrackSocket.open();
    await tcp('192.0.2.1', '198.51.100.1', 80, { host: '192.0.2.2', port: 8_080 });
    const [first] = drain(socket);
    expect(ends(first.original)).toBe('192.0.2.1 > 198.51.100.1');
    expect(ends(first.reply)).toBe('192.0.2.2 > 203.0.113.1');
    expect([first.original.destinationPort, first.reply.sourcePort]).toEqual([80, 8_080]);
    expect(first.status & (IPS_SRC_NAT | IPS_DST_NAT)).toBe(IPS_SRC_NAT | IPS_DST_NAT);
  });

  it('of the kinds subscribed to only', async () => {
    using socket = ConntrackSocket.open({ events: ['destroy'] });
    await udp('192.0.2.1', 5_000, '192.0.2.2', [53]);
    expect(drain(socket)).toEqual([]);
    namespace.run('conntrack', '-F');
    expect(drain(socket).map(({ event }) => event)).toEqual(['destroy']);
  });

  it('are drained up to a limit, and wake a poller', async () => {
    using socket = ConntrackSocket.open({ events: ['new'] });
    const poller = new Poller([socket.fd]);
    expect(poller.wait(0)).toBe(0);
    await udp('192.0.2.1', 5_000, '192.0.2.2', [53, 54, 55]);
    expect(poller.wait(0)).toBe(1);
    const ports: number[] = [];
    const take = ({ original }: ConntrackEntry) => ports.push(original.destinationPort);
    expect(socket.drain(take, 2)).toEqual({ events: 2, lost: false, more: true });
    expect(socket.drain(take, 2)).toEqual({ events: 1, lost: false, more: false });
    expect(ports).toEqual([53, 54, 55]);
  });

  it('come in order where tuples are used again at once, and ends that nobody waits for come last', async () => {
    using socket = ConntrackSocket.open({ events: ['new', 'destroy'] });
    const again = Array.from({ length: 300 }, (_, i) => 20_000 + i);
    const once = again.map((port) => port + 1_000);
    for (let round = 0; round < 3; round++) {
      await udp('192.0.2.1', 5_000, '192.0.2.2', again, false);
      namespace.run('conntrack', '-F');
    }
    await udp('192.0.2.1', 5_000, '192.0.2.2', once, false);
    const events = drain(socket).filter(({ original }) => original.protocol === 17);
    expect(events).toHaveLength(7 * again.length);
    const ports = Map.groupBy(events, ({ original }) => original.destinationPort);
    const pair = ['new', 'destroy'];
    for (const port of again)
      expect(ports.get(port)?.map(({ event }) => event)).toEqual([...pair, ...pair, ...pair]);
    expect(new Set(events.slice(-again.length).map(({ event }) => event))).toEqual(new Set(['destroy']));
  });

  it('that are lost are reported, and a dump finds what they told', async () => {
    using socket = ConntrackSocket.open({ events: ['new'], receiveBufferBytes: 4_096 });
    const ports = Array.from({ length: 300 }, (_, i) => 20_000 + i);
    await udp('192.0.2.1', 5_000, '192.0.2.2', ports, false);
    let seen = 0;
    const drained = socket.drain(() => {
      seen += 1;
    }, ALL);
    expect(drained.lost).toBe(true);
    expect(seen).toBeLessThan(ports.length);
    const dumped = dump(socket).map(({ original }) => original.destinationPort);
    expect(dumped.sort()).toEqual(ports);
    await udp('192.0.2.1', 5_000, '192.0.2.2', [53], false);
    expect(drain(socket).map(({ original }) => original.destinationPort)).toEqual([53]);
  });
});

describe('dump', () => {
  let startedAtMs: number;
  beforeAll(async () => {
    startedAtMs = Date.now();
    namespace = trackedNamespace();
    await udp('192.0.2.1', 5_000, '192.0.2.2', [53, 4_003]);
    await udp('192.0.2.1', 5_000, '192.0.2.2', [54], false);
    await udp('2001:db8::1', 5_000, '2001:db8::2', [56]);
    await udp('2001:db8::2', 5_000, '2001:db8::1', [57]);
    await udp('192.0.2.1', 5_000, '192.0.2.2', [4_001]);
    await tcp('192.0.2.1', '198.51.100.1', 80, { host: '192.0.2.2', port: 8_080 });
  });

  afterAll(() => namespace[Symbol.dispose]());

  const client = parseAddress('192.0.2.1');
  it.each<[string, DumpFilter, number[]]>([
    ['nothing', {}, [53, 54, 56, 57, 80, 4_001, 4_003]],
    ['IPv4', { family: 4 }, [53, 54, 80, 4_001, 4_003]],
    ['IPv6', { family: 6 }, [56, 57]],
    ['a mark', { mark: { value: 0xdeadbeef, mask: 0xffffffff } }, [4_003]],
    ['a bit of a mark that is off', { family: 4, mark: { value: 0, mask: 0x80000000 } }, [53, 54, 80, 4_001]],
    ['answered', { status: { value: IPS_SEEN_REPLY, mask: IPS_SEEN_REPLY } }, [53, 56, 57, 80, 4_001, 4_003]],
    ['not answered', { status: { value: 0, mask: IPS_SEEN_REPLY } }, [54]],
    ['assured', { status: { value: IPS_ASSURED, mask: IPS_ASSURED } }, [80]],
    ['the default zone', { zone: 0, family: 4 }, [53, 54, 80, 4_003]],
    ['a zone', { zone: 7 }, [4_001]],
    ['an original destination', { original: { destination: parseAddress('198.51.100.1') } }, [80]],
    [
      'both original addresses',
      { original: { source: client, destination: parseAddress('192.0.2.2') } },
      [53, 54, 4_001, 4_003],
    ],
    ['address and protocol', { original: { source: client, protocol: 6 } }, [80]],
    ['a protocol', { original: { protocol: 6 } }, [80]],
    ['an IPv6 source', { original: { source: parseAddress('2001:db8::1') } }, [56]],
    ['where it really went', { reply: { source: parseAddress('192.0.2.2'), protocol: 6 } }, [80]],
    ['the translated source', { reply: { destination: parseAddress('203.0.113.1') } }, [80]],
    ['an IPv6 reply', { reply: { source: parseAddress('2001:db8::2') } }, [56]],
    ['an address nobody has', { original: { source: parseAddress('203.0.113.99') } }, []],
  ])('filtered by %s', (_, filter, ports) => {
    using socket = ConntrackSocket.open({ events: [] });
    const found = dump(socket, filter).map(({ original }) => original.destinationPort);
    expect(found.sort((a, b) => a - b)).toEqual(ports);
  });

  it('has counters, times and kind', async () => {
    using socket = ConntrackSocket.open({ events: [] });
    for (const entry of dump(socket)) {
      expect(entry).toMatchObject({ event: 'dump', hasCounters: true, stoppedAtMs: 0 });
      expect(entry.startedAtMs).toBeGreaterThanOrEqual(startedAtMs);
      expect(entry.startedAtMs).toBeLessThanOrEqual(Date.now() + 1);
      expect(entry.timeoutSeconds).toBeGreaterThan(0);
    }
    expect(entryTo(socket, 53)).toMatchObject({
      originalPackets: 1,
      originalBytes: 33,
      replyPackets: 1,
      replyBytes: 34,
    });
    expect(entryTo(socket, 54)).toMatchObject({ originalPackets: 1, replyPackets: 0, replyBytes: 0 });
  });

  it.each<[string, DumpFilter, number]>([
    ['family', { family: 6 }, 2],
    ['mark', { mark: { value: 0xdeadbeef, mask: 0xffffffff } }, 1],
    ['original IPv4 address', { original: { destination: parseAddress('198.51.100.1') } }, 1],
  ])('is narrowed by the kernel for %s', (_, filter, count) => {
    using client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
    let messages = 0;
    client.dump(
      'dump',
      (writer: MessageWriter) => writeDump(writer, filter),
      () => {
        messages += 1;
      },
    );
    expect(messages).toBe(count);
  });
});

describe('delete', () => {
  freshNamespaces();

  it.each([
    ['UDP over IPv4', 53, () => udp('192.0.2.1', 5_000, '192.0.2.2', [53])],
    ['UDP over IPv6', 53, () => udp('2001:db8::1', 5_000, '2001:db8::2', [53])],
    ['UDP in a zone', 4_001, () => udp('192.0.2.1', 5_000, '192.0.2.2', [4_001])],
    ['UDP in a zone of one direction', 4_002, () => udp('192.0.2.1', 5_000, '192.0.2.2', [4_002])],
  ])('takes this very entry of %s, never its successor', async (_, port, traffic) => {
    using socket = ConntrackSocket.open({ events: [] });
    await traffic();
    const entry = entryTo(socket, port);
    const found = socket.find(entry);
    expect([found?.id, found?.original]).toEqual([entry.id, entry.original]);
    expect(socket.delete(entry)).toBe('deleted');
    expect(socket.find(entry)).toBeUndefined();
    expect(socket.delete(entry)).toBe('gone');
    await traffic();
    const successor = entryTo(socket, port);
    expect({ ...successor.original }).toEqual({ ...entry.original });
    expect(successor.startedAtMs).toBeGreaterThan(entry.startedAtMs);
    expect(socket.delete(entry)).toBe('gone');
    expect(entryTo(socket, port).startedAtMs).toBe(successor.startedAtMs);
    expect(socket.delete(successor)).toBe('deleted');
  });

  it('takes an entry known from an event, which has no start time', async () => {
    using socket = ConntrackSocket.open({ events: ['new'] });
    await udp('192.0.2.1', 5_000, '192.0.2.2', [53]);
    const [event] = drain(socket);
    expect(event.startedAtMs).toBe(0);
    expect(socket.delete({ ...event, id: event.id + 1 })).toBe('gone');
    expect(socket.delete(event)).toBe('deleted');
    expect(dump(socket)).toEqual([]);
  });

  it.each([
    ['ICMP', 8, '192.0.2.1', '192.0.2.2'],
    ['ICMPv6', 128, '2001:db8::1', '2001:db8::2'],
  ])('takes an entry of %s', (_, type, source, destination) => {
    using socket = ConntrackSocket.open({ events: [] });
    ping(namespace, source, destination);
    const entry = entryTo(socket, type);
    expect(socket.delete(entry)).toBe('deleted');
    expect(socket.delete(entry)).toBe('gone');
  });

  it('takes a translated connection by its original side', async () => {
    using socket = ConntrackSocket.open({ events: [] });
    await tcp('192.0.2.1', '198.51.100.1', 80, { host: '192.0.2.2', port: 8_080 });
    expect(socket.delete(entryTo(socket, 80))).toBe('deleted');
    expect(dump(socket)).toEqual([]);
  });

  it('says what the kernel refuses', async () => {
    using socket = ConntrackSocket.open({ events: [] });
    ping(namespace, '192.0.2.1', '192.0.2.2');
    const entry = entryTo(socket, 8);
    entry.original.icmpType = 200;
    expect(() => socket.find(entry)).toThrow(ConntrackKernelError);
    expect(() => socket.find(entry)).toThrow('conntrack get: EINVAL');
    expect(() => socket.delete({ ...entry, startedAtMs: 0 })).toThrow('conntrack delete: EINVAL');
  });
});

describe('open', () => {
  freshNamespaces();

  it('leaves no descriptor behind, closed or failed', () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    ConntrackSocket.open().close();
    const unknownEvent = 'expectation' as 'new';
    expect(() => ConntrackSocket.open({ events: [unknownEvent] })).toThrow(ConntrackKernelError);
    expect(descriptors()).toBe(before);
  });
});
