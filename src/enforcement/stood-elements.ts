/**
 * Elements of decisions that stood when the daemon was started, made when somebody asks for them: until then each is a
 * row (decision/standing-row.ts) and a slot. Found by their keys as in element-index.ts, whose words are
 *
 *   destinationN   destination
 *   pairN          host, destination, protocol << 24
 *   flowN          host, destination, protocol << 24, port << 16
 *
 * Whose decision changes, or whose key another decision wants too, is taken out and kept by the desired state.
 */
import { getRandomValues } from 'node:crypto';
import { AT } from '../decision/standing-row.ts';
import type { Column, StandingRows } from '../decision/standing-rows.ts';
import { type KernelElement, PlainElement } from './element.ts';
import type { SetName } from './sets.ts';

/** Of a flow over IPv6. */
const MOST_WORDS = 10;
/** Drawn anew in each process: keys are addresses that others choose. */
const FACTORS = getRandomValues(new Int32Array(MOST_WORDS));

export class StoodElements {
  /** Rows whose element another row asks for too. */
  readonly doubles: ReadonlySet<number>;
  readonly #rows: StandingRows;
  /** By row: 1 once it was taken. */
  readonly #taken: Uint8Array;
  /** Row + 1; 0 for none. */
  readonly #slots: Int32Array;
  readonly #shift: number;
  readonly #words = new Uint32Array(MOST_WORDS);
  readonly #sought = new Uint32Array(MOST_WORDS);

  constructor(rows: StandingRows) {
    this.#rows = rows;
    this.#taken = new Uint8Array(rows.count);
    const bits = Math.max(4, 33 - Math.clz32(rows.count));
    this.#shift = 32 - bits;
    this.#slots = new Int32Array(2 ** bits);
    const doubles = new Set<number>();
    for (let row = 0; row < rows.count; row++) {
      const count = this.#wordsOf(row, this.#sought);
      const slot = this.#slotOf(this.#setOf(row), count);
      const other = this.#slots[slot] - 1;
      if (other < 0) this.#slots[slot] = row + 1;
      else doubles.add(other).add(row);
    }
    this.doubles = doubles;
  }

  /** The row of a decision that is still here; -1 for none. */
  rowOf(decisionId: string): number {
    const row = this.#rows.rowOf(decisionId);
    return row >= 0 && this.#taken[row] === 0 ? row : -1;
  }

  /** The row of an element that is still here; -1 for none. */
  find(set: SetName, key: Uint8Array): number {
    if (this.#rows.count === 0 || key.length % 4 !== 0 || key.length > 4 * MOST_WORDS) return -1;
    const view = new DataView(key.buffer, key.byteOffset, key.length);
    const count = key.length / 4;
    for (let i = 0; i < count; i++) this.#sought[i] = view.getUint32(4 * i);
    const row = this.#slots[this.#slotOf(set, count)] - 1;
    return row >= 0 && this.#taken[row] === 0 ? row : -1;
  }

  /** From now on its element is the caller's. */
  take(row: number): { readonly by: string; readonly element: KernelElement } {
    this.#taken[row] = 1;
    return { by: this.#rows.id(row), element: this.element(row) };
  }

  /** All that are left. */
  *elements(): Generator<KernelElement> {
    for (let row = 0; row < this.#rows.count; row++) if (this.#taken[row] === 0) yield this.element(row);
  }

  element(row: number): KernelElement {
    const rows = this.#rows;
    const count = this.#wordsOf(row, this.#words);
    const key = new Uint8Array(count * 4);
    for (let i = 0; i < count; i++) {
      const word = this.#words[i];
      key[4 * i] = word >>> 24;
      key[4 * i + 1] = word >>> 16;
      key[4 * i + 2] = word >>> 8;
      key[4 * i + 3] = word;
    }
    const untilMs = rows.untilMs(row);
    const timeoutMs = rows.isProvisional(row) ? untilMs - rows.createdAtMs(row) : rows.ttlMs(row);
    return new PlainElement(this.#setOf(row), key, timeoutMs, untilMs);
  }

  #setOf(row: number): SetName {
    const family = this.#rows.family(row) === 4 ? 4 : 6;
    if (!this.#rows.isFlow(row)) return `destination${family}`;
    return this.#rows.port(row) === null ? `pair${family}` : `flow${family}`;
  }

  /** @returns how many */
  #wordsOf(row: number, words: Uint32Array): number {
    const rows = this.#rows;
    if (!rows.isFlow(row)) return this.#addressWords(row, AT.destination, words, 0);
    const hostEnd = this.#addressWords(row, AT.host, words, 0);
    const end = this.#addressWords(row, AT.destination, words, hostEnd);
    words[end] = rows.protocol(row) << 24;
    const port = rows.port(row);
    if (port === null) return end + 1;
    words[end + 1] = port << 16;
    return end + 2;
  }

  #addressWords(row: number, column: Column, words: Uint32Array, at: number): number {
    const first = this.#rows.family(row) === 4 ? 3 : 0;
    for (let i = first; i < 4; i++) words[at + i - first] = this.#rows.word(row, column, i);
    return at + 4 - first;
  }

  /** Of what is sought: where it is, or would be. */
  #slotOf(set: SetName, count: number): number {
    let sum = 0;
    for (let i = 0; i < count; i++) sum = (sum + Math.imul(this.#sought[i], FACTORS[i] | 1)) | 0;
    let slot = Math.imul(sum ^ (sum >>> 15), FACTORS[0] | 1) >>> this.#shift;
    for (let row = this.#slots[slot] - 1; row >= 0; row = this.#slots[slot] - 1) {
      if (this.#isSought(row, set, count)) break;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    return slot;
  }

  #isSought(row: number, set: SetName, count: number): boolean {
    if (this.#wordsOf(row, this.#words) !== count) return false;
    for (let i = 0; i < count; i++) if (this.#words[i] !== this.#sought[i]) return false;
    return this.#setOf(row) === set;
  }
}
