/** Waits for the first line of a file that is not blank, then passes all on to the reader that it calls for. */
import { MAX_LINE_BYTES, type RecordingReader } from './line-reader.ts';

const UTF8_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const NEWLINE = 10;

export class HeadReader implements RecordingReader {
  readonly #choose: (firstLine: string) => RecordingReader;
  #reader: RecordingReader | undefined;
  #head: Buffer[] = [];
  #headBytes = 0;

  constructor(choose: (firstLine: string) => RecordingReader) {
    this.#choose = choose;
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.#reader !== undefined) return this.#reader.write(chunk);
    this.#head.push(Buffer.from(chunk));
    this.#headBytes += chunk.length;
    const tooLong = this.#headBytes > MAX_LINE_BYTES;
    if (!tooLong && !chunk.includes(NEWLINE)) return;
    const line = firstWholeLine(this.#headText());
    if (tooLong || line !== undefined) await this.#begin(line ?? this.#headText());
  }

  /** A file may have no line at all, or only one that does not end. */
  async end(): Promise<void> {
    if (this.#reader === undefined && this.#headText().trim() !== '') await this.#begin(this.#headText());
    await this.#reader?.end();
  }

  #headText(): string {
    return Buffer.concat(this.#head).toString('utf8');
  }

  async #begin(line: string): Promise<void> {
    const head = Buffer.concat(this.#head);
    this.#head = [];
    // Also takes away a byte order mark.
    this.#reader = this.#choose(line.trim());
    const marked = head.subarray(0, UTF8_MARK.length).equals(UTF8_MARK);
    await this.#reader.write(marked ? head.subarray(UTF8_MARK.length) : head);
  }
}

function firstWholeLine(text: string): string | undefined {
  return text
    .split('\n')
    .slice(0, -1)
    .find((line) => line.trim() !== '');
}
