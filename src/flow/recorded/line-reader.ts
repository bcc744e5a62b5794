/** Cuts the bytes of a file into lines of bounded length, and counts them. */
import { RecordingError } from '../errors.ts';
import { invalid, type MutablePlace } from './fault.ts';
import { NOT_TAKEN } from './line-scanner.ts';

export interface LineFormat {
  /** A last line without newline is cut off: the format itself does not show where a line ends. */
  readonly endsWithNewline: boolean;
  /** A line that is not empty, without its end. */
  readLine(line: string): void;
  /**
   * The same from bytes, where that is quicker: take the line at `start`, which a newline ends.
   * @returns where the next line begins; NOT_TAKEN, when it wants this one as text
   */
  scanLine?(bytes: Buffer, start: number): number;
}

/** Takes the bytes of one file, piece by piece; a piece is refilled once {@link write} is done. */
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
    if (end > first) this.#readLines(chunk, first + 1, end);
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

  /** Whole lines, the last of which ends with the newline at `end`. */
  #readLines(bytes: Buffer, start: number, end: number): void {
    const format = this.#format;
    if (format.scanLine === undefined) {
      for (const line of bytes.toString('utf8', start, end).split('\n')) this.#readLine(line);
      return;
    }
    for (let at = start; at <= end; ) {
      this.#place.line++;
      const next = format.scanLine(bytes, at);
      if (next !== NOT_TAKEN) at = next;
      else {
        const newline = bytes.indexOf(NEWLINE, at);
        this.#give(bytes.toString('utf8', at, newline));
        at = newline + 1;
      }
    }
  }

  #readLine(line: string): void {
    this.#place.line++;
    this.#give(line);
  }

  #give(line: string): void {
    if (line.length > MAX_LINE_BYTES) throw this.#tooLong();
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
    this.#rest.push(Buffer.from(bytes));
    this.#restBytes += bytes.length;
    if (this.#restBytes <= MAX_LINE_BYTES) return;
    this.#place.line++;
    throw this.#tooLong();
  }

  #takeRest(): string {
    const text = Buffer.concat(this.#rest).toString('utf8');
    this.#rest = [];
    this.#restBytes = 0;
    return text;
  }

  #tooLong(): RecordingError {
    return invalid(this.#place, `a line of more than ${MAX_LINE_BYTES} bytes`, 'one flow a line');
  }
}
