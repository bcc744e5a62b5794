/** Zeek's conn.log as JSON lines (LogAscii::use_json=T), with `_path` where it is streamed with other logs. */
import type { RecordingPlace } from '../errors.ts';
import { invalidField } from './fault.ts';
import { parseObject } from './json-object.ts';
import type { LineFormat } from './line-reader.ts';
import type { RecordedFlow } from './recorded-flow.ts';
import { ZeekRecordReader } from './zeek-record.ts';

export class ZeekJsonFormat implements LineFormat {
  readonly endsWithNewline = false;
  readonly #place: RecordingPlace;
  readonly #records: ZeekRecordReader;
  readonly #take: (flow: RecordedFlow) => void;

  /** `take` gets one refilled flow. */
  constructor(place: RecordingPlace, take: (flow: RecordedFlow) => void) {
    this.#place = place;
    this.#records = new ZeekRecordReader(place);
    this.#take = take;
  }

  readLine(line: string): void {
    const record = parseObject(line, this.#place);
    if (record._path !== undefined && record._path !== 'conn') {
      throw invalidField(
        this.#place,
        '_path',
        record._path,
        "lines of 'conn' only, without Zeek's other logs",
      );
    }
    this.#take(this.#records.read(record));
  }
}
