/** The flows that stand at a moment of the playback: by slot, from 1, given again to others once they have ended. */
import type { Direction } from '../flow.ts';

const DIRECTIONS: readonly Direction[] = ['outbound', 'inbound', 'foreign'];
const FIRST_CAPACITY = 1024;

export class StandingFlows {
  #places = new Uint32Array(FIRST_CAPACITY);
  #directions = new Uint8Array(FIRST_CAPACITY);
  #steps = new Uint16Array(FIRST_CAPACITY);
  #dueAtMs = new Float64Array(FIRST_CAPACITY);
  /** Slots given back, as a stack. */
  readonly #free: number[] = [];
  #unused = 1;

  /** @returns its slot */
  add(place: number, direction: Direction): number {
    const slot = this.#free.pop() ?? this.#unused++;
    if (slot === this.#places.length) this.#grow();
    this.#places[slot] = place;
    this.#directions[slot] = DIRECTIONS.indexOf(direction);
    return slot;
  }

  /** Its values stay until the slot is given to another. */
  remove(slot: number): void {
    this.#free.push(slot);
  }

  /** `step` is what is due next. */
  await(slot: number, step: number, dueAtMs: number): void {
    this.#steps[slot] = step;
    this.#dueAtMs[slot] = dueAtMs;
  }

  /** By what is due first, then by place in the recording. */
  compare(x: number, y: number): number {
    return this.#dueAtMs[x] - this.#dueAtMs[y] || this.#places[x] - this.#places[y];
  }

  place(slot: number): number {
    return this.#places[slot];
  }

  direction(slot: number): Direction {
    return DIRECTIONS[this.#directions[slot]];
  }

  step(slot: number): number {
    return this.#steps[slot];
  }

  dueAtMs(slot: number): number {
    return this.#dueAtMs[slot];
  }

  #grow(): void {
    const capacity = this.#places.length * 2;
    this.#places = grown(this.#places, new Uint32Array(capacity));
    this.#directions = grown(this.#directions, new Uint8Array(capacity));
    this.#steps = grown(this.#steps, new Uint16Array(capacity));
    this.#dueAtMs = grown(this.#dueAtMs, new Float64Array(capacity));
  }
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
