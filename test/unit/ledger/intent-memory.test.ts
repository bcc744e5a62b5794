import { endianness } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Head } from '../../../src/ledger/chain.ts';
import { GENESIS } from '../../../src/ledger/chain.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { INTENT_SIZE, Intent } from '../../../src/ledger/intent.ts';
import { anyDrafts } from './any-drafts.ts';
import { anyText } from './any-text.ts';
import { proposed } from './samples.ts';

const [LENGTH, CHECKSUM, HASH, DRAFTS] = [0, 4, 8, 72];
const SECTOR = 512;

const head: fc.Arbitrary<Head> = fc.record({
  seq: fc.integer({ min: 1, max: 2 ** 40 }),
  hash: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
});
/** Those with a time go into slots, as `anyDrafts` mostly do, the others into JSON. */
const long: fc.Arbitrary<EntryDraft[]> = fc.array(
  fc
    .tuple(fc.nat(), anyText(600), fc.option(fc.double(), { nil: undefined }))
    .map(([number, reason, atMs]) => ({ ...proposed(number, { reason }), atMs })),
  { minLength: 1, maxLength: 4 },
);
const drafts = fc.oneof(long, anyDrafts);

/** What JSON keeps. */
const kept = (each: readonly EntryDraft[]): unknown => JSON.parse(JSON.stringify(each));

const puts = fc.record({ earlier: fc.option(fc.tuple(head, drafts)), follows: head, intended: drafts });
type Puts = typeof puts extends fc.Arbitrary<infer P> ? P : never;

