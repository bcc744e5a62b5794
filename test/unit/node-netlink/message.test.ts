import fc from 'fast-check';
import {
  AttributeCursor,
  MessageCursor,
  MessageWriter,
  NetlinkDecodeError,
  NetlinkEncodeError,
  NLM_F_ACK,
  NLM_F_REQUEST,
} from 'node-netlink';
import { describe, expect, it } from 'vitest';

type Leaf =
  | { kind: 'flag' }
  | { kind: 'u8' | 'u16' | 'u32' | 'networkU16' | 'networkU32'; value: number }
  | { kind: 'networkU64'; value: number }
  | { kind: 'u64'; value: bigint }
  | { kind: 'data'; value: Uint8Array }
  | { kind: 'string'; value: string };
type Node = { type: number; leaf: Leaf } | { type: number; nest: Node[] };

const type = fc.integer({ min: 1, max: 0x3fff });
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.constant<Leaf>({ kind: 'flag' }),
  fc.record({ kind: fc.constant('u8' as const), value: fc.integer({ min: 0, max: 0xff }) }),
  fc.record({ kind: fc.constantFrom('u16' as const, 'networkU16' as const), value: fc.nat(0xffff) }),
  fc.record({
    kind: fc.constantFrom('u32' as const, 'networkU32' as const),
    value: fc.integer({ min: 0, max: 0xffffffff }),
  }),
  fc.record({ kind: fc.constant('networkU64' as const), value: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant('u64' as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ kind: fc.constant('data' as const), value: fc.uint8Array({ maxLength: 70 }) }),
  fc.record({
    kind: fc.constant('string' as const),
    value: fc.string({ unit: 'grapheme', maxLength: 20 }).filter((s) => !s.includes('\0')),
  }),
);
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ type, leaf }),
    fc.record({ type, nest: fc.array(tie('node'), { maxLength: 4 }) }),
  ),
}));

function write(writer: MessageWriter, item: Node): void {
  if ('nest' in item) {
    writer.beginNested(item.type);
    for (const child of item.nest) write(writer, child);
    writer.endNested();
    return;
  }
  const { leaf: l } = item;
  if (l.kind === 'flag') writer.flag(item.type);
  else if (l.kind === 'u64') writer.u64(item.type, l.value);
  else if (l.kind === 'data') writer.data(item.type, l.value);
  else if (l.kind === 'string') writer.string(item.type, l.value);
  else writer[l.kind](item.type, l.value);
}

function expectNode(cursor: AttributeCursor, item: Node): void {
  expect(cursor.next()).toBe(true);
  expect(cursor.type).toBe(item.type);
  if ('nest' in item) {
    const inner = new AttributeCursor().enter(cursor.view, cursor.start, cursor.end);
    for (const child of item.nest) expectNode(inner, child);
    expect(inner.next()).toBe(false);
  } else if (item.leaf.kind === 'flag') expect(cursor.length).toBe(0);
  else if (item.leaf.kind === 'data') expect([...cursor.data()]).toEqual([...item.leaf.value]);
  else expect(cursor[item.leaf.kind]()).toBe(item.leaf.value);
}

/** Reads all there is, as a decoder of hostile bytes would, and checks that every position is inside. */
function readAll(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const message = new MessageCursor().load(view);
  let steps = 0;
  const inside = (start: number, end: number) => {
    steps += 1;
    if (start < 0 || end < start || end > bytes.length || steps > bytes.length) throw new Error('outside');
  };
  const walk = (start: number, end: number, depth: number) => {
    const cursor = new AttributeCursor().enter(view, start, end);
    while (cursor.next()) {
      inside(cursor.start, cursor.end);
      cursor.data();
      cursor.string();
      if (cursor.type % 2) walk(cursor.start, cursor.end, depth + 1);
      else if (cursor.type % 3) cursor.networkU32();
      else cursor.networkU64();
    }
  };
  while (message.next()) {
    inside(message.start, message.end);
    walk(message.start, message.end, 0);
  }
}

