/**
 * The rows of the flow table. All that one flow needs lies together, so that an observation touches few cache lines;
 * there is room for as many rows as the table may come to, and the kernel gives the memory only when a row is used.
 *
 *   row     12 x u32   source | destination | translated      IPv4, or the last word of IPv6
 *                      conntrack id
 *                      ports, 4 x u16: source or ICMP id | destination or ICMP type, code | translated | zone
 *                      links: next by tuple | next, previous by source | next, previous by destination | -
 *            6 x f64   original bytes, packets | reply bytes, packets | started | last seen, ms since the epoch
 *   marks    4 x u8    protocol | flags | side and zone direction | generation      apart: walks over all rows read them
 *   upper    9 x u32   the other words of IPv6 addresses      apart: where all is IPv4 they take no memory
 *   further  2 x u32   links by translated address            apart: few flows are translated
 *
 * 100 bytes a flow, and 36 more for IPv6. Row 0 never stands: it is for an entry that is not kept.
 */
import { type Address, type Family, type MutableAddress, mutableAddress } from '../address/address.ts';
import type { ConntrackEntry, Tuple, ZoneDirection } from '../conntrack/entry.ts';
import type { ConntrackIdentity } from '../conntrack/request.ts';

export const SCRATCH = 0;

/** Addresses of a row. */
export const SOURCE = 0;
export const DESTINATION = 1;
export const TRANSLATED = 2;
export type Role = typeof SOURCE | typeof DESTINATION | typeof TRANSLATED;

/** Words of a row, and where things are in it. */
export const WORDS = 24;
const ID = 3;
const PORTS = 4;
export const NEXT_BY_TUPLE = 6;
/** Of the source; those of the destination follow. */
export const LINKS = 7;
const HALF_WORDS = WORDS * 2;

/** Numbers of a row in `numbers`, and where they are. */
export const NUMBERS = WORDS / 2;
export const ORIGINAL_BYTES = 6;
export const ORIGINAL_PACKETS = 7;
export const REPLY_BYTES = 8;
export const REPLY_PACKETS = 9;
export const STARTED = 10;
export const LAST_SEEN = 11;

/** Offsets in the other groups. */
export const SOURCE_PORT = 0;
export const DESTINATION_PORT = 1;
export const TRANSLATED_PORT = 2;
const ZONE = 3;
const PROTOCOL = 0;
const FLAGS = 1;
const SIDES = 2;
const GENERATION = 3;
const UPPER = 3;

/** Bits of FLAGS. */
export const STANDS = 1 << 0;
export const REPLIED = 1 << 1;
/** The entry itself said when it started, not its first event. */
export const EXACT_START = 1 << 2;
const IS_IPV6 = 1 << 3;

/** Which end is ours, in the low bits of SIDES. `inboundTranslated`: after DNAT. */
const SIDE_NAMES = ['outbound', 'inbound', 'inboundTranslated', 'foreign'] as const;
export type Side = (typeof SIDE_NAMES)[number];
const ZONE_DIRECTIONS: readonly ZoneDirection[] = ['both', 'original', 'reply'];
const ZONE_SHIFT = 2;

const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;

