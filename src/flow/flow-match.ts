/**
 * Which standing flows a block concerns: those whose next packets the kernel's sets would stop (enforcement/ruleset/blocks.ts).
 * There packets already have the destination that NAT gave them.
 */
import { type Address, addressBits, type Family, type Prefix } from '../address/address.ts';
import { lastAddress } from '../address/prefix.ts';
import * as row from './flow-rows.ts';

export type FlowMatch =
  /** Between `host` and `port` of `destination`, whoever opened it; `port` null: any port. */
  | {
      readonly kind: 'flow';
      readonly host: Address;
      readonly destination: Address;
      readonly protocol: number;
      readonly port: number | null;
    }
  /** With an end in the prefix: the originator, whom it asked for, or where it went. */
  | { readonly kind: 'destination'; readonly prefix: Prefix }
  /** With this host at one end and the other end in none of `except`. */
  | { readonly kind: 'host'; readonly host: Address; readonly except: readonly Prefix[] };

/** Whether a block concerns the flow in row `at`. */
export type RowTest = (rows: row.FlowRows, at: number) => boolean;

/** An address that every matching row has; undefined: all rows must be looked at. */
export function matchAddress(match: FlowMatch): Address | undefined {
  if (match.kind === 'flow') return match.destination;
  if (match.kind === 'host') return match.host;
  const { address, length } = match.prefix;
  return length === addressBits(address.family) ? address : undefined;
}

export function rowTest(match: FlowMatch): RowTest {
  switch (match.kind) {
    case 'flow':
      return (rows, at) => matchesFlow(match, rows, at);
    case 'destination': {
      const range = rangeOf(match.prefix);
      return (rows, at) =>
        isIn(range, rows, at, row.SOURCE) ||
        isIn(range, rows, at, row.DESTINATION) ||
        isIn(range, rows, at, row.TRANSLATED);
    }
    case 'host': {
      const except = match.except.map(rangeOf);
      return (rows, at) => matchesHost(match.host, except, rows, at);
    }
  }
}

function matchesFlow(
  { host, destination, protocol, port }: Extract<FlowMatch, { kind: 'flow' }>,
  rows: row.FlowRows,
  at: number,
): boolean {
  if (rows.protocol(at) !== protocol) return false;
  const isPort = (field: number) => port === null || rows.port(at, field) === port;
  return (
    (isBetween(rows, at, host, destination) && isPort(row.TRANSLATED_PORT)) ||
    (isBetween(rows, at, destination, host) && isPort(row.SOURCE_PORT))
  );
}

function isBetween(rows: row.FlowRows, at: number, from: Address, to: Address): boolean {
  return rows.hasAddress(at, row.SOURCE, from) && rows.hasAddress(at, row.TRANSLATED, to);
}

function matchesHost(host: Address, except: readonly Range[], rows: row.FlowRows, at: number): boolean {
  const opened = rows.hasAddress(at, row.SOURCE, host);
  if (!opened && !rows.hasAddress(at, row.TRANSLATED, host)) return false;
  return !except.some((range) => isIn(range, rows, at, opened ? row.TRANSLATED : row.SOURCE));
}

/** A prefix word by word: each word of an address in it lies between those of its first and last address. */
interface Range {
  readonly family: Family;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

function rangeOf(prefix: Prefix): Range {
  const words = ({ a, b, c, d }: Address) => [a, b, c, d];
  const { address } = prefix;
  return { family: address.family, first: words(address), last: words(lastAddress(prefix)) };
}

function isIn({ family, first, last }: Range, rows: row.FlowRows, at: number, role: row.Role): boolean {
  for (let i = family === 6 ? 0 : 3; i < 4; i++) {
    const word = rows.word(at, role, i);
    if (word < first[i] || word > last[i]) return false;
  }
  return rows.family(at) === family;
}
