/**
 * Addresses and services as numbers: keyed hashes, so that nobody outside can choose flows that look like others. Signed
 * words: an unsigned one may become a heap object on its way from one function to another.
 */
import type { Address } from '../address/address.ts';
import type { Flow } from '../flow/flow.ts';
import { KeyedHash } from '../flow/keyed-hash.ts';
import { serviceKey } from './surroundings.ts';

/** Two keys of HalfSipHash; kept with the profiles, which hold hashes. */
export type HashKeys = readonly [number, number, number, number];

const MOST_WORDS = 5;

export class FlowKeys {
  /** Of address and service, 64 bits in two. */
  high = 0;
  low = 0;
  /** protocol << 16 | port */
  service = 0;
  #flow: Pick<Flow, 'destination'> | undefined;
  #destination = 0;
  readonly #first: KeyedHash;
  readonly #second: KeyedHash;

  constructor(keys?: HashKeys) {
    this.#first = new KeyedHash(MOST_WORDS, keys && Int32Array.of(keys[0], keys[1]));
    this.#second = new KeyedHash(MOST_WORDS, keys && Int32Array.of(keys[2], keys[3]));
  }

  /** Fill `high`, `low` and `service`. */
  read(flow: Flow): void {
    const { destination, protocol, destinationPort } = flow;
    this.#flow = flow;
    this.#destination = 0;
    this.service = serviceKey(protocol, destinationPort);
    const { words } = this.#first;
    const count = put(words, destination);
    words[count] = this.service;
    this.high = this.#first.hash(count + 1);
    // For so few, quicker than a call of `set`.
    for (let i = 0; i <= count; i++) this.#second.words[i] = words[i];
    this.low = this.#second.hash(count + 1) || 1;
  }

  /** Of the destination's address; never 0. Made when it is asked for. */
  get destination(): number {
    if (this.#destination === 0 && this.#flow !== undefined)
      this.#destination = this.address(this.#flow.destination);
    return this.#destination;
  }

  /** Never 0. */
  address(address: Address): number {
    return this.#first.hash(put(this.#first.words, address)) || 1;
  }

  /** Of the /24 or /48 that holds it; never 0. */
  network({ family, a, b, d }: Address): number {
    const { words } = this.#second;
    words[0] = family === 4 ? d & ~0xff : a;
    words[1] = family === 4 ? 0 : b & ~0xffff;
    words[2] = family;
    return this.#second.hash(3) || 1;
  }
}

function put(words: Int32Array, { family, a, b, c, d }: Address): number {
  words[0] = d;
  if (family === 4) return 1;
  words[1] = c;
  words[2] = b;
  words[3] = a;
  return 4;
}
