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
  return family === 4 ? d : `${a}:${b}:${c}:${d}`;
}
