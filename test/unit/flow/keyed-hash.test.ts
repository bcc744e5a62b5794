import { describe, expect, it } from 'vitest';
import { bucketCount, KeyedHash } from '../../../src/flow/keyed-hash.ts';

describe('keyed hash', () => {
  // lib/tests/siphash_kunit.c of the kernel, test_vectors_hsiphash for 32 bits: message 00 01 02 ..., key 00 .. 07.
  it.each([
    [0, 0x5814c896],
    [1, 0x7e059ea6],
    [2, 0x577999b1],
  ])('gives the kernel’s result for %i words', (words, expected) => {
    const hash = new KeyedHash(2, Int32Array.of(0x03020100, 0x07060504));
    hash.words.set([0x03020100, 0x07060504]);
    expect(hash.hash(words) >>> 0).toBe(expected);
  });

  it('differs by key', () => {
    const results = Array.from({ length: 8 }, () => new KeyedHash(1).hash(1));
    expect(new Set(results).size).toBeGreaterThan(1);
  });

  it.each([
    [0, 2],
    [1, 2],
    [1023, 1024],
    [1024, 1024],
    [1025, 2048],
  ])('gives %i rows %i buckets', (rows, buckets) => {
    expect(bucketCount(rows)).toBe(buckets);
  });
});
