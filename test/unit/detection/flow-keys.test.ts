import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, ipv4, ipv6, parseAddress } from '../../../src/address/address.ts';
import { FlowKeys, type HashKeys } from '../../../src/detection/flow-keys.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import { emptyFlow } from '../../../src/flow/flow-reader.ts';
import { address } from '../address/arbitrary.ts';

const KEYS: HashKeys = [1, 2, 3, 4];
const TCP = 6;
const UDP = 17;

const flowTo = (destination: Address, destinationPort = 443, protocol = TCP): Flow => ({
  ...emptyFlow(),
  destination,
  destinationPort,
  protocol,
});

function read(keys: FlowKeys, flow: Flow): [number, number] {
  keys.read(flow);
  return [keys.high, keys.low];
}

const flow = fc
  .tuple(address, fc.nat(65_535), fc.constantFrom(TCP, UDP, 1, 58))
  .map(([destination, port, protocol]) => flowTo(destination, port, protocol));
const hashKeys: fc.Arbitrary<HashKeys> = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer());

describe('keys', () => {
  it('are the same for the same hash keys, whatever was read between', () => {
    fc.assert(
      fc.property(hashKeys, flow, flow, (keys, one, other) => {
        const [first, second] = [new FlowKeys(keys), new FlowKeys(keys)];
        const once = read(first, one);
        read(first, other);
        first.network(other.destination);
        expect(read(first, one)).toEqual(once);
        expect(read(second, one)).toEqual(once);
        expect(second.address(one.destination)).toBe(first.address(one.destination));
        expect(second.network(one.destination)).toBe(first.network(one.destination));
      }),
    );
  });

  it('are words of 32 bits, and never 0 where 0 means free', () => {
    const keys = new FlowKeys();
    fc.assert(
      fc.property(flow, (one) => {
        const [high, low] = read(keys, one);
        for (const key of [high, low, keys.address(one.destination), keys.network(one.destination)])
          expect(key | 0).toBe(key);
        for (const key of [low, keys.address(one.destination), keys.network(one.destination)])
          expect(key).not.toBe(0);
      }),
    );
  });

  it('differ between hash keys, and by each of them', () => {
    const one = flowTo(parseAddress('203.0.113.9'));
    const all = [KEYS, [9, 2, 3, 4], [1, 9, 3, 4], [1, 2, 9, 4], [1, 2, 3, 9]] as const;
    expect(new Set(all.map((keys) => read(new FlowKeys(keys), one).join())).size).toBe(all.length);
    const [x, y] = [new FlowKeys(), new FlowKeys()];
    expect(read(x, one)).not.toEqual(read(y, one));
  });

  it('tell apart thousands of destinations and services', () => {
    const keys = new FlowKeys(KEYS);
    const seen = new Set<string>();
    for (let i = 0; i < 10_000; i++) {
      seen.add(read(keys, flowTo(ipv4(0xcb007100 + (i % 100)), Math.floor(i / 100))).join());
      seen.add(read(keys, flowTo(ipv6(0x20010db8, 0, 0, i % 100), Math.floor(i / 100))).join());
    }
    expect(seen.size).toBe(20_000);
  });

  it('tell a service by protocol and port, and an address without it', () => {
    const keys = new FlowKeys(KEYS);
    const destination = parseAddress('2001:db8::9');
    const variants = [flowTo(destination), flowTo(destination, 444), flowTo(destination, 443, UDP)];
    expect(new Set(variants.map((each) => read(keys, each).join())).size).toBe(3);
    expect(keys.service).toBe((UDP << 16) | 443);
    expect(keys.address(parseAddress('2001:db8::9'))).toBe(keys.address(destination));
  });

  it.each([
    ['203.0.113.0', '203.0.113.255', '203.0.112.255'],
    ['2001:db8:7::', '2001:db8:7:ffff:ffff::1', '2001:db8:8::'],
  ])('of a network are one: %s and %s, not %s', (first, last, beyond) => {
    const keys = new FlowKeys(KEYS);
    const network = (text: string) => keys.network(parseAddress(text));
    expect(network(first)).toBe(network(last));
    expect(network(first)).not.toBe(network(beyond));
  });

  it('of an IPv4 address are not those of an IPv6 address of the same bits', () => {
    const keys = new FlowKeys(KEYS);
    expect(keys.address(ipv4(7))).not.toBe(keys.address(ipv6(0, 0, 0, 7)));
    expect(keys.network(ipv4(0x20010d00))).not.toBe(keys.network(ipv6(0x20010d00, 0, 0, 0)));
  });
});
