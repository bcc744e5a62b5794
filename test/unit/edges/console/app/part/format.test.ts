import { describe, expect, it } from 'vitest';
import * as format from '../../../../../../src/edges/console/app/part/format.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0 entries'],
    [1, '1 entry'],
    [1_234, '1,234 entries'],
  ])('%d of a thing', (count, text) => {
    expect(format.formatMany(count, 'entry', 'entries')).toBe(text);
  });
  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1.00 KiB'],
    [10 * 1_024, '10.0 KiB'],
    [38.2 * 2 ** 30, '38.2 GiB'],
    [400 * 2 ** 20, '400 MiB'],
    [2 ** 70, '1048576 PiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(format.formatBytes(bytes)).toBe(text);
  });
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [3_600_000 * 3 + 60_000 * 20, '3 h 20 min'],
    [86_400_000 * 2, '2 d'],
    [86_400_000 * 5 + 3_600_000, '5 d 1 h'],
  ])('%d ms are %s', (ms, text) => {
    expect(format.formatSpan(ms)).toBe(text);
  });
  it.each([
    [-1, '0:00'],
    [1, '0:01'],
    [545_000, '9:05'],
    [3_729_000, '1:02:09'],
  ])('%d ms count down as %s', (ms, text) => {
    expect(format.formatCountdown(ms)).toBe(text);
  });
  it('tells past and future from now', () => {
    expect(format.formatAgo(1_000, 3_000)).toBe('just now');
    expect(format.formatAgo(0, 240_000)).toBe('4 min ago');
    expect(format.formatAgo(7_200_000, 0)).toBe('in 2 h');
  });
  it('names services as people do', () => {
    expect(format.formatService({ protocol: 6, port: 443 })).toBe('tcp/443');
    expect(format.formatService({ protocol: 58, port: null })).toBe('icmpv6');
    expect(format.formatService({ protocol: 253, port: null })).toBe('ip/253');
  });
  it('writes names of the API as words', () => {
    expect(format.formatWords('policyViolation')).toBe('policy violation');
    expect(format.formatWords('dnsTunnel')).toBe('dns tunnel');
  });
});
