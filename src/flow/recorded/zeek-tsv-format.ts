/**
 * Zeek's conn.log in columns. Lines that start with # say how the others are to be read, again in each log where
 * several were joined:
 *
 *   #separator \x09                   bytes between columns, escaped as \xHH
 *   #unset_field    -                 a field that is not set
 *   #path   conn
 *   #fields ts      uid     id.orig_h ...
 *   #types  time    string  addr      ...
 *   1676851329.767505   CHhAvV...  192.0.2.1 ...
 *   #close  2023-02-20-01-00-00
 */
import type { RecordingPlace } from '../errors.ts';
import { invalid, invalidField } from './fault.ts';
import type { LineFormat } from './line-reader.ts';
import type { RecordedFlow } from './recorded-flow.ts';
import { shownText } from './shown-value.ts';
import {
  ZEEK_FIELDS,
  ZEEK_REQUIRED,
  type ZeekField,
  ZeekRecordReader,
  type ZeekValues,
} from './zeek-record.ts';

const MAX_COLUMNS = 1024;

export class ZeekTsvFormat implements LineFormat {
  readonly endsWithNewline = true;
  readonly #place: RecordingPlace;
  readonly #records: ZeekRecordReader;
  readonly #take: (flow: RecordedFlow) => void;
  readonly #values: ZeekValues = {};
  #separator = '\t';
  #unset = '-';
  /** The fields that are read, each with its column. */
  #columns: readonly (readonly [ZeekField, number])[] = [];
  #columnCount = 0;

  /** `take` gets one refilled flow. */
  constructor(place: RecordingPlace, take: (flow: RecordedFlow) => void) {
    this.#place = place;
    this.#records = new ZeekRecordReader(place);
    this.#take = take;
  }

  readLine(line: string): void {
    if (line.startsWith('#')) this.#readHeader(line);
    else this.#readFlow(line.split(this.#separator, MAX_COLUMNS));
  }

  #readHeader(line: string): void {
    // This one line is always separated by a space.
    if (line.startsWith('#separator ')) {
      this.#separator = unescaped(line.slice('#separator '.length));
      if (this.#separator === '') throw invalid(this.#place, '#separator is empty', '#separator \\x09');
      return;
    }
    const [name, ...values] = line.split(this.#separator, MAX_COLUMNS);
    if (name === '#unset_field') this.#unset = values[0] ?? '';
    if (name === '#path' && values[0] !== 'conn') {
      throw invalidField(this.#place, '#path', values[0], "conn: Zeek's log of connections");
    }
    if (name === '#fields') this.#readFields(values);
  }

  #readFields(names: readonly string[]): void {
    const missing = ZEEK_REQUIRED.filter((field) => !names.includes(field));
    if (missing.length > 0) {
      throw invalid(this.#place, `#fields is without ${missing.join(', ')}`, "the fields of Zeek's conn.log");
    }
    this.#columns = ZEEK_FIELDS.filter((field) => names.includes(field)).map(
      (field) => [field, names.indexOf(field)] as const,
    );
    this.#columnCount = names.length;
    for (const field of ZEEK_FIELDS) this.#values[field] = null;
  }

  #readFlow(texts: readonly string[]): void {
    if (this.#columnCount === 0) {
      throw invalid(this.#place, `'${shownText(texts[0])}' stands before #fields`, 'a #fields line first');
    }
    if (texts.length !== this.#columnCount) {
      throw invalid(this.#place, `${texts.length} columns`, `${this.#columnCount} columns as #fields names`);
    }
    for (const [field, column] of this.#columns) {
      const text = texts[column];
      this.#values[field] = text === this.#unset ? null : text;
    }
    this.#take(this.#records.read(this.#values));
  }
}

function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
