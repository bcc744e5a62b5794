/**
 * Reads recordings into one timeline. A recording is a file, or standard input as `-`; plain, gzip or zstd; of any
 * of these formats, told by its content:
 *
 *   Penstock's NDJSON            ndjson-format.ts
 *   Zeek's conn.log              zeek-tsv-format.ts, zeek-json-format.ts
 *   NetFlow or IPFIX as CSV      csv-columns.ts: nfdump, super_mediator, yafscii, pmacct; joined by record-joiner.ts
 *
 * Memory is bounded by the number of flows, 100 bytes each (400 while CSV is joined), whatever a compressed file
 * unfolds to: the text is bounded too, so that padding cannot keep a reader busy for ever.
 */
import { RecordingError } from '../errors.ts';
import type { MutablePlace } from './fault.ts';
import { readerFor, type Takers } from './format.ts';
import { HeadReader } from './head-reader.ts';
import { joinRecords } from './record-joiner.ts';
import type { RecordedFlow } from './recorded-flow.ts';
import { RecordedFlows } from './recorded-flows.ts';
import { recordingChunks, STANDARD_INPUT, sizeOf } from './recording-source.ts';

export interface ReadOptions {
  /** Bytes as they are on disk; `bytesTotal` leaves out what has no size, such as standard input. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void;
  /** More are refused. */
  readonly maxFlows?: number;
}

export const DEFAULT_MAX_FLOWS = 10_000_000;
/** On average, after decompression. Zeek's JSON takes about 600. */
const MAX_TEXT_BYTES_PER_FLOW = 1024;

/**
 * All flows of all files, by start.
 * @throws RecordingError for the first thing that is wrong, with file and line
 */
export async function readRecordedFlows(
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<RecordedFlows> {
  return new RecordingCollector(options).collect(paths);
}

class RecordingCollector {
  readonly #options: ReadOptions;
  readonly #maxFlows: number;
  readonly #flows = new RecordedFlows();
  readonly #records = new RecordedFlows();
  #bytesRead = 0;
  #textBytes = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#maxFlows = options.maxFlows ?? DEFAULT_MAX_FLOWS;
  }

  async collect(paths: readonly string[]): Promise<RecordedFlows> {
    if (paths.filter((path) => path === STANDARD_INPUT).length > 1) {
      const place = { file: STANDARD_INPUT, line: 0 };
      throw new RecordingError(
        'PENSTOCK_RECORDING_INVALID',
        place,
        'it is named twice',
        'standard input once',
      );
    }
    const sizes = await Promise.all(paths.map(sizeOf));
    const bytesTotal = sizes.reduce((sum, size) => sum + size, 0);
    for (const path of paths) await this.#collectFile(path, bytesTotal);
    joinRecords(this.#records, this.#flows);
    this.#flows.sort();
    return this.#flows;
  }

  async #collectFile(path: string, bytesTotal: number): Promise<void> {
    const place: MutablePlace = { file: path, line: 0 };
    const reader = new HeadReader((firstLine) => readerFor(firstLine, place, this.#takers(place)));
    const chunks = recordingChunks(path, (count) => {
      this.#bytesRead += count;
      this.#options.onProgress?.(this.#bytesRead, bytesTotal);
    });
    for await (const chunk of chunks) {
      this.#countText(chunk.length, place);
      await reader.write(chunk);
    }
    await reader.end();
  }

  #takers(place: MutablePlace): Takers {
    const into = (flows: RecordedFlows) => (flow: RecordedFlow) => {
      if (this.#flows.length + this.#records.length >= this.#maxFlows) throw this.#tooLarge('flows', place);
      flows.push(flow);
    };
    return { flow: into(this.#flows), record: into(this.#records) };
  }

  #countText(bytes: number, place: MutablePlace): void {
    this.#textBytes += bytes;
    if (this.#textBytes > this.#maxFlows * MAX_TEXT_BYTES_PER_FLOW) throw this.#tooLarge('text', place);
  }

  #tooLarge(what: string, place: MutablePlace): RecordingError {
    return new RecordingError(
      'PENSTOCK_RECORDING_TOO_LARGE',
      place,
      `more ${what} than is held at once`,
      `at most ${this.#maxFlows} flows, and ${MAX_TEXT_BYTES_PER_FLOW} bytes a flow, in all files together`,
    );
  }
}
