/**
 * The columns of the flow table, grouped by what is read together, so that one flow touches few cache lines. All are
 * as long as the table may become: the kernel gives the memory only when a row is first used.
 *
 *   addresses  12 x u32   source a b c d | destination a b c d | translated a b c d
 *   counters    4 x f64   original bytes, packets | reply bytes, packets
 *   times       2 x f64   started | last seen                                  ms since the epoch
 *   ports       4 x u16   source or ICMP id | destination or ICMP type, code | translated | zone
 *   marks       4 x u8    protocol | flags | side and zone direction | generation
 *   ids         1 x u32   conntrack id                                        112 bytes in all
 *
 * Row 0 never stands: it holds the entry in hand, so that entries and rows are hashed and compared by the same code.
 */
import { type Address, type Family, type MutableAddress, mutableAddress } from '../address/address.ts';
import type { ConntrackEntry, Tuple, ZoneDirection } from '../conntrack/entry.ts';
import type { ConntrackIdentity } from '../conntrack/request.ts';

export const SCRATCH = 0;

/** Offsets of an address in a row. */
export const SOURCE = 0;
export const DESTINATION = 4;
export const TRANSLATED = 8;
const ADDRESS_WORDS = 12;

/** Offsets in the other groups. */
export const ORIGINAL_BYTES = 0;
export const ORIGINAL_PACKETS = 1;
export const REPLY_BYTES = 2;
export const REPLY_PACKETS = 3;
export const STARTED = 0;
export const LAST_SEEN = 1;
export const SOURCE_PORT = 0;
export const DESTINATION_PORT = 1;
export const TRANSLATED_PORT = 2;
const ZONE = 3;
const PROTOCOL = 0;
const FLAGS = 1;
const SIDES = 2;
const GENERATION = 3;

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
  readonly counters: Float64Array;
  readonly times: Float64Array;
  readonly #addresses: Uint32Array;
  readonly #ports: Uint16Array;
  readonly #marks: Uint8Array;
  readonly #ids: Uint32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.counters = new Float64Array(capacity * 4);
    this.times = new Float64Array(capacity * 2);
    this.#addresses = new Uint32Array(capacity * ADDRESS_WORDS);
    this.#ports = new Uint16Array(capacity * 4);
    this.#marks = new Uint8Array(capacity * 4);
    this.#ids = new Uint32Array(capacity);
  }

  /** A new row from an entry; counters and times are 0, no flag is set. */
  write(row: number, entry: ConntrackEntry): void {
    const { original, reply } = entry;
    this.#writeAddress(row, SOURCE, original.source);
    this.#writeAddress(row, DESTINATION, original.destination);
    this.#writeAddress(row, TRANSLATED, reply.source);
    this.#writePorts(row, entry);
    const marks = row * 4;
    this.#marks[marks + PROTOCOL] = original.protocol;
    this.#marks[marks + FLAGS] = original.source.family === 6 ? IS_IPV6 : 0;
    this.#marks[marks + SIDES] = ZONE_DIRECTIONS.indexOf(entry.zoneDirection) << ZONE_SHIFT;
    this.#ids[row] = entry.id;
    for (let i = 0; i < 4; i++) this.counters[row * 4 + i] = 0;
    this.times[row * 2 + STARTED] = 0;
    this.times[row * 2 + LAST_SEEN] = 0;
  }

  #writeAddress(row: number, offset: number, { a, b, c, d }: Address): void {
    const at = row * ADDRESS_WORDS + offset;
    this.#addresses[at] = a;
    this.#addresses[at + 1] = b;
    this.#addresses[at + 2] = c;
    this.#addresses[at + 3] = d;
  }

  #writePorts(row: number, { original, reply, zone }: ConntrackEntry): void {
    const at = row * 4;
    const icmp = isIcmp(original.protocol);
    this.#ports[at + SOURCE_PORT] = icmp ? original.icmpId : original.sourcePort;
    this.#ports[at + DESTINATION_PORT] = icmp
      ? ((original.icmpType & 255) << 8) | (original.icmpCode & 255)
      : original.destinationPort;
    this.#ports[at + TRANSLATED_PORT] = icmp ? 0 : reply.sourcePort;
    this.#ports[at + ZONE] = zone;
  }

  family(row: number): Family {
    return this.flag(row, IS_IPV6) ? 6 : 4;
  }

  /** One of the 12 address words. */
  word(row: number, offset: number): number {
    return this.#addresses[row * ADDRESS_WORDS + offset];
  }

  readAddress(row: number, offset: number, to: MutableAddress): void {
    const at = row * ADDRESS_WORDS + offset;
    to.family = this.family(row);
    to.a = this.#addresses[at];
    to.b = this.#addresses[at + 1];
    to.c = this.#addresses[at + 2];
    to.d = this.#addresses[at + 3];
  }

  hasAddress(row: number, offset: number, { family, a, b, c, d }: Address): boolean {
    const at = row * ADDRESS_WORDS + offset;
    return (
      this.#addresses[at + 3] === d &&
      this.#addresses[at + 2] === c &&
      this.#addresses[at + 1] === b &&
      this.#addresses[at] === a &&
      this.family(row) === family
    );
  }

  /** Whether NAT changed where the packets go. */
  isTranslated(row: number): boolean {
    for (let i = 0; i < 4; i++)
      if (this.word(row, DESTINATION + i) !== this.word(row, TRANSLATED + i)) return true;
    return false;
  }

  /** SOURCE_PORT, DESTINATION_PORT or TRANSLATED_PORT as the flow shows it: 0 for ICMP. */
  port(row: number, field: number): number {
    return isIcmp(this.protocol(row)) ? 0 : this.#ports[row * 4 + field];
  }

  /** -1 unless ICMP. */
  icmpType(row: number): number {
    return isIcmp(this.protocol(row)) ? this.#ports[row * 4 + DESTINATION_PORT] >>> 8 : -1;
  }

  icmpCode(row: number): number {
    return isIcmp(this.protocol(row)) ? this.#ports[row * 4 + DESTINATION_PORT] & 255 : -1;
  }

  protocol(row: number): number {
    return this.#marks[row * 4 + PROTOCOL];
  }

  id(row: number): number {
    return this.#ids[row];
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
    const at = row * 4;
    return (this.#ports[at + SOURCE_PORT] << 16) | this.#ports[at + DESTINATION_PORT];
  }

  /** Zone, protocol, zone direction and family. */
  zoneWord(row: number): number {
    const kind = ((this.#marks[row * 4 + SIDES] >> ZONE_SHIFT) << 1) | (this.flag(row, IS_IPV6) ? 1 : 0);
    return (this.#ports[row * 4 + ZONE] << 16) | (this.protocol(row) << 8) | kind;
  }

  /** Whether two rows have the same original tuple in the same zone. */
  sameTuple(x: number, y: number): boolean {
    if (this.portsWord(x) !== this.portsWord(y) || this.zoneWord(x) !== this.zoneWord(y)) return false;
    for (let i = SOURCE; i < TRANSLATED; i++) if (this.word(x, i) !== this.word(y, i)) return false;
    return true;
  }

  /** What tells the row's entry to the kernel; a copy. */
  identity(row: number): ConntrackIdentity {
    return {
      original: this.#tuple(row),
      zone: this.#ports[row * 4 + ZONE],
      zoneDirection: ZONE_DIRECTIONS[this.#marks[row * 4 + SIDES] >> ZONE_SHIFT],
      id: this.#ids[row],
      startedAtMs: this.flag(row, EXACT_START) ? this.times[row * 2 + STARTED] : 0,
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
      icmpId: icmp ? this.#ports[row * 4 + SOURCE_PORT] : 0,
    };
  }

  #copyAddress(row: number, offset: number): MutableAddress {
    const address = mutableAddress();
    this.readAddress(row, offset, address);
    return address;
  }
}

function isIcmp(protocol: number): boolean {
  return protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6;
}
