/**
 * Reads a line of JSON without making an object or new text of it, several times faster than JSON.parse: for the lines
 * that recordings consist of, one flat object of numbers and short plain text.
 *
 *   {"ts": 15.23, "proto": "tcp", ..., "note": null}      read here: values of the wanted keys, as JSON.parse has them
 *   anything else (nesting, escapes, UTF-8, true, 1e400)  not read here: the caller parses the line as a whole
 *
 * So what a line means, and what is wrong with one, is decided in one place; here is only a short way to the same
 * values. A number is exact: up to 2^53 and 22 decimal places, one correctly rounded division gives the nearest double
 * (Clinger, 'How to Read Floating Point Numbers Accurately', 1990); others go the long way.
 */
import { TextPool } from './text-pool.ts';

export type PlainValue = number | string | null | undefined;

const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LOWER_CASE = 0x20;
const LOWER_E = 0x65;
const LAST_ASCII = 0x7f;
const NULL = Buffer.from('null');

/** 10^22 is the last power of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const EXACT = POWERS.length - 1;
/** One more digit stays below 2^53. */
const MOST_MANTISSA = Math.floor((Number.MAX_SAFE_INTEGER - 9) / 10);
const MOST_EXPONENT = 1000;
const UNWANTED = -1;

export class PlainObjectReader {
  /** Of the last line that was read, in the order of the keys; undefined where the line has none. */
  readonly values: PlainValue[];
  readonly #places: ReadonlyMap<string, number>;
  /** Keys come in the same order in every line: the place after this one is looked at first. */
  readonly #keyBytes: readonly Buffer[];
  readonly #texts = new TextPool();
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #value: PlainValue;

  constructor(keys: readonly string[]) {
    this.values = keys.map(() => undefined);
    this.#places = new Map(keys.map((key, place) => [key, place]));
    this.#keyBytes = keys.map((key) => Buffer.from(key));
  }

  /** Read `bytes` from `from` to before `end`. @returns whether it could: if not, `values` say nothing */
  read(bytes: Buffer, from: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = end;
    this.values.fill(undefined);
    this.#skipSpace();
    if (!this.#takes(OPEN)) return false;
    let expected = 0;
    do {
      this.#skipSpace();
      const place = this.#key(expected);
      if (place === undefined) return false;
      if (!this.#readValue()) return false;
      if (place !== UNWANTED) {
        this.values[place] = this.#value;
        expected = place + 1;
      }
      this.#skipSpace();
    } while (this.#takes(COMMA));
    if (!this.#takes(CLOSE)) return false;
    this.#skipSpace();
    return this.#at === this.#end;
  }

  /** A key with its colon. @returns its place; undefined when there is no plain one */
  #key(expected: number): number | undefined {
    const place = this.#isKey(expected) ? this.#takeKey(expected) : this.#otherKey();
    if (place === undefined) return undefined;
    this.#skipSpace();
    if (!this.#takes(COLON)) return undefined;
    this.#skipSpace();
    return place;
  }

  #isKey(place: number): boolean {
    if (place >= this.#keyBytes.length) return false;
    const key = this.#keyBytes[place];
    const at = this.#at + 1;
    const bytes = this.#bytes;
    if (at + key.length >= this.#end || bytes[at - 1] !== QUOTE || bytes[at + key.length] !== QUOTE)
      return false;
    for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
    return true;
  }

  #takeKey(place: number): number {
    this.#at += this.#keyBytes[place].length + 2;
    return place;
  }

  #otherKey(): number | undefined {
    const text = this.#text();
    return text === undefined ? undefined : (this.#places.get(text) ?? UNWANTED);
  }

  #readValue(): boolean {
    if (this.#at >= this.#end) return false;
    const first = this.#bytes[this.#at];
    if (first === QUOTE) {
      this.#value = this.#text();
      return this.#value !== undefined;
    }
    if (first === NULL[0]) return this.#null();
    return this.#number();
  }

  #text(): string | undefined {
    const bytes = this.#bytes;
    if (this.#at >= this.#end || bytes[this.#at] !== QUOTE) return undefined;
    const begin = this.#at + 1;
    for (let at = begin; at < this.#end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#at = at + 1;
        return this.#texts.text(bytes, begin, at);
      }
      if (byte < SPACE || byte > LAST_ASCII || byte === BACKSLASH) return undefined;
    }
    return undefined;
  }

  #null(): boolean {
    const end = this.#at + NULL.length;
    if (end > this.#end) return false;
    for (let i = 0; i < NULL.length; i++) if (this.#bytes[this.#at + i] !== NULL[i]) return false;
    this.#at = end;
    this.#value = null;
    return true;
  }

  /** RFC 8259, section 6. */
  #number(): boolean {
    const negative = this.#takes(MINUS);
    const begin = this.#at;
    let mantissa = this.#digits(0);
    const digits = this.#at - begin;
    if (digits === 0 || (digits > 1 && this.#bytes[begin] === ZERO)) return false;
    let power = 0;
    if (this.#takes(DOT)) {
      const point = this.#at;
      mantissa = this.#digits(mantissa);
      power = point - this.#at;
      if (power === 0) return false;
    }
    if (this.#at < this.#end && (this.#bytes[this.#at] | LOWER_CASE) === LOWER_E) {
      this.#at++;
      const exponent = this.#exponent();
      if (exponent === undefined) return false;
      power += exponent;
    }
    if (mantissa < 0 || power > EXACT || power < -EXACT) return false;
    const size = power < 0 ? mantissa / POWERS[-power] : mantissa * POWERS[power];
    this.#value = negative ? -size : size;
    return true;
  }

  /** Digits behind those that make `number`; -1 when they are more than a double holds exactly. */
  #digits(number: number): number {
    const bytes = this.#bytes;
    let value = number;
    for (; this.#at < this.#end; this.#at++) {
      const byte = bytes[this.#at];
      if (byte < ZERO || byte > NINE) break;
      value = value < 0 || value > MOST_MANTISSA ? -1 : value * 10 + byte - ZERO;
    }
    return value;
  }

  #exponent(): number | undefined {
    const negative = this.#takes(MINUS);
    if (!negative) this.#takes(PLUS);
    const begin = this.#at;
    const value = this.#digits(0);
    if (this.#at === begin || value < 0 || value > MOST_EXPONENT) return undefined;
    return negative ? -value : value;
  }

  #takes(byte: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (this.#at < this.#end && isSpace(this.#bytes[this.#at])) this.#at++;
  }
}

/** Of JSON's white space, all that a line can have. */
function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN;
}
