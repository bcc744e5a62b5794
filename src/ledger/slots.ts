/**
 * Values without names, one after the other in slots of 8 bytes, in the machine's order of bytes:
 *
 *   number           | f64                                                  |
 *   no number        | NaN                                                  |
 *   text of n units  | u16 n  | unit | unit | unit | unit | ...             |  n / 4 slots and one more
 *   no text          | 0xffff |                                             |
 *
 * A unit is a u16 of a JavaScript string. So every string comes back as it was, lone surrogates too, and is stored
 * without a look at what it holds. What a slot has no need of is what was there before.
 */
export const SLOT_BYTES = 8;

const UNITS = 4;
const NO_TEXT = 0xffff;

export class SlotWriter {
  readonly #numbers: Float64Array;
  readonly #units: Uint16Array;
  /** The next slot. */
  #at = 0;

  /** From `offset` to the end, whole slots, fewer than 16,384. */
  constructor(memory: ArrayBuffer, offset = 0) {
    this.#numbers = new Float64Array(memory, offset);
    this.#units = new Uint16Array(memory, offset);
  }

  /** Bytes that were asked for. */
  get length(): number {
    return this.#at * SLOT_BYTES;
  }

  /** Whether there was room for all of it; what has none is not stored. */
  get isWhole(): boolean {
    return this.#at <= this.#numbers.length;
  }

  begin(): void {
    this.#at = 0;
  }

  number(value: number | null): void {
    this.#numbers[this.#at] = value ?? Number.NaN;
    this.#at += 1;
  }

  text(value: string): void {
    const units = this.#units;
    const { length } = value;
    let at = this.#at * UNITS;
    this.#at += Math.floor(length / UNITS) + 1;
    if (!this.isWhole) return;
    units[at] = length;
    for (let i = 0; i < length; i++) {
      at += 1;
      units[at] = value.charCodeAt(i);
    }
  }

  textOrNull(value: string | null): void {
    if (value !== null) {
      this.text(value);
      return;
    }
    this.#units[this.#at * UNITS] = NO_TEXT;
    this.#at += 1;
  }
}

/** Numbers come back as JSON would give them: none for what is not finite, and no -0. */
export class SlotReader {
  readonly #numbers: Float64Array;
  readonly #units: Uint16Array;
  #at = 0;

  /** `bytes`: as many as were written. */
  constructor(bytes: Uint8Array) {
    const memory = bytes.slice().buffer;
    const slots = Math.floor(bytes.length / SLOT_BYTES);
    this.#numbers = new Float64Array(memory, 0, slots);
    this.#units = new Uint16Array(memory, 0, slots * UNITS);
  }

  /** Slots that are left; less than 0 when more were asked for than there are. */
  get left(): number {
    return this.#numbers.length - this.#at;
  }

  /** Null beyond the end too. */
  numberOrNull(): number | null {
    const value = this.#numbers[this.#at] ?? Number.NaN;
    this.#at += 1;
    return Number.isFinite(value) ? value + 0 : null;
  }

  /** What JSON has null for is null here, whatever its type says. */
  number(): number {
    return this.numberOrNull() as number;
  }

  /** Null beyond the end too. */
  textOrNull(): string | null {
    const at = this.#at * UNITS;
    const length = this.#units[at] ?? NO_TEXT;
    const isText = length !== NO_TEXT;
    this.#at += isText ? Math.floor(length / UNITS) + 1 : 1;
    if (!isText || this.#at > this.#numbers.length) return null;
    return String.fromCharCode(...this.#units.subarray(at + 1, at + 1 + length));
  }

  text(): string {
    return this.textOrNull() ?? '';
  }
}
