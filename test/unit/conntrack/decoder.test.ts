import fc from 'fast-check';
import { MessageWriter, NetlinkDecodeError, NLM_F_CREATE, NLM_F_MULTI } from 'node-netlink';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../../src/address/address.ts';
import { copyEntry, emptyEntry, type Tuple } from '../../../src/conntrack/entry.ts';
import { ConntrackDecodeError } from '../../../src/conntrack/errors.ts';
import {
  IPS_ASSURED,
  IPS_CONFIRMED,
  IPS_DST_NAT,
  IPS_DYING,
  IPS_SEEN_REPLY,
  IPS_SRC_NAT,
} from '../../../src/conntrack/status.ts';
import {
  TCP_CONNTRACK_ESTABLISHED,
  TCP_CONNTRACK_SYN_SENT,
  TCP_CONNTRACK_TIME_WAIT,
} from '../../../src/conntrack/tcp-state.ts';
import { decodeBytes, decodeFrame, FRAMES, type Frame, frameBytes } from './frame.ts';

function show(tuple: Tuple): string {
  const { protocol, source, destination, sourcePort, destinationPort, icmpType } = tuple;
  const kind = icmpType < 0 ? `${sourcePort} > ${destinationPort}` : `type ${icmpType}`;
  return `${protocol} ${formatAddress(source)} > ${formatAddress(destination)} ${kind}`;
}

describe('real frames', () => {
  it.each<[Frame, string, string, string]>([
    ['tcp-ipv4-new', 'new', '6 192.0.2.1 > 192.0.2.2 57867 > 443', '6 192.0.2.2 > 192.0.2.1 443 > 57867'],
    [
      'tcp-ipv4-update',
      'update',
      '6 192.0.2.1 > 192.0.2.2 57867 > 443',
      '6 192.0.2.2 > 192.0.2.1 443 > 57867',
    ],
    ['tcp-ipv4-dump', 'dump', '6 192.0.2.1 > 192.0.2.2 57867 > 443', '6 192.0.2.2 > 192.0.2.1 443 > 57867'],
    [
      'tcp-ipv6-new',
      'new',
      '6 2001:db8::1 > 2001:db8::2 49245 > 443',
      '6 2001:db8::2 > 2001:db8::1 443 > 49245',
    ],
    ['nat-new', 'new', '6 192.0.2.1 > 198.51.100.1 57485 > 80', '6 192.0.2.2 > 203.0.113.1 8080 > 57485'],
    ['udp-ipv4-dump', 'dump', '17 192.0.2.1 > 192.0.2.2 55547 > 53', '17 192.0.2.2 > 192.0.2.1 53 > 55547'],
    [
      'udp-ipv6-destroy',
      'destroy',
      '17 2001:db8::1 > 2001:db8::2 46726 > 53',
      '17 2001:db8::2 > 2001:db8::1 53 > 46726',
    ],
    ['icmp-destroy', 'destroy', '1 192.0.2.1 > 192.0.2.2 type 8', '1 192.0.2.2 > 192.0.2.1 type 0'],
    ['icmpv6-dump', 'dump', '58 2001:db8::1 > 2001:db8::2 type 128', '58 2001:db8::2 > 2001:db8::1 type 129'],
  ])('%s', (frame, event, original, reply) => {
    const entry = decodeFrame(frame);
    expect([entry.event, show(entry.original), show(entry.reply)]).toEqual([event, original, reply]);
  });

  it('have counters and times where the kernel gives them', () => {
    expect(decodeFrame('tcp-ipv4-destroy')).toMatchObject({
      hasCounters: true,
      originalPackets: 5,
      originalBytes: 1_268,
      replyPackets: 5,
      replyBytes: 3_268,
      // 0x18eaf70e558b2935, 0x18eaf70e5a022cc0 and 0x18eaf70e5a022cd4 ns
      startedAtMs: expect.closeTo(1_795_519_042_397.35, 3),
      stoppedAtMs: expect.closeTo(1_795_519_042_472.259, 3),
      eventAtMs: expect.closeTo(1_795_519_042_472.259, 3),
    });
    expect(decodeFrame('tcp-ipv4-dump')).toMatchObject({ hasCounters: true, stoppedAtMs: 0, eventAtMs: 0 });
    expect(decodeFrame('tcp-ipv4-new')).toMatchObject({
      hasCounters: false,
      originalBytes: 0,
      startedAtMs: 0,
      eventAtMs: expect.closeTo(1_795_519_042_397.319, 3),
    });
  });

  it('have status and TCP state', () => {
    expect(decodeFrame('tcp-ipv4-new').tcpState).toBe(TCP_CONNTRACK_SYN_SENT);
    expect(decodeFrame('tcp-ipv4-update').tcpState).toBe(TCP_CONNTRACK_ESTABLISHED);
    expect(decodeFrame('tcp-ipv4-dump').tcpState).toBe(TCP_CONNTRACK_TIME_WAIT);
    expect(decodeFrame('udp-ipv4-dump').tcpState).toBe(-1);
    const nat = decodeFrame('nat-dump').status;
    for (const bit of [IPS_SRC_NAT, IPS_DST_NAT, IPS_SEEN_REPLY, IPS_ASSURED]) expect(nat & bit).toBe(bit);
    const opened = decodeFrame('tcp-ipv4-new').status;
    expect(opened & (IPS_SEEN_REPLY | IPS_SRC_NAT | IPS_DST_NAT | IPS_CONFIRMED)).toBe(IPS_CONFIRMED);
    expect(decodeFrame('udp-ipv6-destroy').status & IPS_DYING).toBe(IPS_DYING);
  });

  it('have zone with its direction, mark, labels, id, timeout and use', () => {
    expect(decodeFrame('zone-dump')).toMatchObject({ zone: 7, zoneDirection: 'both' });
    expect(decodeFrame('zone-original-dump')).toMatchObject({ zone: 9, zoneDirection: 'original' });
    const marked = decodeFrame('mark-labels-dump');
    expect(marked).toMatchObject({ mark: 0xdeadbeef, hasLabels: true, timeoutSeconds: 29, use: 1 });
    expect([...marked.labels]).toEqual([...new Array(15).fill(0), 0x80]);
    expect(marked.id).toBe(decodeFrame('mark-labels-new').id);
  });

  it('leave nothing behind in the entry for the next', () => {
    for (const before of FRAMES) {
      for (const frame of FRAMES) {
        expect(decodeFrame(frame, decodeFrame(before))).toEqual(decodeFrame(frame));
      }
    }
  });
});

