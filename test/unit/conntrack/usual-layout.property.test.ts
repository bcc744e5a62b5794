/** What the decoder reads by place alone is what its walk over attributes reads. */
import fc from 'fast-check';
import { MessageWriter, NLM_F_MULTI } from 'node-netlink';
import { describe, expect, it } from 'vitest';
import { emptyEntry } from '../../../src/conntrack/entry.ts';
import { isUsualPair, readUsualTuple } from '../../../src/conntrack/usual-layout.ts';
import { decodeBytes } from './frame.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });
const half = fc.nat(0xffff);
const number = fc.maxSafeNat();
const usual = fc.record({
  original: fc.record({ source: word, destination: word, protocol: fc.nat(255), from: half, to: half }),
  reply: fc.record({ source: word, destination: word, protocol: fc.nat(255), from: half, to: half }),
  pairs: fc.array(fc.tuple(number, number), { minLength: 3, maxLength: 3 }),
});
type Usual = typeof usual extends fc.Arbitrary<infer T> ? T : never;

/** CTA_TUPLE_ORIG and CTA_TUPLE_REPLY; CTA_COUNTERS_ORIG, CTA_COUNTERS_REPLY and CTA_TIMESTAMP. */
const TUPLES = [1, 2];
const PAIRS = [9, 10, 20];

/**
 * `loose`: with an attribute that nobody knows in each of these nests, by number, so that the layout is not the usual.
 * Attribute numbers are from the kernel header, not from the code under test.
 */
function encode(given: Usual, loose: readonly number[]): Uint8Array<ArrayBuffer> {
  const writer = new MessageWriter();
  writer.begin(1 << 8, NLM_F_MULTI);
  writer.reserve(4);
  const nest = (type: number, fill: () => void) => {
    writer.beginNested(type);
    fill();
    if (loose.includes(type)) writer.u32(1_000, 7);
    writer.endNested();
  };
  [given.original, given.reply].forEach(({ source, destination, protocol, from, to }, i) => {
    nest(TUPLES[i], () => {
      writer.beginNested(1);
      writer.networkU32(1, source);
      writer.networkU32(2, destination);
      writer.endNested();
      writer.beginNested(2);
      writer.u8(1, protocol);
      writer.networkU16(2, from);
      writer.networkU16(3, to);
      writer.endNested();
    });
  });
  given.pairs.forEach(([first, second], i) => {
    nest(PAIRS[i], () => {
      writer.networkU64(1, first);
      writer.networkU64(2, second);
    });
  });
  writer.end();
  return writer.bytes.slice(0, writer.length);
}

describe('nests in their usual layout', () => {
  it('say what they say in any other', () => {
    fc.assert(
      fc.property(usual, fc.subarray([...TUPLES, ...PAIRS], { minLength: 1 }), (given, loose) => {
        const entry = decodeBytes(encode(given, []));
        expect(entry).toEqual(decodeBytes(encode(given, loose)));
        expect([entry.original.source.d, entry.reply.destinationPort, entry.replyBytes]).toEqual([
          given.original.source,
          given.reply.to,
          given.pairs[1][1],
        ]);
      }),
    );
  });

  it('are not taken for it with a single bit of a header changed', () => {
    const [given] = fc.sample(usual, 1);
    // Behind headers of message, nfgenmsg and CTA_TUPLE_ORIG; two tuples of 52 bytes come before the first pair.
    const tupleAt = 24;
    const pairAt = 20 + 2 * 52 + 4;
    const bytes = encode(given, []);
    const view = new DataView(bytes.buffer);
    const isTuple = () => readUsualTuple(view, tupleAt, tupleAt + 48, emptyEntry().original);
    const isPair = () => isUsualPair(view, pairAt, pairAt + 24, 1, 2);
    expect([isTuple(), isPair()]).toEqual([true, true]);
    const flipped = (header: number, bit: number, isUsual: () => boolean) => {
      const at = header + (bit >> 3);
      bytes[at] ^= 1 << (bit & 7);
      const taken = isUsual();
      bytes[at] ^= 1 << (bit & 7);
      return taken;
    };
    for (let bit = 0; bit < 32; bit++) {
      for (const header of [0, 4, 12, 20, 24, 32, 40])
        expect(flipped(tupleAt + header, bit, isTuple)).toBe(false);
      for (const header of [0, 12]) expect(flipped(pairAt + header, bit, isPair)).toBe(false);
    }
  });
});