/** The file before the last intent and after it. */
interface Stored {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

function stored({ earlier, follows, intended }: Puts): Stored {
  const memory = new ArrayBuffer(INTENT_SIZE);
  const intent = new Intent(memory);
  if (earlier) intent.put(...earlier);
  const before = new Uint8Array(memory.slice());
  intent.put(follows, intended);
  return { before, after: new Uint8Array(memory) };
}

/** Where what is stored ends. */
function endOf({ after }: Stored): number {
  return DRAFTS + new DataView(after.buffer).getUint32(LENGTH, endianness() === 'LE');
}

function waitingIn(bytes: Uint8Array, follows: Head): EntryDraft[] {
  return new Intent(new Uint8Array(bytes).buffer).waiting(follows);
}

test('what is put waits for the head that it follows, and for no other', () => {
  fc.assert(
    fc.property(puts, head, (each, other) => {
      const { follows, intended } = each;
      const { after } = stored(each);
      const found = waitingIn(after, follows);
      expect(found).toStrictEqual(kept(intended));
      expect(waitingIn(after, { ...follows, hash: other.hash })).toEqual([]);
    }),
  );
});

/** The file after the first `count` bytes that `put` stores, in its order. */
function cutAfter(count: number, { before, after }: Stored): Uint8Array {
  const bytes = new Uint8Array(before);
  const stores = [
    { at: LENGTH, bytes: new Uint8Array(4) },
    { at: HASH, bytes: after.subarray(HASH, after.length) },
    { at: CHECKSUM, bytes: after.subarray(CHECKSUM, HASH) },
    { at: LENGTH, bytes: after.subarray(LENGTH, CHECKSUM) },
  ];
  let left = count;
  for (const store of stores) {
    const part = store.bytes.subarray(0, left);
    bytes.set(part, store.at);
    left -= part.length;
  }
  return bytes;
}

test('a death between any two stores leaves nothing or the whole', () => {
  fc.assert(
    fc.property(puts, fc.nat(), fc.nat({ max: 12 }), (each, somewhere, fromEnd) => {
      const both = stored(each);
      const total = INTENT_SIZE + 4;
      for (const count of [somewhere % endOf(both), total - fromEnd]) {
        const found = waitingIn(cutAfter(count, both), each.follows);
        if (count < total - 3) expect(found).toEqual([]);
        else if (found.length > 0) expect(found).toEqual(kept(each.intended));
      }
      expect(waitingIn(cutAfter(total, both), each.follows)).toEqual(kept(each.intended));
    }),
  );
});

test('a power cut that leaves some sectors as they were leaves nothing or the whole', () => {
  fc.assert(
    fc.property(puts, fc.infiniteStream(fc.boolean()), (each, isOld) => {
      const { follows, intended } = each;
      const { before, after } = stored(each);
      const bytes = new Uint8Array(after);
      for (let at = 0; at < bytes.length; at += SECTOR) {
        if (isOld.next().value) bytes.set(before.subarray(at, at + SECTOR), at);
      }
      const found = waitingIn(bytes, follows);
      if (found.length > 0) expect(found).toEqual(kept(intended));
    }),
  );
});

test('a byte that was changed leaves nothing', () => {
  fc.assert(
    fc.property(
      puts,
      fc.nat(),
      fc.nat({ max: 7 }),
      fc.integer({ min: 1, max: 255 }),
      (each, at, early, change) => {
        const { follows } = each;
        const both = stored(each);
        for (const place of [at % endOf(both), early]) {
          const bytes = new Uint8Array(both.after);
          bytes[place] ^= change;
          expect(waitingIn(bytes, follows)).toEqual([]);
        }
      },
    ),
  );
});

test('two upper bits that were changed leave nothing', () => {
  const memory = new ArrayBuffer(INTENT_SIZE);
  const follows = { seq: 1, hash: 'ab'.repeat(32) };
  new Intent(memory).put(follows, [proposed(1)]);
  const bytes = new Uint8Array(memory);
  for (const at of [DRAFTS + 3, DRAFTS + 7]) bytes[at] ^= 0x80;
  expect(waitingIn(bytes, follows)).toEqual([]);
});

test('what just fits is taken, what does not leaves nothing, in any script', () => {
  for (const letter of ['r', 'ö', '→', '😀']) {
    const bytes = Buffer.byteLength(letter);
    const around = Buffer.byteLength(JSON.stringify([proposed(1, { reason: '' })]));
    const room = INTENT_SIZE - DRAFTS - around;
    const of = (length: number) => [proposed(1, { reason: letter.repeat(Math.floor(length / bytes)) })];
    const memory = new ArrayBuffer(INTENT_SIZE);
    const intent = new Intent(memory);
    const follows = { seq: 1, hash: '0f'.repeat(32) };
    expect(intent.put(follows, of(room))).toBe(true);
    expect(intent.waiting(follows)).toEqual(of(room));
    expect(intent.put(follows, of(room + bytes))).toBe(false);
    expect(intent.waiting(follows)).toEqual([]);
  }
});

test('what would fit as JSON alone is taken', () => {
  const intended = [{ ...proposed(1, { reason: 'r'.repeat(50_000) }), atMs: 1 }];
  const memory = new ArrayBuffer(INTENT_SIZE);
  expect(new Intent(memory).put({ seq: 1, hash: '0f'.repeat(32) }, intended)).toBe(true);
  expect(new Intent(memory).waiting({ seq: 1, hash: '0f'.repeat(32) })).toEqual(intended);
});

test('one that follows what was told before is the same', () => {
  const follows = { seq: 1, hash: '0f'.repeat(32) };
  const [told, untold] = [new ArrayBuffer(INTENT_SIZE), new ArrayBuffer(INTENT_SIZE)];
  const intent = new Intent(told);
  intent.put({ seq: 1, hash: 'ab'.repeat(32) }, [proposed(1)]);
  intent.follow(follows);
  expect(intent.waiting(follows)).toEqual([]);
  intent.put(follows, [proposed(2)]);
  new Intent(untold).put(follows, [proposed(2)]);
  expect(new Uint8Array(told)).toEqual(new Uint8Array(untold));
});

test('what version 9 of the schema left is understood', () => {
  const memory = new ArrayBuffer(INTENT_SIZE);
  const text = '[{"type":"daemon.stopped","actor":"penstock","atMs":1.125,"body":{"reason":"ö"}}]';
  Buffer.from(memory).write(`${'0f'.repeat(32)}${text}`, HASH);
  new Uint32Array(memory).set([Buffer.byteLength(text), 0x25214123]);
  expect(new Intent(memory).waiting({ seq: 1, hash: '0f'.repeat(32) })).toEqual(JSON.parse(text));
});

test('what is no list of entries is none, though its checksum is right', () => {
  const memory = new ArrayBuffer(INTENT_SIZE);
  const text = '[{"type":"daemon.stopped","actor":"pens';
  Buffer.from(memory).write(`${'0f'.repeat(32)}${text}`, HASH);
  new Uint32Array(memory).set([Buffer.byteLength(text), 0x7de61c9d]);
  expect(new Intent(memory).waiting({ seq: 1, hash: '0f'.repeat(32) })).toEqual([]);
});

test('bytes at random are nothing', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 100, maxLength: 2_000 }),
      fc.nat({ max: 3_000 }),
      (bytes, length) => {
        const memory = new ArrayBuffer(INTENT_SIZE);
        new Uint8Array(memory).set(bytes);
        new Uint32Array(memory)[0] = length;
        const hash = Buffer.from(memory, HASH, 64).toString();
        expect(new Intent(memory).waiting({ seq: 1, hash })).toEqual([]);
      },
    ),
  );
});

test('nothing follows the beginning of all ledgers, nor what is closed', () => {
  const memory = new ArrayBuffer(INTENT_SIZE);
  const intent = new Intent(memory);
  expect(intent.put(GENESIS, [proposed(1)])).toBe(false);
  intent.close();
  expect(intent.put({ seq: 1, hash: '0f'.repeat(32) }, [proposed(1)])).toBe(false);
  expect(intent.waiting({ seq: 1, hash: '0f'.repeat(32) })).toEqual([]);
  expect(new Uint8Array(memory).every((byte) => byte === 0)).toBe(true);
});
