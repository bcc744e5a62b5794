/** Many values of one address. */
import type { Address } from '../address/address.ts';
import type { AddressMap } from '../address/address-map.ts';

export function append<T>(map: AddressMap<T[]>, address: Address, value: T): void {
  const values = map.get(address);
  if (values) values.push(value);
  else map.set(address, [value]);
}

export function retain<T>(map: AddressMap<T[]>, address: Address, keep: (value: T) => boolean): void {
  const values = (map.get(address) ?? []).filter(keep);
  if (values.length > 0) map.set(address, values);
  else map.delete(address);
}
