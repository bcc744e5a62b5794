/**
 * Format `stix`: a STIX 2.1 bundle, or a TAXII 2.1 envelope, in JSON. Its indicators with a STIX pattern count; other
 * objects, and patterns that no address alone can decide, are no damage.
 * Source: https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html, sections 3.6 (versions), 4.7 (Indicator).
 */

import { AddressError } from '../../address/errors.ts';
import { damage, type FeedEntry, type Spot, UNUSABLE } from './entry.ts';
import { member, parseJson } from './json-text.ts';
import { parseNetworks } from './networks.ts';
import { addressesOf } from './stix-pattern.ts';

interface Indicator {
  readonly object: object;
  readonly index: number;
}

/** `nowMs`: ms since the epoch. What is revoked, over or not yet valid then is left out. */
export function* readStix(text: string, nowMs: number): Generator<FeedEntry> {
  const spot = { line: 1, column: 1, field: 'objects' };
  const reading = parseJson(text);
  if (!reading.ok) {
    yield damage({ ...spot, field: '' }, reading.message, reading.expected);
    return;
  }
  const objects = member(reading.value, 'objects');
  if (!Array.isArray(objects)) {
    yield damage(spot, 'is no list', 'a STIX bundle with objects');
    return;
  }
  for (const { object, index } of latestIndicators(objects)) {
    if (!isValid(object, nowMs)) continue;
    yield* entriesOf(object, { ...spot, field: `objects[${index}].pattern` });
  }
}

/** A bundle may hold several versions of an object; the one modified last is what its producer says now. */
function latestIndicators(objects: readonly unknown[]): Iterable<Indicator> {
  const latest = new Map<unknown, Indicator>();
  for (const [index, object] of objects.entries()) {
    if (typeof object !== 'object' || object === null || member(object, 'type') !== 'indicator') continue;
    const id = member(object, 'id') ?? index;
    const known = latest.get(id);
    if (known === undefined || timeOf(known.object, 'modified') <= timeOf(object, 'modified')) {
      latest.set(id, { object, index });
    }
  }
  return latest.values();
}

function isValid(object: object, nowMs: number): boolean {
  if (member(object, 'revoked') === true) return false;
  const until = member(object, 'valid_until') === undefined ? Infinity : timeOf(object, 'valid_until');
  return until > nowMs && timeOf(object, 'valid_from') <= nowMs;
}

/** Ms since the epoch; before all time when it is left out or makes no sense. */
function timeOf(object: object, name: string): number {
  const text = member(object, name);
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

function* entriesOf(object: object, spot: Spot): Generator<FeedEntry> {
  const [pattern, type] = [member(object, 'pattern'), member(object, 'pattern_type') ?? 'stix'];
  const found = typeof pattern === 'string' && type === 'stix' ? addressesOf(pattern) : undefined;
  if (found === undefined || found.others) yield UNUSABLE;
  for (const text of found?.values ?? []) {
    yield isNetwork(text) ? { kind: 'network', text, spot } : UNUSABLE;
  }
}

function isNetwork(text: string): boolean {
  try {
    parseNetworks(text);
    return true;
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}
