import type { Address } from './address.ts';

/** A map by address. IPv4 keys are numbers: looking one up makes no string. */
export class AddressMap<T> {
  readonly #values = new Map<number | string, T>();

  get(address: Address): T | undefined {
    return this.#values.get(keyOf(address));
  }

  set(address: Address, value: T): void {
    this.#values.set(keyOf(address), value);
  }

  delete(address: Address): void {
    this.#values.delete(keyOf(address));
  }

  get size(): number {
    return this.#values.size;
  }
}

function keyOf({ family, a, b, c, d }: Address): number | string {
  // Signed, for then it is a small integer of V8: a word past 2^31 would be hashed as a heap object.
  return family === 4 ? d | 0 : `${a}:${b}:${c}:${d}`;
}
