/** One record of NetFlow or IPFIX as a CSV has it. Times without a zone are UTC. */
import type { MutableAddress } from '../../address/address.ts';
import type { RecordingPlace } from '../errors.ts';
import { CsvColumns, type CsvRole, namesOf } from './csv-columns.ts';
import { looksLikeAnswer, turnRound } from './direction.ts';
import { invalid, invalidField } from './fault.ts';
import { FieldReader, looseLabel } from './field-reader.ts';
import { outcomeOf } from './outcome.ts';
import { isIcmp } from './protocol.ts';
import { emptyRecordedFlow, type RecordedFlow } from './recorded-flow.ts';
import { BY_SIZE } from './time.ts';

/** What nfdump and pmacct write for a time that is not set. */
const NO_DATE = '0000-00-00';
/** How nfdump 1.7.2 and later write ICMP type and code. */
const DOTTED = /^(\d{1,3})\.(\d{1,3})$/;

export class CsvRecordReader {
  readonly #place: RecordingPlace;
  readonly #columns: CsvColumns;
  readonly #fields: FieldReader;
  readonly #flow = emptyRecordedFlow();
  #record: readonly string[] = [];
  /** Of the value read last, for errors. */
  #name = '';
  #unit = BY_SIZE;

  constructor(place: RecordingPlace, header: readonly string[]) {
    this.#place = place;
    this.#columns = new CsvColumns(header);
    this.#fields = new FieldReader(place);
    const [missing] = this.#columns.missing;
    if (missing === undefined) return;
    throw invalid(
      place,
      `no known recording: no JSON, no log of Zeek's, and no CSV with a column for ${missing}`,
      `a header with one of: ${namesOf(missing)}`,
    );
  }

  /** The flow is refilled by the next call. */
  read(record: readonly string[]): RecordedFlow {
    if (record.length !== this.#columns.count) {
      const problem = `${record.length} columns`;
      throw invalid(this.#place, problem, `${this.#columns.count} columns as in the header`);
    }
    this.#record = record;
    const flow = this.#flow;
    this.#readAddress('source', flow.source);
    this.#readAddress('destination', flow.destination);
    const protocol = this.#value('protocol');
    flow.protocol = this.#fields.protocol(this.#name, protocol, flow);
    this.#readTimes();
    this.#readPorts();
    flow.bytesOut = this.#count('bytesOut');
    flow.packetsOut = this.#count('packetsOut');
    flow.bytesIn = this.#count('bytesIn');
    flow.packetsIn = this.#count('packetsIn');
    flow.label = looseLabel(this.#value('label'));
    this.#fields.check(flow);
    if (this.#columns.undirected && flow.packetsIn > 0 && looksLikeAnswer(flow)) turnRound(flow);
    flow.outcome = outcomeOf(null, flow);
    return flow;
  }

  #readAddress(role: CsvRole, into: MutableAddress): void {
    const text = this.#value(role);
    this.#fields.address(this.#name, text, into);
  }

  /** A duration before an end: nfdump 1.7.1 gives the end in whole seconds only. */
  #readTimes(): void {
    const flow = this.#flow;
    const start = this.#value('start');
    flow.startedAtMs = this.#fields.time(this.#name, start, this.#unit);
    const duration = this.#value('duration');
    flow.durationMs = this.#fields.duration(this.#name, duration, this.#unit);
    if (duration !== null) return;
    const end = this.#value('end');
    if (end === null) return;
    flow.durationMs = this.#fields.time(this.#name, end, this.#unit) - flow.startedAtMs;
    if (flow.durationMs < 0) throw invalidField(this.#place, this.#name, end, `an end not before ${start}`);
  }

  #readPorts(): void {
    const flow = this.#flow;
    const icmp = isIcmp(flow.protocol);
    flow.sourcePort = icmp ? 0 : this.#port('sourcePort');
    flow.destinationPort = icmp ? 0 : this.#port('destinationPort');
    flow.icmpType = -1;
    flow.icmpCode = -1;
    if (icmp) this.#readIcmp();
  }

  /** From columns of their own, else from one number or `type.code`, in a column of its own or as a port. */
  #readIcmp(): void {
    const flow = this.#flow;
    const type = this.#value('icmpType');
    if (type !== null) {
      flow.icmpType = this.#fields.icmpOrNone(this.#name, type);
      const code = this.#value('icmpCode');
      flow.icmpCode = this.#fields.icmpOrNone(this.#name, code);
      return;
    }
    const both = this.#value('icmpTypeCode') ?? this.#value('destinationPort');
    if (both === null) return;
    const dotted = DOTTED.exec(both);
    const number = dotted === null ? this.#fields.portOrZero(this.#name, both) : 0;
    flow.icmpType = this.#fields.icmpOrNone(this.#name, dotted?.[1] ?? number >>> 8);
    flow.icmpCode = this.#fields.icmpOrNone(this.#name, dotted?.[2] ?? number & 255);
  }

  #port(role: CsvRole): number {
    const text = this.#value(role);
    return this.#fields.portOrZero(this.#name, text);
  }

  #count(role: CsvRole): number {
    const text = this.#value(role);
    return this.#fields.countOrZero(this.#name, text);
  }

  /** null where the record does not say; also notes the column. */
  #value(role: CsvRole): string | null {
    const column = this.#columns.pick(role, this.#record);
    if (column === undefined) return null;
    this.#name = column.name;
    this.#unit = column.unit;
    const text = this.#record[column.index];
    return text === '' || text.startsWith(NO_DATE) ? null : text;
  }
}
