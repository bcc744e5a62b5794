/**
 * Reads the fields of one record, from JSON (numbers, strings) or from columns of text, and says which one is wrong.
 * null and undefined are a field that the source leaves out.
 */
import type { MutableAddress } from '../../address/address.ts';
import { AddressError } from '../../address/errors.ts';
import type { RecordingPlace } from '../errors.ts';
import { AddressReader } from './address-reader.ts';
import { invalid, invalidField } from './fault.ts';
import { IPPROTO_ICMP, IPPROTO_ICMPV6, protocolNumber } from './protocol.ts';
import type { FlowLabel, MutableRecordedFlow, RecordedFlow } from './recorded-flow.ts';
import { dateMs, decimal, inMs, LAST_MS, SECONDS, unitName } from './time.ts';

export const MAX_PORT = 65_535;
const MAX_BYTE = 255;

export class FieldReader {
  readonly #place: RecordingPlace;
  readonly #addresses = new AddressReader();

  /** Errors show `place` as it is at that time. */
  constructor(place: RecordingPlace) {
    this.#place = place;
  }

  /** Milliseconds since the epoch, from a date or from a number in a unit (time.ts). */
  time(name: string, value: unknown, unit = SECONDS): number {
    const isDate = typeof value === 'string' && value.includes('-');
    const ms = isDate ? dateMs(value) : inMs(decimal(value), unit);
    if (ms >= 0 && ms <= LAST_MS) return ms;
    throw invalidField(
      this.#place,
      name,
      value,
      `${unitName(unit)} since 1970-01-01 or a date as 2026-01-31T23:59:59.5Z, up to the year 9999`,
    );
  }

  /** Milliseconds, from a number in a unit; 0 where the source says nothing, as Zeek does for a single packet. */
  duration(name: string, value: unknown, unit = SECONDS): number {
    if (value === null || value === undefined) return 0;
    const ms = inMs(decimal(value), unit);
    if (ms >= 0 && ms <= LAST_MS) return ms;
    throw invalidField(this.#place, name, value, `${unitName(unit)}, 0 or more`);
  }

  /** Bytes or packets. */
  count(name: string, value: unknown): number {
    return this.#whole(name, value, Number.MAX_SAFE_INTEGER);
  }

  countOrZero(name: string, value: unknown): number {
    return value === null || value === undefined ? 0 : this.#whole(name, value, Number.MAX_SAFE_INTEGER);
  }

  portOrZero(name: string, value: unknown): number {
    return value === null || value === undefined ? 0 : this.#whole(name, value, MAX_PORT);
  }

  /** An ICMP type or code; -1 where the source does not say. */
  icmpOrNone(name: string, value: unknown): number {
    return value === null || value === undefined ? -1 : this.#whole(name, value, MAX_BYTE);
  }

  address(name: string, value: unknown, into: MutableAddress): void {
    if (typeof value !== 'string') throw invalidField(this.#place, name, value, 'an IP address as text');
    try {
      this.#addresses.read(value, into);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      throw invalid(this.#place, `${name} is ${error.problem}`, error.expected, { cause: error });
    }
  }

  /** The addresses of the flow are read already: 'icmp' with IPv6 addresses is ICMPv6. */
  protocol(name: string, value: unknown, flow: RecordedFlow): number {
    const number = protocolNumber(value);
    if (number === undefined) {
      throw invalidField(this.#place, name, value, 'an IP protocol: a number from 0 to 255 or a name as tcp');
    }
    return number === IPPROTO_ICMP && flow.source.family === 6 ? IPPROTO_ICMPV6 : number;
  }

  /** What else has to hold once all is read. */
  check(flow: MutableRecordedFlow): void {
    if (flow.source.family !== flow.destination.family) {
      throw invalid(this.#place, 'an IPv4 and an IPv6 address in one flow', 'two addresses of one family');
    }
    if (!(flow.startedAtMs + flow.durationMs <= LAST_MS)) {
      throw invalid(this.#place, 'the flow ends after the year 9999', 'a shorter duration, in seconds');
    }
  }

  #whole(name: string, value: unknown, most: number): number {
    const number = decimal(value);
    if (number >= 0 && number <= most && Number.isInteger(number)) return number;
    throw invalidField(this.#place, name, value, `a whole number from 0 to ${most}`);
  }
}

/** Other sources have labels of their own, in any case; what is neither of the two says nothing here. */
export function looseLabel(value: unknown): FlowLabel {
  if (typeof value !== 'string') return 'unknown';
  const label = value.toLowerCase();
  return label === 'malicious' || label === 'benign' ? label : 'unknown';
}
