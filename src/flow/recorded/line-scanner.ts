/**
 * Reads lines of JSON from their bytes, as long as they are laid out like one that was read before (line-layout.ts), as
 * nearly all lines of a recording are. That takes half as long as to parse each, and makes no garbage. What it takes has
 * the very value that JSON.parse gives; what it does not know (another layout, null, an exponent, an escape, a character
 * past ASCII) it leaves to JSON.parse.
 */
import { type LineLayout, layoutOf, type Step, UNWANTED } from './line-layout.ts';
import { isAt, type KnownText, TextCache } from './text-cache.ts';

export const NOT_TAKEN = -1;
export const NO_QUAD = -1;
/** Lines that are looked at for their layout; a file that changes it all the time is not worth more. */
const MAX_TRIES = 256;

const QUOTE = 34;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;
const FIRST_PRINTABLE = 32;
const LAST_ASCII = 127;
/** 10^22 is the last power of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** A newline stands in no text. */
const NO_TEXT: KnownText = { text: '', bytes: Buffer.of(10) };

export class LineScanner {
  /** By field, what the line that was taken last says; undefined where it has no such key, or see `numbers`. */
  readonly values: unknown[];
  /** By field that is to be a number; NaN: it is none, or not there. */
  readonly numbers: Float64Array;
  /** By field, the 32-bit word of a dotted quad; NO_QUAD: `values` has the text. */
  readonly quads: Float64Array;
  readonly #fields: readonly string[];
  readonly #addresses: readonly string[];
  readonly #isNumber: readonly boolean[];
  readonly #texts = new TextCache();
  #layout: LineLayout | undefined;
  /** By step: neighbours mostly have the same state, label and note. */
  #latest: KnownText[] = [];
  #tries = 0;

  /** `addresses`: those fields that are likely dotted quads; `numbers`: those that are to be numbers. */
  constructor(fields: readonly string[], addresses: readonly string[], numbers: readonly string[]) {
    this.#fields = fields;
    this.#addresses = addresses;
    this.#isNumber = fields.map((field) => numbers.includes(field));
    this.values = fields.map(() => undefined);
    this.numbers = new Float64Array(fields.length).fill(Number.NaN);
    this.quads = new Float64Array(fields.length).fill(NO_QUAD);
  }

  /** A line that was not taken, and proved to be a JSON object. */
  learn(line: string): void {
    if (this.#tries === MAX_TRIES) return;
    this.#tries++;
    const layout = layoutOf(line, this.#fields, this.#addresses);
    if (layout === undefined) return;
    this.#layout = layout;
    this.#latest = layout.steps.map(() => NO_TEXT);
    this.values.fill(undefined);
    this.numbers.fill(Number.NaN);
    this.quads.fill(NO_QUAD);
  }

  /** What the line that was taken last says of a field that is no dotted quad. */
  valueOf(field: number): unknown {
    const number = this.numbers[field];
    return Number.isNaN(number) ? this.values[field] : number;
  }

  /**
   * Take the line at `start`; a newline must end it.
   * @returns where the next line begins, or NOT_TAKEN
   */
  scan(bytes: Buffer, start: number): number {
    if (this.#layout === undefined) return NOT_TAKEN;
    const { steps, end } = this.#layout;
    let at = start;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (!isAt(bytes, at, step.before)) return NOT_TAKEN;
      at = this.#value(bytes, at + step.before.length, step, i);
      if (at === NOT_TAKEN) return NOT_TAKEN;
    }
    return isAt(bytes, at, end) ? at + end.length : NOT_TAKEN;
  }

  /** Each of these returns where the value ends. */
  #value(bytes: Buffer, at: number, { kind, field }: Step, step: number): number {
    if (kind === 'number') return this.#number(bytes, at, field);
    return kind === 'text' ? this.#text(bytes, at, field, step) : this.#address(bytes, at, field, step);
  }

  #number(bytes: Buffer, start: number, field: number): number {
    let at = start;
    let number = 0;
    for (; isDigit(bytes[at]); at++) number = number * 10 + (bytes[at] - ZERO);
    if (at === start || (at > start + 1 && bytes[start] === ZERO)) return NOT_TAKEN;
    let places = 0;
    if (bytes[at] === DOT) {
      for (at++; isDigit(bytes[at]); at++, places++) number = number * 10 + (bytes[at] - ZERO);
      if (places === 0) return NOT_TAKEN;
    }
    if (field === UNWANTED) return at;
    if (number > Number.MAX_SAFE_INTEGER || places >= POWERS.length)
      number = Number(bytes.toString('latin1', start, at));
    // Both are exact, so the quotient is rounded once, as it should be (Clinger 1990).
    else if (places > 0) number /= POWERS[places];
    if (this.#isNumber[field]) this.numbers[field] = number;
    else this.values[field] = number;
    return at;
  }

  #text(bytes: Buffer, start: number, field: number, step: number): number {
    const latest = this.#latest[step];
    if (isAt(bytes, start, latest.bytes)) return start + latest.bytes.length - 1;
    let hash = 0;
    let at = start;
    for (; bytes[at] !== QUOTE; at++) {
      const code = bytes[at];
      if (code < FIRST_PRINTABLE || code > LAST_ASCII || code === BACKSLASH) return NOT_TAKEN;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    if (field === UNWANTED) return at;
    const known = this.#texts.textOf(bytes, start, at, hash);
    this.#latest[step] = known;
    this.values[field] = known.text;
    return at;
  }

  /** Four numbers without leading zeros are a dotted quad; what else it may be is read from its text. */
  #address(bytes: Buffer, start: number, field: number, step: number): number {
    let at = start;
    let word = 0;
    for (let octets = 1; ; octets++) {
      const first = at;
      let octet = 0;
      for (; isDigit(bytes[at]); at++) octet = octet * 10 + (bytes[at] - ZERO);
      if (at === first || octet > 255 || (at > first + 1 && bytes[first] === ZERO)) break;
      word = word * 256 + octet;
      if (octets === 4) {
        if (bytes[at] !== QUOTE) break;
        this.quads[field] = word;
        return at;
      }
      if (bytes[at++] !== DOT) break;
    }
    this.quads[field] = NO_QUAD;
    return this.#text(bytes, start, field, step);
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
