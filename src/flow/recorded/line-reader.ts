/** Cuts the bytes of a file into lines of bounded length, and counts them. */
import { RecordingError } from '../errors.ts';
import { invalid, type MutablePlace } from './fault.ts';

export interface LineFormat {
  /** A last line without newline is cut off: the format itself does not show where a line ends. */
  readonly endsWithNewline: boolean;
  /** A line that is not empty, without its end. */
  readLine(line: string): void;
}

/** Takes the bytes of one file, piece by piece. */
export interface RecordingReader {
  write(chunk: Buffer): Promise<void> | void;
  /** No more comes. */
  end(): Promise<void> | void;
}

export const MAX_LINE_BYTES = 1 << 20;
const NEWLINE = 10;

export class LineReader implements RecordingReader {
  readonly #place: MutablePlace;
  readonly #format: LineFormat;
  /** Pieces of a line that is not whole yet. */
  #rest: Buffer[] = [];
  #restBytes = 0;

  constructor(place: MutablePlace, format: LineFormat) {
    this.#place = place;
    this.#format = format;
  }

  write(chunk: Buffer): void {
    // A newline byte is never part of another UTF-8 character, so text is whole up to one.
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#keep(chunk);
      return;
    }
    const first = chunk.indexOf(NEWLINE);
    this.#keep(chunk.subarray(0, first));
    this.#readLine(this.#takeRest());
    if (end > first) this.#readLines(chunk.toString('utf8', first + 1, end));
    this.#keep(chunk.subarray(end + 1));
  }

  end(): void {
    if (this.#restBytes === 0) return;
    const line = this.#takeRest();
    if (!this.#format.endsWithNewline) {
      this.#readLastLine(line);
      return;
    }
    this.#place.line++;
    throw invalid(this.#place, 'the last line does not end with a newline', 'a file that is not cut off');
  }

  #readLines(text: string): void {
    for (const line of text.split('\n')) {
      if (line.length > MAX_LINE_BYTES) this.#tooLong();
      this.#readLine(line);
    }
  }

  #readLine(line: string): void {
    this.#place.line++;
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (whole !== '') this.#format.readLine(whole);
  }

  #readLastLine(line: string): void {
    try {
      this.#readLine(line);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      const problem = `${error.problem}; it is the last line and has no newline, so the file may be cut off`;
      throw invalid(this.#place, problem, error.expected, { cause: error });
    }
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
    if (this.#restBytes > MAX_LINE_BYTES) this.#tooLong();
  }

  #takeRest(): string {
    const text = Buffer.concat(this.#rest).toString('utf8');
    this.#rest = [];
    this.#restBytes = 0;
    return text;
  }

  #tooLong(): never {
    this.#place.line++;
    throw invalid(this.#place, `a line of more than ${MAX_LINE_BYTES} bytes`, 'one flow a line');
  }
}
