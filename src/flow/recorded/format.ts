/** What a recording is, told by its first line. */
import type { RecordingPlace } from '../errors.ts';
import { CsvReader } from './csv-reader.ts';
import { invalid, type MutablePlace } from './fault.ts';
import { type LineFormat, LineReader, type RecordingReader } from './line-reader.ts';
import { NdjsonFormat } from './ndjson-format.ts';
import type { RecordedFlow } from './recorded-flow.ts';
import { ZeekJsonFormat } from './zeek-json-format.ts';
import { ZeekTsvFormat } from './zeek-tsv-format.ts';

type Take = (flow: RecordedFlow) => void;

/** Where flows go: whole ones, and records of which several may make a flow (record-joiner.ts). */
export interface Takers {
  readonly flow: Take;
  readonly record: Take;
}

/** A reader for the file that begins with this line. */
export function readerFor(firstLine: string, place: MutablePlace, takers: Takers): RecordingReader {
  if (firstLine.includes('\0')) {
    throw invalid(place, 'it is no text in UTF-8', 'JSON lines, a log of Zeek or CSV, plain or compressed');
  }
  if (firstLine.startsWith('#')) return new LineReader(place, new ZeekTsvFormat(place, takers.flow));
  if (firstLine.startsWith('{')) return new LineReader(place, jsonFormat(firstLine, place, takers.flow));
  if (firstLine.startsWith('[')) throw invalid(place, 'it is a JSON list', 'one JSON object a line');
  return new CsvReader(place, firstLine, takers.record);
}

function jsonFormat(line: string, place: RecordingPlace, take: Take): LineFormat {
  return isZeek(line) ? new ZeekJsonFormat(place, take) : new NdjsonFormat(place, take);
}

/** No line that is not JSON is Zeek's: the other reader says what is wrong with it. */
function isZeek(line: string): boolean {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null && ('id.orig_h' in record || '_path' in record);
  } catch {
    return false;
  }
}
