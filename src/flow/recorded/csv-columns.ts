/**
 * What the columns of a CSV are, by their names: those of nfdump 1.6 to 1.7 (`-o csv`, csv-fast, csv:...), of IPFIX
 * elements (https://www.iana.org/assignments/ipfix, RFC 5103 for the reverse ones) as super_mediator and others
 * write them, of yafscii and of pmacct. Case, spaces, _ and - make no difference. Other columns are left alone.
 *
 * Where several columns say the same, the first in this table that is not empty counts: an exporter's delta before
 * its total, as records of one flow are added up.
 */
import { BY_SIZE, MICROSECONDS, MILLISECONDS, NANOSECONDS, SECONDS } from './time.ts';

const ROLES = [
  'start',
  'end',
  'duration',
  'protocol',
  'source',
  'sourcePort',
  'destination',
  'destinationPort',
  'icmpTypeCode',
  'icmpType',
  'icmpCode',
  'bytesOut',
  'packetsOut',
  'bytesIn',
  'packetsIn',
  'label',
] as const;
export type CsvRole = (typeof ROLES)[number];

export interface CsvColumn {
  /** As in the header. */
  readonly name: string;
  readonly index: number;
  /** Of a time (time.ts). */
  readonly unit: number;
}

type Meaning = readonly [name: string, unit?: number];

const MEANINGS: { readonly [K in CsvRole]: readonly Meaning[] } = {
  start: [
    ['ts', BY_SIZE],
    ['firstseen', BY_SIZE],
    ['starttime', BY_SIZE],
    ['timestampstart', BY_SIZE],
    ['flowstartnanoseconds', NANOSECONDS],
    ['flowstartmicroseconds', MICROSECONDS],
    ['flowstartmilliseconds', MILLISECONDS],
    ['flowstartseconds', SECONDS],
  ],
  end: [
    ['te', BY_SIZE],
    ['lastseen', BY_SIZE],
    ['endtime', BY_SIZE],
    ['timestampend', BY_SIZE],
    ['flowendnanoseconds', NANOSECONDS],
    ['flowendmicroseconds', MICROSECONDS],
    ['flowendmilliseconds', MILLISECONDS],
    ['flowendseconds', SECONDS],
  ],
  duration: [
    ['td', SECONDS],
    ['duration', SECONDS],
    ['flowdurationmicroseconds', MICROSECONDS],
    ['flowdurationmilliseconds', MILLISECONDS],
  ],
  protocol: [['pr'], ['proto'], ['protocol'], ['protocolidentifier']],
  source: [['sa'], ['srcaddr'], ['sip'], ['srcip'], ['sourceipv4address'], ['sourceipv6address']],
  sourcePort: [['sp'], ['srcport'], ['sourcetransportport']],
  destination: [
    ['da'],
    ['dstaddr'],
    ['dip'],
    ['dstip'],
    ['destinationipv4address'],
    ['destinationipv6address'],
  ],
  destinationPort: [['dp'], ['dstport'], ['destinationtransportport']],
  icmpTypeCode: [['icmptypecodeipv4'], ['icmptypecodeipv6']],
  icmpType: [['icmptype'], ['icmptypeipv4'], ['icmptypeipv6']],
  icmpCode: [['icmpcode'], ['icmpcodeipv4'], ['icmpcodeipv6']],
  bytesOut: [
    ['ibyt'],
    ['inbytes'],
    ['bytes'],
    ['oct'],
    ['octetdeltacount'],
    ['octettotalcount'],
    ['initiatoroctets'],
  ],
  packetsOut: [
    ['ipkt'],
    ['inpackets'],
    ['packets'],
    ['pkt'],
    ['packetdeltacount'],
    ['packettotalcount'],
    ['initiatorpackets'],
  ],
  bytesIn: [
    ['obyt'],
    ['outbytes'],
    ['roct'],
    ['reverseoctetdeltacount'],
    ['reverseoctettotalcount'],
    ['responderoctets'],
  ],
  packetsIn: [
    ['opkt'],
    ['outpackets'],
    ['rpkt'],
    ['reversepacketdeltacount'],
    ['reversepackettotalcount'],
    ['responderpackets'],
  ],
  label: [['label']],
};

const REQUIRED: readonly CsvRole[] = ['start', 'protocol', 'source', 'destination', 'bytesOut', 'packetsOut'];
/** nfdump's, which say what came back, but not who began (direction.ts). */
const UNDIRECTED = new Set(['opkt', 'outpackets']);

export class CsvColumns {
  /** Columns in the header. */
  readonly count: number;
  /** Required roles that no column has. */
  readonly missing: readonly CsvRole[];
  /** Whether the source of a record need not be who began. */
  readonly undirected: boolean;
  readonly #columns: ReadonlyMap<CsvRole, readonly CsvColumn[]>;

  constructor(header: readonly string[]) {
    const names = header.map((name) => name.toLowerCase().replace(/[\s_-]/g, ''));
    this.count = header.length;
    this.undirected = names.some((name) => UNDIRECTED.has(name));
    this.#columns = new Map(
      ROLES.map((role) => [role, MEANINGS[role].flatMap((meaning) => columnOf(meaning, names, header))]),
    );
    this.missing = REQUIRED.filter((role) => this.#of(role).length === 0);
  }

  /** The column to read: the first of those with this role that is not empty, else the first, if any. */
  pick(role: CsvRole, record: readonly string[]): CsvColumn | undefined {
    const columns = this.#of(role);
    if (columns.length < 2) return columns[0];
    return columns.find(({ index }) => record[index] !== '') ?? columns[0];
  }

  #of(role: CsvRole): readonly CsvColumn[] {
    return this.#columns.get(role) ?? [];
  }
}

/** Names that could stand for a role, for an error. */
export function namesOf(role: CsvRole): string {
  return MEANINGS[role].map(([name]) => name).join(', ');
}

function columnOf(
  [meant, unit = BY_SIZE]: Meaning,
  names: readonly string[],
  header: readonly string[],
): readonly CsvColumn[] {
  const index = names.indexOf(meant);
  return index < 0 ? [] : [{ name: header[index], index, unit }];
}
