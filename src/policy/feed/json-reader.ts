/**
 * Format `json`, in the two shapes that feeds have:
 *
 *   ["192.0.2.1", "198.51.100.0/24"]                one list, of texts or of objects
 *   [{"ip": "192.0.2.1"}, {"ip": "192.0.2.2"}]
 *
 *   {"cidr": "192.0.2.0/24", "rir": "arin"}         one object a line (NDJSON), the last one perhaps about the feed
 *   {"type": "metadata", "records": 1}
 */
import { damage, excerpt, type FeedEntry, indicator, type Spot, UNUSABLE } from './entry.ts';
import { member, parseJson } from './json-text.ts';
import { linesOf } from './text-reader.ts';

/** `field`: the name in each object; null when the values are text. */
export function* readJson(text: string, field: string | null): Generator<FeedEntry> {
  if (/^\s*\[/.test(text)) yield* readList(text, field);
  else yield* readLines(text, field);
}

function* readList(text: string, field: string | null): Generator<FeedEntry> {
  const spot = { line: 1, column: 1, field: '' };
  const reading = parseJson(text);
  if (!reading.ok) yield damage(spot, reading.message, reading.expected);
  else if (!Array.isArray(reading.value)) yield damage(spot, 'is no list', 'a list, or one object a line');
  else {
    for (const [i, value] of reading.value.entries()) {
      yield entryOf(value, field, { ...spot, field: field === null ? `[${i}]` : `[${i}].${field}` });
    }
  }
}

function* readLines(text: string, field: string | null): Generator<FeedEntry> {
  for (const { line, number } of linesOf(text)) {
    if (line.trim() === '') continue;
    const spot = { line: number, column: 1, field: field ?? '' };
    const reading = parseJson(line);
    yield reading.ok ? entryOf(reading.value, field, spot) : damage(spot, reading.message, reading.expected);
  }
}

/** An object without the field is about something else, such as the feed itself. */
function entryOf(value: unknown, field: string | null, spot: Spot): FeedEntry {
  if (field !== null && (typeof value !== 'object' || value === null)) {
    return damage(spot, `is ${nameOf(value)}`, `an object with the field ${field}`);
  }
  const text = field === null ? value : member(value, field);
  if (typeof text === 'string') return indicator(text, spot);
  if (field !== null && (text === undefined || text === null)) return UNUSABLE;
  return damage(spot, `is ${nameOf(text)}`, field === null ? 'text, or field in the policy' : 'text');
}

function nameOf(value: unknown): string {
  if (typeof value === 'object') return value === null ? 'null' : 'an object or list';
  return `the ${typeof value} ${excerpt(String(value))}`;
}
