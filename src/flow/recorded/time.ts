/** Times in recordings: numbers since the epoch, or text. */

/** 9999-12-31T23:59:59.999Z: the last moment that ISO 8601 can write with four digits of year. */
export const LAST_MS = 253_402_300_799_999;

/** Milliseconds in a unit of time. */
export const SECONDS = 1000;
export const MILLISECONDS = 1;
export const MICROSECONDS = 1e-3;
export const NANOSECONDS = 1e-6;
/** Seconds, or milliseconds from 100,000,000,000 on: 1973 as milliseconds, 5138 as seconds. */
export const BY_SIZE = 0;

/** ISO 8601 or RFC 3339, also with a space as nfdump and pmacct write it. */
const DATE = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;
/** No sign: nothing in a recording is negative. */
const DECIMAL = /^\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/;

/** A number, or the decimal digits of one; NaN for anything else. */
export function decimal(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.length <= 40 && DECIMAL.test(value) ? Number(value) : Number.NaN;
}

const UNIT_NAMES: ReadonlyMap<number, string> = new Map([
  [SECONDS, 'seconds'],
  [MILLISECONDS, 'milliseconds'],
  [MICROSECONDS, 'microseconds'],
  [NANOSECONDS, 'nanoseconds'],
  [BY_SIZE, 'seconds or milliseconds'],
]);

export function unitName(unit: number): string {
  return UNIT_NAMES.get(unit) ?? 'a number';
}

/** Milliseconds from a number in a unit; NaN stays NaN. */
export function inMs(number: number, unit: number): number {
  return number * (unit === BY_SIZE ? (number < 1e11 ? SECONDS : MILLISECONDS) : unit);
}

/** Milliseconds since the epoch; NaN when the text is no date. Without a zone it is UTC. */
export function dateMs(text: string): number {
  const match = DATE.exec(text);
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  // Date.UTC carries over: 31 February would be in March, hour 24 on the next day.
  const same =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!same || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return ms + fractionMs(match[7]) - zoneMs(match[8]);
}

function fractionMs(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(9, '0')) / 1e6;
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}
