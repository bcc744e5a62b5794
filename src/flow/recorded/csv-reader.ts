/** NetFlow and IPFIX records as CSV: a header, then one record a line. */
import { finished } from 'node:stream/promises';
import { CsvError, type Parser, parse } from 'csv-parse';
import { CsvRecordReader } from './csv-record.ts';
import { invalid, type MutablePlace } from './fault.ts';
import { MAX_LINE_BYTES, type RecordingReader } from './line-reader.ts';
import type { RecordedFlow } from './recorded-flow.ts';

const DELIMITERS = [',', '|', ';', '\t'];
/** nfdump ends with this line and then totals, unless told not to (-q). */
const NFDUMP_TOTALS = 'Summary';

export class CsvReader implements RecordingReader {
  readonly #place: MutablePlace;
  readonly #take: (flow: RecordedFlow) => void;
  readonly #parser: Parser;
  #records: CsvRecordReader | undefined;
  #totals = false;
  #endsWithNewline = false;

  /** `header` is the first line; `take` gets one refilled flow. */
  constructor(place: MutablePlace, header: string, take: (flow: RecordedFlow) => void) {
    this.#place = place;
    this.#take = take;
    this.#parser = parse({
      delimiter: delimiterOf(header),
      trim: true,
      skip_empty_lines: true,
      // Looked at here, where the error can name the line; nfdump's totals have another count.
      relax_column_count: true,
      max_record_size: MAX_LINE_BYTES,
      on_record: (record: string[], { lines }) => this.#readRecord(record, lines),
    });
    // Nothing comes out at the other end, and errors come to those who wait for `write` and `end`.
    this.#parser.on('error', () => {}).resume();
  }

  write(chunk: Buffer): Promise<void> {
    this.#endsWithNewline = chunk.at(-1) === 10;
    return new Promise((resolve, reject) => {
      // It keeps what is not whole yet.
      this.#parser.write(Buffer.from(chunk), (error) => {
        if (error) reject(this.#explained(error));
        else resolve();
      });
    });
  }

  async end(): Promise<void> {
    try {
      await finished(this.#parser.end());
    } catch (error) {
      throw this.#explained(error);
    }
    if (this.#endsWithNewline) return;
    throw invalid(this.#place, 'the last line does not end with a newline', 'a file that is not cut off');
  }

  /** Gives nothing to the parser to hand on. */
  #readRecord(record: string[], line: number): undefined {
    this.#place.line = line;
    if (record.length === 1 && record[0] === NFDUMP_TOTALS) this.#totals = true;
    if (this.#totals) return;
    if (this.#records === undefined) this.#records = new CsvRecordReader(this.#place, record);
    else this.#take(this.#records.read(record));
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof CsvError)) return error;
    if (typeof error.lines === 'number') this.#place.line = error.lines;
    const problem =
      error.code === 'CSV_MAX_RECORD_SIZE'
        ? `a line of more than ${MAX_LINE_BYTES} bytes`
        : `no well-formed CSV (${error.code})`;
    return invalid(this.#place, problem, 'one flow a line, as RFC 4180 has it', { cause: error });
  }
}

/** The one that the header has most of. */
function delimiterOf(header: string): string {
  const count = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, other) => (count(other) > count(best) ? other : best));
}