const word = fc.integer({ min: 0, max: 0xffffffff });
const half = fc.nat(0xffff);
const address = fc.constantFrom('192.0.2.7', '255.255.255.255', '0.0.0.0').map(parseAddress);
const address6 = fc.constantFrom('2001:db8::ffff:1', '::', 'fe80::1').map(parseAddress);
const tuple = (addresses: typeof address) =>
  fc.record({
    source: addresses,
    destination: addresses,
    protocol: fc.nat(255),
    sourcePort: half,
    destinationPort: half,
    icmpType: fc.nat(255),
    icmpCode: fc.nat(255),
    icmpId: half,
  });
const whole = fc.constantFrom(address, address6).chain((addresses) =>
  fc.record({
    event: fc.constantFrom('new' as const, 'update' as const, 'destroy' as const, 'dump' as const),
    original: tuple(addresses),
    reply: tuple(addresses),
    zone: half,
    zoneDirection: fc.constantFrom('both' as const, 'original' as const, 'reply' as const),
    counters: fc.tuple(fc.maxSafeNat(), fc.maxSafeNat(), fc.maxSafeNat(), fc.maxSafeNat()),
    status: word,
    tcpState: fc.nat(255),
    mark: word,
    labels: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    timeoutSeconds: word,
    id: word,
    use: word,
    icmpv6: fc.boolean(),
  }),
);
type Whole = typeof whole extends fc.Arbitrary<infer T> ? T : never;

/** Attribute numbers are written out here, from the kernel header, and not taken from the code under test. */
function encode(writer: MessageWriter, entry: Whole): Uint8Array<ArrayBuffer> {
  const flags = { new: NLM_F_CREATE, update: 0, destroy: 0, dump: NLM_F_MULTI }[entry.event];
  writer.reset().begin((1 << 8) | (entry.event === 'destroy' ? 2 : 0), flags);
  writer.reserve(4);
  encodeTuple(writer, 1, entry, entry.original, entry.zoneDirection === 'original');
  encodeTuple(writer, 2, entry, entry.reply, entry.zoneDirection === 'reply');
  for (const [i, type] of [9, 10].entries()) {
    writer.beginNested(type);
    writer.networkU64(1, entry.counters[2 * i]);
    writer.networkU64(2, entry.counters[2 * i + 1]);
    writer.endNested();
  }
  writer.beginNested(4);
  writer.beginNested(1);
  writer.u8(1, entry.tcpState);
  writer.endNested();
  writer.endNested();
  const words = [
    [3, entry.status],
    [7, entry.timeoutSeconds],
    [8, entry.mark],
    [11, entry.use],
    [12, entry.id],
  ];
  for (const [type, value] of words) writer.networkU32(type, value);
  if (entry.zoneDirection === 'both') writer.networkU16(18, entry.zone);
  writer.data(22, entry.labels);
  writer.end();
  return writer.bytes.slice(0, writer.length);
}

function encodeTuple(writer: MessageWriter, type: number, entry: Whole, t: Whole['original'], zone: boolean) {
  const { family } = t.source;
  const bytes = ({ a, b, c, d }: typeof t.source) => {
    const view = new DataView(new ArrayBuffer(16));
    for (const [i, w] of [a, b, c, d].entries()) view.setUint32(4 * i, w);
    return new Uint8Array(view.buffer, family === 4 ? 12 : 0);
  };
  writer.beginNested(type);
  writer.beginNested(1);
  writer.data(family === 4 ? 1 : 3, bytes(t.source));
  writer.data(family === 4 ? 2 : 4, bytes(t.destination));
  writer.endNested();
  writer.beginNested(2);
  writer.u8(1, t.protocol);
  writer.networkU16(2, t.sourcePort);
  writer.networkU16(3, t.destinationPort);
  const icmp = entry.icmpv6 ? 7 : 4;
  writer.networkU16(icmp, t.icmpId);
  writer.u8(icmp + 1, t.icmpType);
  writer.u8(icmp + 2, t.icmpCode);
  writer.endNested();
  if (zone) writer.networkU16(3, entry.zone);
  writer.endNested();
}

