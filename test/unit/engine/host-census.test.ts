import { expect, it } from 'vitest';
import { ipv4, ipv6 } from '../../../src/address/address.ts';
import { HostCensus } from '../../../src/engine/host-census.ts';

it('counts each host once, of both families', () => {
  const census = new HostCensus();
  for (const host of [ipv4(1), ipv4(1), ipv4(2), ipv6(0, 0, 0, 1), ipv6(0, 0, 0, 1)]) census.add(host);
  expect(census.size).toBe(3);
});

it('stops at a million', () => {
  const census = new HostCensus();
  for (let i = 0; i < 1_000_100; i += 1) census.add(ipv4(i));
  expect(census.size).toBe(1_000_000);
});
