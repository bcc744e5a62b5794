/**
 * Which standing flows a list shows, in which order. Only the columns that are asked about are read, and no more than
 * `limit` rows are kept at a time: 100,000 flows are looked through in a few milliseconds.
 *
 * It may be done in pieces, while flows begin, move on and end. Then each that stands throughout is looked at once, and
 * its place is that of the moment when it was. Of one that begins meanwhile nothing is said. One that ends may be among
 * the chosen: whoever shows them looks whether they still stand.
 */
import type { Address } from '../address/address.ts';
import * as row from './flow-rows.ts';
import { Foremost } from './foremost.ts';

/** All of them the highest first: the latest start or sight, the most bytes. */
export const FLOW_ORDERS = ['started', 'lastSeen', 'bytes', 'bytesOut'] as const;
export type FlowOrder = (typeof FLOW_ORDERS)[number];

/** Where a flow stands in its order: by `key`, and among equals by its slot, the last first, as they are mostly met. */
export interface FlowPlace {
  readonly key: number;
  readonly slot: number;
}

export interface ChosenFlow extends FlowPlace {
  /** Of conntrack: another flow in the slot has another, unless it has all of its addresses and ports. */
  readonly id: number;
}

/** All that are given must hold. */
export interface FlowQuery {
  readonly order: FlowOrder;
  readonly limit: number;
  /** Only flows behind this place. */
  readonly after?: FlowPlace | undefined;
  readonly host?: Address | undefined;
  /** As it was asked for, or as NAT made it. */
  readonly destination?: Address | undefined;
  readonly protocol?: number | undefined;
  /** Of the destination; likewise. */
  readonly port?: number | undefined;
  /** What else must hold; asked last, of flows that would be chosen. */
  readonly accept?: ((slot: number) => boolean) | undefined;
}

/** The first `limit` places behind `after` among those that are looked at. */
export class FlowSelection {
  readonly #rows: row.FlowRows;
  readonly #query: FlowQuery;
  readonly #chosen: Foremost<ChosenFlow>;

  constructor(rows: row.FlowRows, query: FlowQuery) {
    this.#rows = rows;
    this.#query = query;
    this.#chosen = new Foremost<ChosenFlow>(query.limit, compare);
  }

  look(slot: number): void {
    const rows = this.#rows;
    if (!rows.flag(slot, row.STANDS)) return;
    const key = this.#keyOf(slot);
    const { last } = this.#chosen;
    if (last !== undefined && !isBefore(key, slot, last)) return;
    const { after } = this.#query;
    if (after !== undefined && (isBefore(key, slot, after) || (key === after.key && slot === after.slot)))
      return;
    if (!fits(rows, slot, this.#query) || this.#query.accept?.(slot) === false) return;
    this.#chosen.add({ key, slot, id: rows.id(slot) });
  }

  /** Not by one function an order: what such a call gives is a heap object for each row. */
  #keyOf(slot: number): number {
    const { numbers } = this.#rows;
    const at = slot * row.NUMBERS;
    switch (this.#query.order) {
      case 'started':
        return numbers[at + row.STARTED];
      case 'lastSeen':
        return numbers[at + row.LAST_SEEN];
      case 'bytes':
        return numbers[at + row.ORIGINAL_BYTES] + numbers[at + row.REPLY_BYTES];
      case 'bytesOut':
        return numbers[at + (isInbound(this.#rows, slot) ? row.REPLY_BYTES : row.ORIGINAL_BYTES)];
    }
  }

  /** In order. Ends the selection. */
  places(): ChosenFlow[] {
    return this.#chosen.inOrder();
  }
}

function isBefore(key: number, slot: number, place: FlowPlace): boolean {
  return key === place.key ? slot > place.slot : key > place.key;
}

function compare(one: FlowPlace, other: FlowPlace): number {
  return other.key - one.key || other.slot - one.slot;
}

function isInbound(rows: row.FlowRows, slot: number): boolean {
  const side = rows.side(slot);
  return side === 'inbound' || side === 'inboundTranslated';
}

function fits(rows: row.FlowRows, slot: number, { host, destination, protocol, port }: FlowQuery): boolean {
  return (
    (protocol === undefined || rows.protocol(slot) === protocol) &&
    (port === undefined || PORTS[rows.side(slot)].some((field) => rows.port(slot, field) === port)) &&
    (host === undefined || rows.hasAddress(slot, HOSTS[rows.side(slot)], host)) &&
    (destination === undefined ||
      DESTINATIONS[rows.side(slot)].some((role) => rows.hasAddress(slot, role, destination)))
  );
}

/** Where a row has what flow-reader.ts makes `host`, `destination` and `translated`, and their ports, of. */
const HOSTS: Readonly<Record<row.Side, row.Role>> = {
  outbound: row.SOURCE,
  foreign: row.SOURCE,
  inbound: row.DESTINATION,
  inboundTranslated: row.TRANSLATED,
};
const ASKED = [row.DESTINATION, row.TRANSLATED] as const;
const DESTINATIONS: Readonly<Record<row.Side, readonly row.Role[]>> = {
  outbound: ASKED,
  foreign: ASKED,
  inbound: [row.SOURCE],
  inboundTranslated: [row.SOURCE],
};
const ASKED_PORTS = [row.DESTINATION_PORT, row.TRANSLATED_PORT];
const PORTS: Readonly<Record<row.Side, readonly number[]>> = {
  outbound: ASKED_PORTS,
  foreign: ASKED_PORTS,
  inbound: [row.SOURCE_PORT],
  inboundTranslated: [row.SOURCE_PORT],
};