export class FlowRows {
  readonly capacity: number;
  /** The rows as signed words, for links, hashes and comparisons: unsigned ones may become heap objects. */
  readonly words: Int32Array;
  /** The same rows as numbers. */
  readonly numbers: Float64Array;
  /** Links of the translated address: next, previous. */
  readonly further: Int32Array;
  readonly #addresses: Uint32Array;
  readonly #ports: Uint16Array;
  readonly #marks: Uint8Array;
  readonly #upper: Uint32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    const rows = new ArrayBuffer(capacity * WORDS * 4);
    this.words = new Int32Array(rows);
    this.numbers = new Float64Array(rows);
    this.#addresses = new Uint32Array(rows);
    this.#ports = new Uint16Array(rows);
    this.further = new Int32Array(capacity * 2);
    this.#marks = new Uint8Array(capacity * 4);
    this.#upper = new Uint32Array(capacity * UPPER * 3);
  }

  /** A new row from an entry; counters and times are 0, no flag is set. */
  write(row: number, entry: ConntrackEntry): void {
    const { original, reply } = entry;
    const marks = row * 4;
    this.#marks[marks + PROTOCOL] = original.protocol;
    this.#marks[marks + FLAGS] = original.source.family === 6 ? IS_IPV6 : 0;
    this.#marks[marks + SIDES] = ZONE_DIRECTIONS.indexOf(entry.zoneDirection) << ZONE_SHIFT;
    this.#writeAddress(row, SOURCE, original.source);
    this.#writeAddress(row, DESTINATION, original.destination);
    this.#writeAddress(row, TRANSLATED, reply.source);
    this.#writePorts(row, entry);
    this.words[row * WORDS + ID] = entry.id;
    for (let i = ORIGINAL_BYTES; i < NUMBERS; i++) this.numbers[row * NUMBERS + i] = 0;
  }

  #writeAddress(row: number, role: Role, { family, a, b, c, d }: Address): void {
    this.#addresses[row * WORDS + role] = d;
    if (family === 4) return;
    const at = (row * 3 + role) * UPPER;
    this.#upper[at] = a;
    this.#upper[at + 1] = b;
    this.#upper[at + 2] = c;
  }

  #writePorts(row: number, { original, reply, zone }: ConntrackEntry): void {
    const at = this.#portsOf(row);
    const icmp = isIcmp(original.protocol);
    this.#ports[at + SOURCE_PORT] = icmp ? original.icmpId : original.sourcePort;
    this.#ports[at + DESTINATION_PORT] = icmp
      ? ((original.icmpType & 255) << 8) | (original.icmpCode & 255)
      : original.destinationPort;
    this.#ports[at + TRANSLATED_PORT] = icmp ? 0 : reply.sourcePort;
    this.#ports[at + ZONE] = zone;
  }

  #portsOf(row: number): number {
    return row * HALF_WORDS + PORTS * 2;
  }

  family(row: number): Family {
    return this.flag(row, IS_IPV6) ? 6 : 4;
  }

  /** One of the four words of an address, the first is 0. */
  word(row: number, role: Role, index: number): number {
    if (index === UPPER) return this.#addresses[row * WORDS + role];
    return this.flag(row, IS_IPV6) ? this.#upper[(row * 3 + role) * UPPER + index] : 0;
  }

  readAddress(row: number, role: Role, to: MutableAddress): void {
    to.family = this.family(row);
    to.d = this.#addresses[row * WORDS + role];
    if (to.family === 4) {
      to.a = 0;
      to.b = 0;
      to.c = 0;
      return;
    }
    const at = (row * 3 + role) * UPPER;
    to.a = this.#upper[at];
    to.b = this.#upper[at + 1];
    to.c = this.#upper[at + 2];
  }

  hasAddress(row: number, role: Role, { family, a, b, c, d }: Address): boolean {
    if (this.#addresses[row * WORDS + role] !== d || this.family(row) !== family) return false;
    const at = (row * 3 + role) * UPPER;
    return family === 4 || (this.#upper[at + 2] === c && this.#upper[at + 1] === b && this.#upper[at] === a);
  }

  /** Whether NAT changed where the packets go. */
  isTranslated(row: number): boolean {
    return !this.#sameAddress(row, DESTINATION, row, TRANSLATED);
  }

  #sameAddress(x: number, ofX: Role, y: number, ofY: Role): boolean {
    if (this.words[x * WORDS + ofX] !== this.words[y * WORDS + ofY]) return false;
    for (let i = 0; i < UPPER; i++) if (this.word(x, ofX, i) !== this.word(y, ofY, i)) return false;
    return true;
  }

  /** SOURCE_PORT, DESTINATION_PORT or TRANSLATED_PORT as the flow shows it: 0 for ICMP. */
  port(row: number, field: number): number {
    return isIcmp(this.protocol(row)) ? 0 : this.#ports[this.#portsOf(row) + field];
  }

  /** -1 unless ICMP. */
  icmpType(row: number): number {
    return isIcmp(this.protocol(row)) ? this.#ports[this.#portsOf(row) + DESTINATION_PORT] >>> 8 : -1;
  }

  icmpCode(row: number): number {
    return isIcmp(this.protocol(row)) ? this.#ports[this.#portsOf(row) + DESTINATION_PORT] & 255 : -1;
  }

  protocol(row: number): number {
    return this.#marks[row * 4 + PROTOCOL];
  }

  id(row: number): number {
    return this.words[row * WORDS + ID] >>> 0;
  }

  flag(row: number, bit: number): boolean {
    return (this.#marks[row * 4 + FLAGS] & bit) !== 0;
  }

  setFlag(row: number, bit: number, value: boolean): void {
    const at = row * 4 + FLAGS;
    this.#marks[at] = value ? this.#marks[at] | bit : this.#marks[at] & ~bit;
  }

  side(row: number): Side {
    return SIDE_NAMES[this.#marks[row * 4 + SIDES] & 3];
  }

  setSide(row: number, side: Side): void {
    const at = row * 4 + SIDES;
    this.#marks[at] = (this.#marks[at] & ~3) | SIDE_NAMES.indexOf(side);
  }

  generation(row: number): number {
    return this.#marks[row * 4 + GENERATION];
  }

  setGeneration(row: number, generation: number): void {
    this.#marks[row * 4 + GENERATION] = generation;
  }

  /** Ports, or ICMP id, type and code. */
  portsWord(row: number): number {
    return this.words[row * WORDS + PORTS];
  }

  /** Zone, protocol, zone direction and family. */
  zoneWord(row: number): number {
    const kind = ((this.#marks[row * 4 + SIDES] >> ZONE_SHIFT) << 1) | (this.flag(row, IS_IPV6) ? 1 : 0);
    return (this.#ports[this.#portsOf(row) + ZONE] << 16) | (this.protocol(row) << 8) | kind;
  }

  /** Whether two rows have the same original tuple in the same zone. */
  sameTuple(x: number, y: number): boolean {
    return (
      this.portsWord(x) === this.portsWord(y) &&
      this.zoneWord(x) === this.zoneWord(y) &&
      this.#sameAddress(x, SOURCE, y, SOURCE) &&
      this.#sameAddress(x, DESTINATION, y, DESTINATION)
    );
  }

  /** What tells the row's entry to the kernel; a copy. */
  identity(row: number): ConntrackIdentity {
    return {
      original: this.#tuple(row),
      zone: this.#ports[this.#portsOf(row) + ZONE],
      zoneDirection: ZONE_DIRECTIONS[this.#marks[row * 4 + SIDES] >> ZONE_SHIFT],
      id: this.id(row),
      startedAtMs: this.flag(row, EXACT_START) ? this.numbers[row * NUMBERS + STARTED] : 0,
    };
  }

  #tuple(row: number): Tuple {
    const icmp = isIcmp(this.protocol(row));
    return {
      source: this.#copyAddress(row, SOURCE),
      destination: this.#copyAddress(row, DESTINATION),
      protocol: this.protocol(row),
      sourcePort: this.port(row, SOURCE_PORT),
      destinationPort: this.port(row, DESTINATION_PORT),
      icmpType: this.icmpType(row),
      icmpCode: this.icmpCode(row),
      icmpId: icmp ? this.#ports[this.#portsOf(row) + SOURCE_PORT] : 0,
    };
  }

  #copyAddress(row: number, role: Role): MutableAddress {
    const address = mutableAddress();
    this.readAddress(row, role, address);
    return address;
  }
}

function isIcmp(protocol: number): boolean {
  return protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6;
}
