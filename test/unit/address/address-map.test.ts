import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatAddress, ipv4, ipv6 } from '../../../src/address/address.ts';
import { AddressMap } from '../../../src/address/address-map.ts';
import { address } from './arbitrary.ts';

it('holds one value an address', () => {
  const step = fc.record({ address, value: fc.option(fc.nat()) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const map = new AddressMap<number>();
      const model = new Map<string, number>();
      for (const each of steps) {
        const key = `${each.address.family} ${formatAddress(each.address)}`;
        if (each.value === null) {
          map.delete(each.address);
          model.delete(key);
        } else {
          map.set(each.address, each.value);
          model.set(key, each.value);
        }
        expect(map.get(each.address)).toBe(model.get(key));
        expect(map.size).toBe(model.size);
      }
    }),
  );
});

it('tells families with the same words apart', () => {
  const map = new AddressMap<string>();
  map.set(ipv4(1), 'four');
  map.set(ipv6(0, 0, 0, 1), 'six');
  expect([map.get(ipv4(1)), map.get(ipv6(0, 0, 0, 1)), map.size]).toEqual(['four', 'six', 2]);
});
