/**
 * Text that comes again and again, made once: a place for each of 8,192 hashes (FNV-1a), holding the last text that
 * had it. Hostile text only makes it miss.
 */
const PLACES = 1 << 13;
/** Longer text seldom comes again. */
const MAX_LENGTH = 128;
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export class TextPool {
  readonly #texts: (string | undefined)[] = Array.from({ length: PLACES });

  /** The text of ASCII bytes from `from` to before `end`. */
  text(bytes: Buffer, from: number, end: number): string {
    if (end - from > MAX_LENGTH) return bytes.toString('latin1', from, end);
    let hash = OFFSET;
    for (let at = from; at < end; at++) hash = Math.imul(hash ^ bytes[at], PRIME);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.#texts[place];
    if (known !== undefined && isText(known, bytes, from, end)) return known;
    const text = bytes.toString('latin1', from, end);
    this.#texts[place] = text;
    return text;
  }
}

function isText(text: string, bytes: Buffer, from: number, end: number): boolean {
  if (text.length !== end - from) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
