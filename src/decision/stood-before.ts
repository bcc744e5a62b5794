/**
 * Decisions that stood when the daemon was started, and still are what they were: each a row, and found by what it
 * blocks. Whoever wants the whole of one gets it from the ledger. What changes is let go, and kept by others from then
 * on; nothing is ever added.
 */
import type { Address } from '../address/address.ts';
import type { Decision } from './decision.ts';
import { RowIndex } from './row-index.ts';
import { AT } from './standing-row.ts';
import type { StandingRows } from './standing-rows.ts';

const LOOK_AHEAD_MS = 60_000;

/** @throws LedgerError */
type Load = (id: string) => Decision;

export class StoodBefore {
  readonly rows: StandingRows;
  readonly #load: Load;
  #size: number;
  /** By row: 1 once it was let go. */
  readonly #gone: Uint8Array;
  readonly #destinations: RowIndex;
  /** Flows by host. */
  readonly #hosts: RowIndex;
  /** What is over before this time, as far as it was there at the last look at all. */
  #soonUntilMs = Number.NEGATIVE_INFINITY;
  #soon: number[] = [];

  constructor(rows: StandingRows, load: Load) {
    this.rows = rows;
    this.#load = load;
    this.#gone = new Uint8Array(rows.count);
    this.#size = rows.count;
    this.#destinations = new RowIndex(rows, AT.destination, (row) => !rows.isFlow(row));
    this.#hosts = new RowIndex(rows, AT.host, (row) => rows.isFlow(row));
  }

  get size(): number {
    return this.#size;
  }

  /** Those that are left, in the order of the rows. */
  *left(): Generator<number> {
    for (let row = 0; row < this.rows.count; row++) if (this.#gone[row] === 0) yield row;
  }

  /** The row of a decision; -1 when it is not here. */
  rowOf(id: string): number {
    const row = this.rows.rowOf(id);
    return row >= 0 && this.#gone[row] === 0 ? row : -1;
  }

  /** The whole of it; undefined when it is not here. @throws LedgerError */
  get(id: string): Decision | undefined {
    return this.rowOf(id) < 0 ? undefined : this.#load(id);
  }

  /** From now on it is kept elsewhere, or stands no more. @returns its row; -1 when it was not here */
  letGo(id: string): number {
    const row = this.rowOf(id);
    if (row < 0) return -1;
    this.#gone[row] = 1;
    this.#size -= 1;
    return row;
  }

  /** One that blocks all traffic with an address; -1 when there is none. */
  findDestination(address: Address): number {
    if (this.#size === 0) return -1;
    let row = this.#destinations.first(address);
    while (row >= 0 && this.#gone[row] === 1) row = this.#destinations.next(row);
    return row;
  }

  /** One that blocks what a host does with a peer by this service (port null: by all of the protocol); -1: none. */
  findFlow(host: Address, peer: Address, protocol: number, port: number | null): number {
    if (this.#size === 0) return -1;
    let row = this.#hosts.first(host);
    while (row >= 0 && !this.#isFlow(row, peer, protocol, port)) row = this.#hosts.next(row);
    return row;
  }

  /** What is over, in the order of the rows. All are looked at once a minute; between, those that end in it. */
  overdue(nowMs: number): { readonly id: string; readonly atMs: number }[] {
    const { rows } = this;
    if (this.#size === 0) return [];
    if (nowMs >= this.#soonUntilMs) {
      const untilMs = nowMs + LOOK_AHEAD_MS;
      this.#soonUntilMs = untilMs;
      this.#soon = this.left()
        .filter((row) => rows.untilMs(row) < untilMs)
        .toArray();
    }
    return this.#soon
      .filter((row) => this.#gone[row] === 0 && rows.untilMs(row) <= nowMs)
      .map((row) => ({ id: rows.id(row), atMs: rows.untilMs(row) }));
  }

  #isFlow(row: number, peer: Address, protocol: number, port: number | null): boolean {
    const { rows } = this;
    if (this.#gone[row] === 1 || rows.protocol(row) !== protocol) return false;
    if (!rows.isAt(row, AT.destination, peer)) return false;
    const own = rows.port(row);
    return own === null || own === port;
  }
}
