/**
 * Which rule allows a key, by class of hosts and class of destinations: made when a pair is first asked for. All lies in
 * one run of words, so that a look-up touches three lines of memory, which stay in the processor's cache:
 *
 *   row       one for a class of hosts: where the part of each PART classes of destinations is, 0: nowhere yet
 *   part      where the services of each pair are, 0: not made yet
 *   services  the words of its ServiceIndex
 *
 * Past its bounds all is forgotten and made again as it comes, so that a scan does not fill the memory.
 */

import { roomFor } from './room.ts';
import { findRule, type ServiceIndex } from './service-index.ts';

/** The pair is to be made. */
export const NOT_MADE = -2;

const PART_BITS = 6;
const PART = 1 << PART_BITS;
const FIRST_CELLS = 4_096;

export interface PairBounds {
  readonly pairs: number;
  /** Words of 32 bits. */
  readonly cells: number;
}

const BOUNDS: PairBounds = { pairs: 65_536, cells: 1 << 23 };

export class PairTable {
  readonly #bounds: PairBounds;
  /** Parts of a row. */
  readonly #parts: number;
  /** Where the row of a class of hosts is, 0: nowhere yet. */
  readonly #rows: Int32Array;
  #cells: Int32Array = new Int32Array(FIRST_CELLS);
  /** Place 0 is nowhere. */
  #length = 1;
  #pairs = 0;

  constructor(hostClasses: number, destinationClasses: number, bounds = BOUNDS) {
    this.#rows = new Int32Array(hostClasses);
    this.#parts = (destinationClasses >>> PART_BITS) + 1;
    this.#bounds = bounds;
  }

  /** The rule, NO_RULE, or {@link NOT_MADE}. */
  find(hostClass: number, destinationClass: number, key: number): number {
    const cells = this.#cells;
    const row = this.#rows[hostClass];
    if (row === 0) return NOT_MADE;
    const part = cells[row + (destinationClass >>> PART_BITS)];
    if (part === 0) return NOT_MADE;
    const services = cells[part + (destinationClass & (PART - 1))];
    return services === 0 ? NOT_MADE : findRule(cells, services, key);
  }

  add(hostClass: number, destinationClass: number, services: ServiceIndex): void {
    const most = this.#length + this.#parts + PART + services.cells.length;
    if (this.#pairs >= this.#bounds.pairs || most > this.#bounds.cells) this.forget();
    this.#rows[hostClass] ||= this.#take(this.#parts);
    const part = this.#rows[hostClass] + (destinationClass >>> PART_BITS);
    if (this.#cells[part] === 0) {
      const taken = this.#take(PART);
      this.#cells[part] = taken;
    }
    const at = this.#take(services.cells.length);
    this.#cells.set(services.cells, at);
    this.#cells[this.#cells[part] + (destinationClass & (PART - 1))] = at;
    this.#pairs++;
  }

  forget(): void {
    this.#rows.fill(0);
    this.#cells = new Int32Array(FIRST_CELLS);
    this.#length = 1;
    this.#pairs = 0;
  }

  /** Zeros. */
  #take(cells: number): number {
    const at = this.#length;
    this.#length += cells;
    this.#cells = roomFor(this.#cells, this.#length);
    return at;
  }
}