describe('any entry', () => {
  it('decodes to what was encoded', () => {
    const writer = new MessageWriter();
    fc.assert(
      fc.property(whole, (given) => {
        const { counters, icmpv6: _, ...fields } = given;
        const [originalPackets, originalBytes, replyPackets, replyBytes] = counters;
        expect(decodeBytes(encode(writer, given))).toEqual({
          ...emptyEntry(),
          ...fields,
          hasCounters: true,
          originalPackets,
          originalBytes,
          replyPackets,
          replyBytes,
          hasLabels: true,
        });
      }),
    );
  });

  it('is copied whole', () => {
    const entry = decodeFrame('mark-labels-dump');
    const copy = copyEntry(entry);
    expect(copy).toEqual(entry);
    const kept = structuredClone(copy);
    decodeFrame('tcp-ipv6-destroy', entry);
    expect(copy).toEqual(kept);
  });
});

/** Decodes hostile bytes; nothing but the decoder's own error, or that of the message header, may come out. */
function attempt(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    decodeBytes(bytes);
    return 'decoded';
  } catch (error) {
    if (error instanceof ConntrackDecodeError || error instanceof NetlinkDecodeError) return 'refused';
    throw error;
  }
}

/** The frame as if it ended after `length` bytes, with a header that agrees. */
function truncated(frame: Frame, length: number): Uint8Array<ArrayBuffer> {
  const bytes = frameBytes(frame).slice(0, length);
  if (length >= 16) new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
}

describe('hostile bytes', () => {
  it.each(FRAMES)('%s at every length', (frame) => {
    const whole = frameBytes(frame).length;
    const outcomes = Array.from({ length: whole }, (_, length) => attempt(truncated(frame, length)));
    // Up to the end of the reply tuple nothing decodes; behind it what follows may be missing.
    expect(outcomes.slice(1, 100)).not.toContain('decoded');
  });

  it.each(FRAMES)('%s with every bit flipped, one at a time', (frame) => {
    const bytes = frameBytes(frame);
    const outcomes = new Set<string>();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      outcomes.add(attempt(bytes));
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    expect(outcomes).toEqual(new Set(['decoded', 'refused']));
  });

  it('frames with many bytes changed, spliced and cut', () => {
    const change = fc.record({ at: fc.nat(340), to: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...FRAMES),
        fc.array(change, { maxLength: 12 }),
        fc.nat(340),
        (frame, changes, cut) => {
          const bytes = truncated(frame, Math.min(cut, frameBytes(frame).length));
          for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
          attempt(bytes);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('random attributes behind a good header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        const writer = new MessageWriter();
        writer.begin(1 << 8, 0);
        const start = writer.reserve(payload.length);
        writer.bytes.set(payload, start);
        writer.end();
        attempt(writer.bytes.slice(0, writer.length));
      }),
      { numRuns: 2_000 },
    );
  });

  const change = (frame: Frame, at: number, ...to: number[]) => {
    const bytes = frameBytes(frame);
    bytes.set(to, at);
    return bytes;
  };
  it.each([
    ['a message of another subsystem', change('tcp-ipv4-new', 5, 10), 'message type 2560'],
    ['a message without tuples', truncated('tcp-ipv4-new', 20), 'a tuple is missing'],
    [
      'an IPv4 destination that is IPv6 by its type',
      change('tcp-ipv4-new', 38, 4),
      'an IPv6 address of 4 bytes',
    ],
    ['a tuple without protocol', change('tcp-ipv4-new', 50, 9), 'the original tuple is not whole'],
    ['a 64-bit counter of 4 bytes', change('tcp-ipv4-dump', 0xd8, 8), 'has 4 of 8 bytes'],
  ])('refuse %s', (_, bytes, problem) => {
    expect(() => decodeBytes(bytes)).toThrow(ConntrackDecodeError);
    expect(() => decodeBytes(bytes)).toThrow(problem);
  });

  it('refuse a tuple of both families', () => {
    const writer = new MessageWriter();
    writer.begin(1 << 8, 0);
    writer.reserve(4);
    writer.beginNested(1);
    writer.beginNested(1);
    writer.data(1, new Uint8Array(4));
    writer.data(4, new Uint8Array(16));
    writer.endNested();
    writer.beginNested(2);
    writer.u8(1, 6);
    writer.endNested();
    writer.endNested();
    writer.end();
    expect(() => decodeBytes(writer.bytes.slice(0, writer.length))).toThrow('mixes IPv4 and IPv6');
  });
});
