/** Which standing flows a block concerns, as the forward hook will see their next packets (enforcement/ruleset.ts). */
import { type Address, addressBits, mutableAddress, type Prefix } from '../address/address.ts';
import { prefixContains } from '../address/prefix.ts';
import * as row from './flow-rows.ts';

export type FlowMatch =
  /** Opened by `host` to `destination` and `port`, by name or after NAT; `port` null: by any port. */
  | {
      readonly kind: 'flow';
      readonly host: Address;
      readonly destination: Address;
      readonly protocol: number;
      readonly port: number | null;
    }
  /** With an end in the prefix: the originator, whom it named, or where it went. */
  | { readonly kind: 'destination'; readonly prefix: Prefix }
  /** With this host at one end and the other end in none of `except`. */
  | { readonly kind: 'host'; readonly host: Address; readonly except: readonly Prefix[] };

/** An address that every matching row has; undefined: all rows must be looked at. */
export function matchAddress(match: FlowMatch): Address | undefined {
  if (match.kind === 'flow') return match.destination;
  if (match.kind === 'host') return match.host;
  const { address, length } = match.prefix;
  return length === addressBits(address.family) ? address : undefined;
}

export function matchesRow(match: FlowMatch, rows: row.FlowRows, at: number): boolean {
  switch (match.kind) {
    case 'flow':
      return matchesFlow(match, rows, at);
    case 'destination':
      return [row.SOURCE, row.DESTINATION, row.TRANSLATED].some((end) => isIn(match.prefix, rows, at, end));
    case 'host':
      return matchesHost(match, rows, at);
  }
}

function matchesFlow(
  { host, destination, protocol, port }: Extract<FlowMatch, { kind: 'flow' }>,
  rows: row.FlowRows,
  at: number,
): boolean {
  if (rows.protocol(at) !== protocol || !rows.hasAddress(at, row.SOURCE, host)) return false;
  const by = (field: number) => port === null || rows.port(at, field) === port;
  return (
    (rows.hasAddress(at, row.DESTINATION, destination) && by(row.DESTINATION_PORT)) ||
    (rows.hasAddress(at, row.TRANSLATED, destination) && by(row.TRANSLATED_PORT))
  );
}

/** After DNAT only where the packets go counts: that is the destination that the hook sees. */
function matchesHost(
  { host, except }: Extract<FlowMatch, { kind: 'host' }>,
  rows: row.FlowRows,
  at: number,
): boolean {
  const opened = rows.hasAddress(at, row.SOURCE, host);
  if (!opened && !rows.hasAddress(at, row.DESTINATION, host) && !rows.hasAddress(at, row.TRANSLATED, host)) {
    return false;
  }
  return !except.some((prefix) => isIn(prefix, rows, at, opened ? row.TRANSLATED : row.SOURCE));
}

const end = mutableAddress();

function isIn(prefix: Prefix, rows: row.FlowRows, at: number, offset: number): boolean {
  rows.readAddress(at, offset, end);
  return prefixContains(prefix, end);
}
