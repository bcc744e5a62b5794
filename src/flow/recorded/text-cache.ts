/** Short texts that come again and again, by their bytes: each is made once. */

const PLACES = 1024;
const LONGEST = 256;

export interface KnownText {
  readonly text: string;
  /** As it stands in the line, with the quote that closes it. */
  readonly bytes: Buffer;
}

export class TextCache {
  readonly #known: (KnownText | undefined)[] = new Array(PLACES).fill(undefined);

  /** The text, of ASCII alone, that begins at `from` and whose quote is at `to`; `hash` is some number made of it. */
  textOf(bytes: Buffer, from: number, to: number, hash: number): KnownText {
    const place = hash & (PLACES - 1);
    const known = this.#known[place];
    if (known !== undefined && isAt(bytes, from, known.bytes)) return known;
    const text = bytes.toString('latin1', from, to);
    const made = { text, bytes: Buffer.from(bytes.subarray(from, to + 1)) };
    if (text.length <= LONGEST) this.#known[place] = made;
    return made;
  }
}

/** Both are of one class, so that the loop is compiled for that alone. */
export function isAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}
