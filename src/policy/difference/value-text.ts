/** Values of a policy in a few words, for a person who compares two. Bounded, whatever is in the file. */
import { type Address, formatAddress, type Prefix } from '../../address/address.ts';
import { formatPrefix } from '../../address/prefix.ts';
import { describeKeys } from '../key-range.ts';

const MAX_TEXT = 300;

/** `field` tells what a number means: `ttlMs`, `expiresMs`. null where there is nothing. */
export function valueText(value: unknown, field: string): string | null {
  const text = textOf(value, field);
  return text === null || text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 4)} ...`;
}

function textOf(value: unknown, field: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && field.endsWith('Ms')) return timeText(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map((each) => textOf(each, field) ?? '-').join(', ')}]`;
  if (isPrefix(value)) return formatPrefix(value);
  if (isAddress(value)) return formatAddress(value);
  if (isRange(value)) return field === 'keys' ? describeKeys(value) : `${value.first}-${value.last}`;
  const parts = Object.entries(value).map(([name, each]) => `${nameOf(name)} ${textOf(each, name) ?? '-'}`);
  return `{${parts.join(', ')}}`;
}

/** Without the unit that the text has. */
export function nameOf(field: string): string {
  return field.endsWith('Ms') ? field.slice(0, -2) : field;
}

/** A moment, or a span. */
function timeText(ms: number): string {
  if (ms >= 1e11) return new Date(ms).toISOString();
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

function isPrefix(value: object): value is Prefix {
  return 'address' in value && 'length' in value && isAddress(value.address as object);
}

function isAddress(value: object): value is Address {
  return typeof value === 'object' && value !== null && 'family' in value && 'a' in value && 'd' in value;
}

function isRange(value: object): value is { first: number; last: number } {
  const { first, last, ...rest } = value as { first?: unknown; last?: unknown };
  return typeof first === 'number' && typeof last === 'number' && Object.keys(rest).length === 0;
}
