/**
 * One table as text that is equal for equal rulesets: for digests and comparison. Left out is what the kernel
 * numbers or counts (handles, counter and quota values, the rest of a timeout) and what depends on nft's version
 * (`metainfo`, table flags, the set flag `dynamic`, one flag as a string). Elements are sorted, also those of
 * anonymous sets; the order of rules is kept, as it means something.
 */
import type { Listing } from './document/index.ts';

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

/** Objects of a table in this order. */
const KINDS = ['table', 'counter', 'quota', 'limit', 'set', 'map', 'flowtable', 'chain', 'rule'];

/** What the kernel counts, by the thing that counts. */
const COUNTED: Readonly<Record<string, readonly string[]>> = {
  counter: ['packets', 'bytes'],
  quota: ['used', 'used_unit'],
  elem: ['expires'],
};

/** One line an object, each JSON with sorted keys; ends with a newline. */
export function canonicalListing(listing: Listing): string {
  const lines = (listing as unknown as readonly JsonObject[]).flatMap(Object.entries).map(canonicalLine);
  return lines
    .sort(compareLines)
    .map(({ text }) => `${text}\n`)
    .join('');
}

interface Line {
  readonly kind: number;
  /** The same for all rules of a chain, which keep their order. */
  readonly group: string;
  readonly text: string;
}

function canonicalLine([kind, body]: [string, JsonObject]): Line {
  const position = KINDS.indexOf(kind);
  const group = String(kind === 'rule' ? body.chain : body.name);
  const text = JSON.stringify({ [kind]: canonicalBody(kind, body) });
  return { kind: position < 0 ? KINDS.length : position, group, text };
}

function canonicalBody(kind: string, { handle: _, flags, ...body }: JsonObject): Json {
  const kept = kind === 'table' ? [] : flagArray(flags).filter((flag) => flag !== 'dynamic');
  const canonicalized = canonical({ [kind]: { ...body, ...(kept.length > 0 && { flags: kept }) } });
  const object = (canonicalized as JsonObject)[kind] as JsonObject;
  return 'elem' in object ? { ...object, elem: sortedElements(object.elem) } : object;
}

function sortedElements(elem: Json): Json {
  const elements: readonly Json[] = isArray(elem) ? elem : [elem];
  const byText = new Map(elements.map((element) => [JSON.stringify(element), element]));
  return [...byText].sort(([x], [y]) => compareText(x, y)).map(([, element]) => element);
}

/** At every depth: keys sorted, counted values left out, flags as a sorted array. */
function canonical(json: Json): Json {
  if (isArray(json)) return json.map(canonical);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json).sort(([x], [y]) => compareText(x, y));
  return Object.fromEntries(entries.map(([key, value]) => [key, canonicalValue(key, value)]));
}

function canonicalValue(key: string, value: Json): Json {
  if (key === 'flags') return flagArray(value);
  // An anonymous set of a rule; the statement of this name has an object here.
  if (key === 'set' && isArray(value)) return sortedElements(canonical(value));
  const counted = COUNTED[key];
  if (counted === undefined || typeof value !== 'object' || value === null || isArray(value)) {
    return canonical(value);
  }
  const kept = Object.entries(value).filter(([name]) => !counted.includes(name));
  return canonical(Object.fromEntries(kept));
}

function flagArray(flags: Json | undefined): readonly Json[] {
  if (flags === undefined) return [];
  return isArray(flags) ? [...flags].sort() : [flags];
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function compareLines(x: Line, y: Line): number {
  return x.kind - y.kind || compareText(x.group, y.group);
}

function compareText(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
