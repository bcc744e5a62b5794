/** Many rows (standing-row.ts), one behind the other, read where they lie. */
import { type Address, formatAddress, mutableAddress } from '../address/address.ts';
import { formatPrefix, hostPrefix } from '../address/prefix.ts';
import type { Target } from './decision.ts';
import { AT, FLAG, ROW_BYTES } from './standing-row.ts';
import type { Subject } from './subject.ts';

/** Where in a row an address begins. */
export type Column = (typeof AT)['host' | 'destination'];

export class StandingRows {
  readonly count: number;
  readonly #view: DataView;
  #byNumber: Map<number, number> | undefined;

  constructor(bytes: Uint8Array) {
    this.count = bytes.length / ROW_BYTES;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  number(row: number): number {
    return this.#view.getFloat64(row * ROW_BYTES + AT.number, true);
  }

  id(row: number): string {
    return `D${this.number(row)}`;
  }

  /** The row of a decision; -1 when it has none here. */
  rowOf(id: string): number {
    if (this.count === 0) return -1;
    if (this.#byNumber === undefined) {
      this.#byNumber = new Map();
      for (let row = 0; row < this.count; row++) this.#byNumber.set(this.number(row), row);
    }
    return this.#byNumber.get(Number(id.slice(1))) ?? -1;
  }

  untilMs(row: number): number {
    return this.#view.getFloat64(row * ROW_BYTES + AT.until, true);
  }

  createdAtMs(row: number): number {
    return this.#view.getFloat64(row * ROW_BYTES + AT.created, true);
  }

  ttlMs(row: number): number {
    return this.#view.getFloat64(row * ROW_BYTES + AT.ttl, true);
  }

  family(row: number): number {
    return this.#view.getUint8(row * ROW_BYTES + AT.family);
  }

  isFlow(row: number): boolean {
    return this.#has(row, FLAG.flow);
  }

  isProvisional(row: number): boolean {
    return this.#has(row, FLAG.provisional);
  }

  isAutomatic(row: number): boolean {
    return this.#has(row, FLAG.automatic);
  }

  /** Of a flow. */
  protocol(row: number): number {
    return this.#view.getUint8(row * ROW_BYTES + AT.protocol);
  }

  /** Of a flow; null: the whole protocol. */
  port(row: number): number | null {
    return this.#has(row, FLAG.port) ? this.#view.getUint16(row * ROW_BYTES + AT.port, true) : null;
  }

  /** One of the four words of an address, unsigned. */
  word(row: number, column: Column, index: number): number {
    return this.#view.getUint32(row * ROW_BYTES + column + index * 4, true);
  }

  address(row: number, column: Column): Address {
    const address = mutableAddress();
    address.family = this.family(row) === 4 ? 4 : 6;
    address.a = this.word(row, column, 0);
    address.b = this.word(row, column, 1);
    address.c = this.word(row, column, 2);
    address.d = this.word(row, column, 3);
    return address;
  }

  isAt(row: number, column: Column, { family, a, b, c, d }: Address): boolean {
    return (
      this.word(row, column, 3) === d &&
      this.family(row) === family &&
      this.word(row, column, 2) === c &&
      this.word(row, column, 1) === b &&
      this.word(row, column, 0) === a
    );
  }

  target(row: number): Target {
    const destination = this.address(row, AT.destination);
    if (!this.isFlow(row)) return { kind: 'destination', prefix: formatPrefix(hostPrefix(destination)) };
    return {
      kind: 'flow',
      host: formatAddress(this.address(row, AT.host)),
      destination: formatAddress(destination),
      service: { protocol: this.protocol(row), port: this.port(row) },
    };
  }

  /** What `subjectOf` makes of its target. */
  subject(row: number): Subject {
    const network = hostPrefix(this.address(row, AT.destination));
    if (!this.isFlow(row)) return { kind: 'destination', host: null, network, service: null };
    const service = { protocol: this.protocol(row), port: this.port(row) };
    return { kind: 'flow', host: this.address(row, AT.host), network, service };
  }

  #has(row: number, flag: number): boolean {
    return (this.#view.getUint8(row * ROW_BYTES + AT.flags) & flag) !== 0;
  }
}
