/**
 * Content of a feed to networks, or why it cannot be used. Content is hostile: nothing here throws on it, and what
 * comes out keeps the limits.
 *
 *   content -> reader of the format -> entries -> networks -> guard -> limits -> columns
 */
import type { Prefix } from '../../address/address.ts';
import { AddressError } from '../../address/errors.ts';
import { formatPrefix } from '../../address/prefix.ts';
import { coveredShare, type PrefixColumns } from '../prefix-columns.ts';
import { PrefixColumnsBuilder, withoutNested } from '../prefix-packing.ts';
import { type Problem, ProblemList } from '../problem.ts';
import { readCsv } from './csv-reader.ts';
import { excerpt, type FeedEntry, type Spot } from './entry.ts';
import type { FeedFailureCode } from './failure.ts';
import type { Feed, FeedFormat, FeedLimits } from './feed.ts';
import { FeedGuard, type Objection, type Protected } from './guard.ts';
import { readHosts } from './hosts-reader.ts';
import { readJson } from './json-reader.ts';
import { parseNetworks } from './networks.ts';
import { readStix } from './stix-reader.ts';
import { readText } from './text-reader.ts';

/** Plain data, for another thread. */
export interface ParseOrder {
  /** What problems call the content. */
  readonly name: string;
  readonly format: FeedFormat;
  readonly limits: FeedLimits;
  readonly protected: Protected;
  /** For entries that are valid for a time; ms since the epoch. */
  readonly nowMs: number;
}

export type ParsedFeed =
  | {
      readonly ok: true;
      /** Not empty; none lies in another. */
      readonly prefixes: PrefixColumns;
      /** Entries that cannot be blocked by address. */
      readonly unusable: number;
      readonly leftOut: LeftOut;
    }
  | { readonly ok: false; readonly code: FeedFailureCode; readonly problems: readonly Problem[] };

/** Networks that must not be listed and were left out. */
export interface LeftOut {
  readonly count: number;
  /** Those that a person has to know of: what is ours or never to be blocked. At most {@link MAX_TOLD}. */
  readonly alarming: readonly string[];
}

const MAX_TOLD = 5;
/** No honest list holds more of a family's space: half of what can be routed (IPv6: 2000::/3, RFC 4291). */
const MAX_SHARE = { ipv4: 1 / 2, ipv6: 1 / 16 };

/** `bytes`: what came from a file or a server. */
export function parseFeedBytes(bytes: Uint8Array, order: ParseOrder): ParsedFeed {
  const text = decodeUtf8(bytes);
  if (text !== undefined && !text.includes('\0')) return parseFeed(text, order);
  const message = text === undefined ? 'is not UTF-8' : 'holds a NUL byte';
  return failed(order, 'damaged', message, 'UTF-8 text');
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function parseFeed(text: string, order: ParseOrder): ParsedFeed {
  const parsing = new Parsing(order);
  for (const entry of entriesOf(text, order)) {
    parsing.take(entry);
    if (parsing.isOver) break;
  }
  return parsing.result();
}

/** What {@link parseFeed} is told about a list of a policy. */
export function parseOrder(feed: Feed, safe: Protected, nowMs: number): ParseOrder {
  const name = feed.file ?? new URL(feed.url).host;
  return { name, format: feed.format, limits: feed.limits, protected: safe, nowMs };
}

function entriesOf(text: string, { format, nowMs }: ParseOrder): Iterable<FeedEntry> {
  switch (format.name) {
    case 'text':
      return readText(text);
    case 'hosts':
      return readHosts(text);
    case 'csv':
      return readCsv(text, format.column);
    case 'json':
      return readJson(text, format.field);
    case 'stix':
      return readStix(text, nowMs);
  }
}

class Parsing {
  readonly #order: ParseOrder;
  readonly #guard: FeedGuard;
  readonly #builder = new PrefixColumnsBuilder();
  readonly #problems = new ProblemList();
  readonly #alarming: string[] = [];
  #unusable = 0;
  #leftOut = 0;
  #poisoned = false;

  constructor(order: ParseOrder) {
    this.#order = order;
    this.#guard = new FeedGuard(order.limits, order.protected);
  }

  /** More would change nothing. */
  get isOver(): boolean {
    return this.#problems.full || this.#isTooMany;
  }

  get #isTooMany(): boolean {
    return this.#builder.length > this.#order.limits.maxPrefixes;
  }

  take(entry: FeedEntry): void {
    if (entry.kind === 'unusable') this.#unusable += 1;
    else if (entry.kind === 'damage') this.#object(entry.spot, entry.message, entry.expected);
    else {
      for (const prefix of this.#networks(entry.text, entry.spot)) this.#takeNetwork(prefix, entry.spot);
    }
  }

  result(): ParsedFeed {
    if (this.#isTooMany) {
      const { maxPrefixes } = this.#order.limits;
      return failed(
        this.#order,
        'tooMany',
        `holds more than ${maxPrefixes} networks`,
        'fewer, or maxPrefixes',
      );
    }
    if (this.#problems.any) {
      return { ok: false, code: this.#poisoned ? 'poisoned' : 'damaged', problems: this.#problems.list() };
    }
    const prefixes = withoutNested(this.#builder.finish());
    if (prefixes.length === 0) return this.#empty();
    if (coveredShare(prefixes.ipv4) > MAX_SHARE.ipv4 || coveredShare(prefixes.ipv6) > MAX_SHARE.ipv6) {
      return failed(this.#order, 'poisoned', 'holds more than half of the Internet', 'less of it');
    }
    const leftOut = { count: this.#leftOut, alarming: this.#alarming };
    return { ok: true, prefixes, unusable: this.#unusable, leftOut };
  }

  #networks(text: string, spot: Spot): readonly Prefix[] {
    try {
      return parseNetworks(text);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      this.#object(spot, `'${excerpt(text)}' is ${error.problem}`, error.expected);
      return [];
    }
  }

  #takeNetwork(prefix: Prefix, spot: Spot): void {
    const objection = this.#guard.objectionTo(prefix);
    if (objection === undefined) this.#builder.add(prefix);
    else if (objection.kind === 'own' || this.#order.limits.onUnsafe === 'skip')
      this.#leave(prefix, objection);
    else {
      this.#poisoned = true;
      this.#object(spot, `${formatPrefix(prefix)} is ${objection.what}`, 'no such entry, or onUnsafe: skip');
    }
  }

  #leave(prefix: Prefix, { kind, what }: Objection): void {
    this.#leftOut += 1;
    const alarms = kind === 'own' || kind === 'neverBlock';
    if (alarms && this.#alarming.length < MAX_TOLD) this.#alarming.push(`${formatPrefix(prefix)} is ${what}`);
  }

  #object(spot: Spot, message: string, expected: string): void {
    this.#problems.add({ ...spot, file: this.#order.name }, message, expected);
  }

  #empty(): ParsedFeed {
    const seen = this.#unusable + this.#leftOut;
    const what = seen === 0 ? 'holds no network' : `holds no network among ${seen} entries`;
    return failed(this.#order, 'empty', what, 'at least one address or network');
  }
}

function failed({ name }: ParseOrder, code: FeedFailureCode, message: string, expected: string): ParsedFeed {
  return { ok: false, code, problems: [{ file: name, line: 1, column: 1, field: '', message, expected }] };
}
