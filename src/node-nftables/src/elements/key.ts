/**
 * Keys of set elements as the kernel has them. The fields of a concatenation each start on a multiple of four bytes,
 * padded with zeros at their end:
 *
 *   ipv4_addr . ipv4_addr . inet_proto . inet_service      192.0.2.1 . 203.0.113.9 . tcp . 443
 *
 *    0           4           8           12          16
 *   +-----------+-----------+--+--------+-----+-----+
 *   | c0 00 02 01 cb 00 71 09|06|00 00 00|01 bb|00 00|
 *   +-----------+-----------+--+--------+-----+-----+
 *
 * A key of one field is not padded. Prefixes and ranges have two keys, the first and the last, field by field.
 */
import type { Concatenation, Expression } from '../document/index.ts';
import { type FieldType, type FieldValue, fieldType, invalid } from './field-type.ts';

export interface KeyRange {
  readonly key: Uint8Array;
  /** Included. Left out when no field has a prefix or range. */
  readonly keyEnd?: Uint8Array;
}

type Ends = readonly [Uint8Array, Uint8Array];

/**
 * Bytes of an element written as in a libnftables document: a value, `{prefix}`, `{range}`, or `{concat}` of these.
 * @throws NftablesError NFTABLES_INVALID
 */
export function encodeKey(type: string | readonly string[], expression: Expression): KeyRange {
  const types = fieldTypes(type);
  const fields = types.length === 1 ? [expression] : concatenated(expression, types.length);
  const ends = types.map((field, i) => encodeField(field, fields[i]));
  const key = concatenate(ends.map(([first]) => first));
  return fields.every(isValue) ? { key } : { key, keyEnd: concatenate(ends.map(([, last]) => last)) };
}

/** The expression that nft lists for a key. @throws NftablesError NFTABLES_INVALID when the length is wrong */
export function decodeKey(type: string | readonly string[], { key, keyEnd = key }: KeyRange): Expression {
  const types = fieldTypes(type);
  const lastFields = split(types, keyEnd);
  const fields = split(types, key).map((first, i) => decodeField(types[i], first, lastFields[i]));
  return fields.length === 1 ? fields[0] : { concat: fields };
}

/** Where each field starts and how long it is. */
export function fieldPlaces(type: string | readonly string[]): { start: number; bytes: number }[] {
  let start = 0;
  return fieldTypes(type).map(({ bytes }) => {
    const place = { start, bytes };
    start += padded(bytes);
    return place;
  });
}

function fieldTypes(type: string | readonly string[]): FieldType[] {
  return (typeof type === 'string' ? [type] : type).map(fieldType);
}

function concatenated(expression: Expression, count: number): readonly Expression[] {
  if (isConcatenation(expression) && expression.concat.length === count) return expression.concat;
  throw invalid(expression, `a concatenation of ${count} fields`);
}

function isConcatenation(expression: Expression): expression is Concatenation {
  return typeof expression === 'object' && Array.isArray((expression as Concatenation).concat);
}

function isValue(expression: Expression): expression is FieldValue {
  return typeof expression === 'string' || typeof expression === 'number';
}

function encodeField(type: FieldType, expression: Expression): Ends {
  if (isValue(expression)) {
    const bytes = type.encode(expression);
    return [bytes, bytes];
  }
  if (typeof expression === 'object' && 'prefix' in expression) {
    const { addr, len } = expression.prefix;
    return prefixEnds(encodeValue(type, addr), len);
  }
  if (typeof expression === 'object' && 'range' in expression) {
    const [first, last] = expression.range;
    return rangeEnds(encodeValue(type, first), encodeValue(type, last));
  }
  throw invalid(expression, 'a value, prefix or range');
}

function encodeValue(type: FieldType, expression: Expression): Uint8Array {
  if (isValue(expression)) return type.encode(expression);
  throw invalid(expression, 'a value');
}

function rangeEnds(first: Uint8Array, last: Uint8Array): Ends {
  if (Buffer.compare(first, last) > 0) throw invalid([...first, ...last], 'a range from low to high');
  return [first, last];
}

function prefixEnds(address: Uint8Array, length: number): Ends {
  const bits = address.length * 8;
  if (!Number.isInteger(length) || length < 0 || length > bits) {
    throw invalid(length, `a prefix length of 0 to ${bits}`);
  }
  const mask = Uint8Array.from(address, (_, i) => 0xff00 >> Math.min(8, Math.max(0, length - 8 * i)));
  return [address.map((byte, i) => byte & mask[i]), address.map((byte, i) => byte | (~mask[i] & 255))];
}

function decodeField(type: FieldType, first: Uint8Array, last: Uint8Array): Expression {
  const addr = type.decode(first);
  if (Buffer.compare(first, last) === 0) return addr;
  const len = prefixLength(first, last);
  return len === undefined ? { range: [addr, type.decode(last)] } : { prefix: { addr, len } };
}

/** Of the prefix that reaches from `first` to `last`; undefined when there is none. */
function prefixLength(first: Uint8Array, last: Uint8Array): number | undefined {
  const differs = first.findIndex((byte, i) => byte !== last[i]);
  const length = differs * 8 + Math.clz32(first[differs] ^ last[differs]) - 24;
  const [from, to] = prefixEnds(first, length);
  const exact = Buffer.compare(from, first) === 0 && Buffer.compare(to, last) === 0;
  return exact ? length : undefined;
}

function concatenate(fields: readonly Uint8Array[]): Uint8Array {
  if (fields.length === 1) return fields[0];
  const key = new Uint8Array(fields.reduce((sum, { length }) => sum + padded(length), 0));
  let start = 0;
  for (const field of fields) {
    key.set(field, start);
    start += padded(field.length);
  }
  return key;
}

function split(types: readonly FieldType[], key: Uint8Array): Uint8Array[] {
  const length =
    types.length === 1 ? types[0].bytes : types.reduce((sum, { bytes }) => sum + padded(bytes), 0);
  if (key.length !== length) throw invalid([...key], `a key of ${length} bytes`);
  let start = 0;
  return types.map(({ bytes }) => {
    const field = key.subarray(start, start + bytes);
    start += padded(bytes);
    return field;
  });
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}
