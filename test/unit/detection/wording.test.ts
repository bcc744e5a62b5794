import { expect, it } from 'vitest';
import { percent, round, service, size, span } from '../../../src/detection/wording.ts';

it.each([
  [0, '0 s'],
  [4.56, '4.6 s'],
  [45, '45 s'],
  [119.4, '119 s'],
  [120, '2 min'],
  [720, '12 min'],
  [7_199, '120 min'],
  [7_200, '2 h'],
  [12_600, '3.5 h'],
  [172_800, '2 d'],
  [181_440, '2.1 d'],
  [31_536_000, '365 d'],
])('%f seconds are %s', (seconds, text) => {
  expect(span(seconds)).toBe(text);
});

it.each([
  [0, '0 %'],
  [0.954, '95 %'],
  [1, '100 %'],
])('a share of %f is %s', (share, text) => {
  expect(percent(share)).toBe(text);
});

it.each([
  [0, '0 B'],
  [419.6, '420 B'],
  [2_048, '2 KiB'],
  [3 * 2 ** 30, '3 GiB'],
  [2 ** 53, '8192 TiB'],
])('%f bytes are %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

it.each([
  [3.24, '3.2'],
  [9.96, '10'],
  [47.4, '47'],
  [0.04, '0'],
  [-1.25, '-1.2'],
])('%f is rounded to %s', (value, text) => {
  expect(round(value)).toBe(text);
});

it.each([
  [6, 443, 'tcp/443'],
  [17, 53, 'udp/53'],
  [1, 0, 'icmp'],
  [47, 0, 'gre'],
])('protocol %i and port %i are %s', (protocol, port, text) => {
  expect(service(protocol, port)).toBe(text);
});
