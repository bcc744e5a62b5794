/**
 * Walks over the question and the answers of a message before the library reads them, so that no message makes it
 * work long, and no name means two things.
 *
 *    0    2       4         6         8           10
 *   +----+-------+---------+---------+-----------+------------+----------+-------------------------------------
 *   | id | flags | qdcount | ancount | nscount   | arcount    | question | answers: name, type 2, class 2,
 *   +----+-------+---------+---------+-----------+------------+----------+   ttl 4, length 2, data
 *
 * A name is labels, each behind its length, up to an empty one or a pointer to an earlier place (RFC 1035, section
 * 4.1.4). Pointers may make a message of 64 KiB as long to read as one of gigabytes.
 */
export const HEADER_BYTES = 12;
export const MAX_MESSAGE_BYTES = 0xffff;

/** More than fit: an address record takes at least 16 bytes of 65,535. */
const MAX_ANSWERS = 4_096;
/** A name of 255 bytes has at most 127 labels; real ones are compressed in a few steps. */
const MAX_POINTERS_A_NAME = 32;
const MAX_NAME_BYTES = 255;
const MAX_POINTERS = 8_192;

const TYPE_A = 1;
const TYPE_CNAME = 5;
const TYPE_AAAA = 28;
const TYPE_SVCB = 64;
const TYPE_HTTPS = 65;
/** Lengths of the data of types that are read; 0 for any length. */
const READ = new Map([
  [TYPE_A, 4],
  [TYPE_AAAA, 16],
  [TYPE_CNAME, 0],
  [TYPE_SVCB, 0],
  [TYPE_HTTPS, 0],
]);
/** For private use (RFC 6895, section 3.1): the library takes the data of such a type as they are. */
export const TYPE_PRIVATE = 0xff00;

const DOT = 0x2e;
const BACKSLASH = 0x5c;

export interface Walked {
  /** Where the answers end; what comes behind them is of no interest. */
  readonly end: number;
  /** Where the types of records stand that are of no interest. */
  readonly others: readonly number[];
}

/** Undefined when the message is not to be read. `message` must hold a header. */
export function walk(message: Uint8Array, questions: number, answers: number): Walked | undefined {
  if (message.length > MAX_MESSAGE_BYTES || answers > MAX_ANSWERS) return undefined;
  const walker = new Walker(message);
  try {
    for (let i = 0; i < questions; i++) walker.question();
    for (let i = 0; i < answers; i++) walker.record();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
  return { end: walker.at, others: walker.others };
}

class Malformed extends Error {}

class Walker {
  at = HEADER_BYTES;
  readonly others: number[] = [];
  readonly #bytes: Uint8Array;
  #pointers = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  question(): void {
    this.at = this.#name(this.at) + 4;
    if (this.at > this.#bytes.length) throw new Malformed();
  }

  record(): void {
    const fixed = this.#name(this.at);
    const data = fixed + 10;
    if (data > this.#bytes.length) throw new Malformed();
    const type = this.#u16(fixed);
    const size = this.#u16(fixed + 8);
    this.at = data + size;
    if (this.at > this.#bytes.length) throw new Malformed();
    const wanted = READ.get(type);
    if (wanted === undefined) this.others.push(fixed);
    else if (wanted !== 0 && wanted !== size) throw new Malformed();
    if (type === TYPE_CNAME && this.#name(data) !== this.at) throw new Malformed();
  }

  /** @returns where the name ends, at the place where it began */
  #name(start: number): number {
    let at = start;
    let end = 0;
    let earliest = start;
    let length = 0;
    for (let pointers = 0; ; ) {
      const size = this.#byte(at);
      if (size === 0) return end === 0 ? at + 1 : end;
      if (size < 64) {
        length += size + 1;
        if (length >= MAX_NAME_BYTES) throw new Malformed();
        this.#label(at + 1, size);
        at += size + 1;
      } else {
        if (size < 0xc0) throw new Malformed();
        const target = this.#u16(at) & 0x3fff;
        if (end === 0) end = at + 2;
        if (target >= earliest || ++pointers > MAX_POINTERS_A_NAME || ++this.#pointers > MAX_POINTERS)
          throw new Malformed();
        earliest = target;
        at = target;
      }
    }
  }

  /** Names are compared as text: a dot inside a label, or a byte that is no ASCII, could make two of them equal. */
  #label(at: number, size: number): void {
    for (let i = at; i < at + size; i++) {
      const byte = this.#byte(i);
      if (byte <= 0x20 || byte >= 0x7f || byte === DOT || byte === BACKSLASH) throw new Malformed();
    }
  }

  #byte(at: number): number {
    if (at >= this.#bytes.length) throw new Malformed();
    return this.#bytes[at];
  }

  #u16(at: number): number {
    return (this.#byte(at) << 8) | this.#byte(at + 1);
  }
}
