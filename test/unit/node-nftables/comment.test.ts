import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeComment, encodeComment } from '../../../src/node-nftables/src/elements/comment.ts';

describe('comments', () => {
  it('are a type, a length and text with a closing NUL', () => {
    expect([...encodeComment('hé')]).toEqual([0, 4, 0x68, 0xc3, 0xa9, 0]);
  });

  it.each(['x'.repeat(128), 'é'.repeat(64), 'a\0b'])('that nft would refuse are refused: %j', (comment) => {
    expect(() => encodeComment(comment)).toThrow('a comment of');
  });

  it('are the same after encoding and decoding', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 25 });
    const fitting = texts.filter((text) => Buffer.byteLength(text) < 128 && !text.includes('\0'));
    fc.assert(
      fc.property(fitting, (text) => {
        expect(decodeComment(encodeComment(text))).toBe(text);
      }),
    );
  });

  it('are found behind other user data', () => {
    expect(decodeComment(Uint8Array.of(1, 4, 0, 0, 0, 1, 0, 2, 0x61, 0))).toBe('a');
    expect(decodeComment(Uint8Array.of(1, 4, 0, 0, 0, 1))).toBeUndefined();
  });

  it('come out of any bytes without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(typeof (decodeComment(bytes) ?? '')).toBe('string');
      }),
    );
  });
});