describe('messages and attributes', () => {
  it('read back as they were written, whatever the buffer held before', () => {
    const writer = new MessageWriter(16);
    fc.assert(
      fc.property(fc.array(fc.array(node, { maxLength: 5 }), { minLength: 1, maxLength: 4 }), (messages) => {
        writer.reset();
        for (const [i, items] of messages.entries()) {
          writer.begin(0x100 + i, NLM_F_REQUEST);
          for (const item of items) write(writer, item);
          writer.end();
        }
        const cursor = new MessageCursor().load(writer.view, writer.length);
        for (const [i, items] of messages.entries()) {
          expect(cursor.next()).toBe(true);
          expect([cursor.type, cursor.flags]).toEqual([0x100 + i, NLM_F_REQUEST]);
          expect(cursor.sequence).toBe(writer.firstSequence + i);
          const attributes = new AttributeCursor().enter(writer.view, cursor.start, cursor.end);
          for (const item of items) expectNode(attributes, item);
          expect(attributes.next()).toBe(false);
        }
        expect(cursor.next()).toBe(false);
      }),
    );
  });

  it('lie in the bytes as linux/netlink.h draws them, with zero padding', () => {
    const writer = new MessageWriter(256, 0x0a0b);
    writer.bytes.fill(0xee);
    writer.begin(0x0102, 0x0305);
    writer.beginNested(1);
    writer.networkU16(2, 0x1234);
    writer.endNested();
    writer.string(3, 'ab');
    writer.end();
    expect(Buffer.from(writer.bytes.subarray(0, writer.length)).toString('hex')).toBe(
      [
        '24000000',
        '0201',
        '0503',
        '0c0a0000',
        '00000000',
        '0c000180',
        '06000200',
        '12340000',
        '07000300',
        '61620000',
      ].join(''),
    );
  });

  it.each([
    ['end without begin', (w: MessageWriter) => w.end()],
    ['begin inside a message', (w: MessageWriter) => [w.begin(1, 0), w.begin(1, 0)]],
    ['end inside a nest', (w: MessageWriter) => [w.begin(1, 0), w.beginNested(1), w.end()]],
    ['endNested without beginNested', (w: MessageWriter) => [w.begin(1, 0), w.endNested()]],
    ['an attribute outside a message', (w: MessageWriter) => w.u32(1, 1)],
    ['an attribute of 65536 bytes', (w: MessageWriter) => [w.begin(1, 0), w.data(1, new Uint8Array(65_532))]],
  ])('refuse %s', (problem, misuse) => {
    const writer = new MessageWriter();
    expect(() => misuse(writer)).toThrow(new NetlinkEncodeError(problem));
  });

  it('refuse a nest longer than its length field can say', () => {
    const writer = new MessageWriter();
    writer.begin(1, 0);
    writer.beginNested(1);
    for (let i = 0; i < 2; i++) writer.data(2, new Uint8Array(40_000));
    expect(() => writer.endNested()).toThrow(NetlinkEncodeError);
  });

  it.each([
    [100, [101, 102, 103]],
    [0xffff_fffe, [0xffff_ffff, 1, 2]],
  ])('are numbered anew behind %i', (before, numbers) => {
    const writer = new MessageWriter(64);
    for (const flags of [0, NLM_F_ACK, 0]) {
      writer.begin(0x10, flags);
      writer.string(1, 'odd');
      writer.u8(2, 1);
      writer.end();
    }
    writer.renumber(before);
    const cursor = new MessageCursor().load(writer.view, writer.length);
    expect(numbers.map(() => cursor.next() && cursor.sequence)).toEqual(numbers);
    expect(cursor.next()).toBe(false);
    const [firstSequence, acknowledgedSequence, sequence] = numbers;
    expect(writer).toMatchObject({ firstSequence, acknowledgedSequence, sequence });
  });

  it('keep the last sequence number that asks for an acknowledgement', () => {
    const writer = new MessageWriter(64, 41);
    for (const flags of [0, NLM_F_ACK, 0]) {
      writer.begin(0x10, flags);
      writer.end();
    }
    expect([writer.firstSequence, writer.acknowledgedSequence, writer.sequence]).toEqual([42, 43, 44]);
    expect([writer.reset().acknowledgedSequence, writer.sequence]).toEqual([0, 44]);
  });

  it('skip the sequence number 0 when the count starts again', () => {
    const writer = new MessageWriter(64, 0xffffffff);
    expect(writer.begin(0x10, 0)).toBe(1);
  });
});

describe('cursors on hostile bytes', () => {
  const onlyDecodeErrors = (bytes: Uint8Array) => {
    try {
      readAll(bytes);
    } catch (error) {
      if (!(error instanceof NetlinkDecodeError)) throw error;
    }
  };

  it('end, stay inside and throw nothing but NetlinkDecodeError on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), onlyDecodeErrors), { numRuns: 2_000 });
  });

  it('do so on a good message cut short or with bytes changed', () => {
    const change = fc.record({ at: fc.nat(200), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 5 }), fc.nat(200), fc.array(change), (items, cut, changes) => {
        const writer = new MessageWriter();
        writer.begin(0x100, 0);
        for (const item of items) write(writer, item);
        writer.end();
        const bytes = writer.bytes.slice(0, writer.length);
        for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
        onlyDecodeErrors(bytes.subarray(0, Math.max(0, bytes.length - (changes.length ? 0 : cut))));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['fewer bytes than a header', '100000000100'],
    ['a message longer than the datagram', '14000000010000000000000000000000'],
    ['a message shorter than its header', '0f000000010000000000000000000000'],
    ['an attribute longer than the message', '18000000100000000000000000000000 0900010000000000'],
    ['an attribute shorter than its header', '18000000100000000000000000000000 0300010000000000'],
    [
      'bytes too few for an attribute behind the last',
      '1a000000100000000000000000000000 08000100000000000000',
    ],
  ])('refuse %s', (_, hex) => {
    expect(() => readAll(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toThrow(NetlinkDecodeError);
  });

  it('refuse a value longer than its attribute', () => {
    const bytes = Uint8Array.from([6, 0, 1, 0, 9, 9, 0, 0]);
    const cursor = new AttributeCursor().enter(new DataView(bytes.buffer), 0, 8);
    expect(cursor.next()).toBe(true);
    expect(() => cursor.u32()).toThrow('attribute 1 has 2 of 4 bytes at byte 4');
    expect(cursor.u16()).toBe(0x0909);
  });

  it('refuse a list or a datagram outside the view', () => {
    const view = new DataView(new ArrayBuffer(8));
    expect(() => new AttributeCursor().enter(view, 4, 12)).toThrow(NetlinkDecodeError);
    expect(() => new AttributeCursor().enter(view, 6, 4)).toThrow(NetlinkDecodeError);
    expect(() => new MessageCursor().load(view, 9)).toThrow(NetlinkDecodeError);
  });
});
