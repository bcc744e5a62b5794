/**
 * Counts what hosts of ours send and receive, for whoever keeps a history of it. Two tables: one is counted into while
 * the other is told, a piece at a time.
 *
 *   changes of flows, refused attempts --> [ counting ]
 *                                               |  swapped when all of the other was told
 *                                               v
 *   drain() a piece <-------------------- [ telling ]
 *
 * While nobody asks, sums grow and rows are folded, and nothing else.
 */
import { type Address, formatAddress, mutableAddress } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import type { ConntrackEntry } from '../conntrack/entry.ts';
import type { Flow, FlowChange } from '../flow/flow.ts';
import { hasPorts } from '../policy/schema/protocol.ts';
import type { Verdict } from '../policy/verdict.ts';
import * as table from './traffic-table.ts';

/** Under what connections were counted. blocked: a decision covers them; unknown: too many verdicts at once. */
export interface TrafficVerdict {
  readonly kind: 'allow' | 'violation' | 'denyList' | 'exempt' | 'blocked' | 'unknown';
  /** Rule, deny list, or why the policy has no say; else empty. */
  readonly because: string;
}

export interface TrafficRow extends TrafficVerdict {
  /** null: hosts that did not fit. */
  readonly host: string | null;
  /** null: destinations that did not fit, of any service. */
  readonly destination: string | null;
  /** IP protocol << 16 | destination port, 0 where it has none; null with the destination. */
  readonly service: number | null;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly packets: number;
  readonly connections: number;
  readonly denied: number;
}

/** One piece of what was counted since the drain before. */
export interface DrainedTraffic {
  readonly rows: TrafficRow[];
  /** Host groups of the hosts in `rows`, by the policy in force. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** A name of each destination in `rows` that has one. */
  readonly names: Readonly<Record<string, string>>;
  /** How long it was counted until the tables were swapped, by the clock that nobody sets. */
  readonly countedForMs: number;
  readonly more: boolean;
}

/** What is known of addresses besides. */
export interface AddressFacts {
  groupsOf(host: Address): readonly string[];
  nameOf(destination: Address): string | undefined;
}

/** Verdicts that are told apart between two drains. */
const MOST_VERDICTS = 4_096;
const UNKNOWN: TrafficVerdict = { kind: 'unknown', because: '' };
/** So much is told before other work gets its turn: a tenth of a millisecond, and as long again to send it. */
const ROWS_A_PIECE = 128;

class Totals {
  readonly table: table.TrafficTable;
  readonly verdicts: TrafficVerdict[] = [];
  readonly #numbers = new Map<Verdict | undefined, number>();

  constructor(limits?: table.TrafficTableLimits) {
    this.table = new table.TrafficTable(limits);
  }

  /** Verdicts are made once and shared: the object tells them apart. */
  numberOf(verdict: Verdict | undefined): number {
    const known = this.#numbers.get(verdict);
    if (known !== undefined) return known;
    if (this.verdicts.length >= MOST_VERDICTS) return MOST_VERDICTS;
    this.#numbers.set(verdict, this.verdicts.length);
    return this.verdicts.push(described(verdict)) - 1;
  }

  clear(): void {
    this.table.clear();
    this.verdicts.length = 0;
    this.#numbers.clear();
  }
}

export class TrafficTotals {
  readonly #facts: AddressFacts;
  /** Connections that are older were there before anybody counted. */
  readonly #sinceMs: number;
  readonly #address = mutableAddress();
  #counting: Totals;
  #telling: Totals;
  #told = 0;
  #swappedAt = performance.now();
  #countedForMs = 0;

  constructor(facts: AddressFacts, sinceMs: number, limits?: table.TrafficTableLimits) {
    this.#facts = facts;
    this.#sinceMs = sinceMs;
    this.#counting = new Totals(limits);
    this.#telling = new Totals(limits);
    this.#told = this.#telling.table.size;
  }

  /**
   * Take a report of the flow table. `verdict`: what holds for the flow, undefined when a block covers it; `entry`: what
   * was observed, when it came from the kernel just now.
   */
  take(
    { kind, slot, flow, bytesOut, bytesIn, packetsOut, packetsIn }: FlowChange & { readonly slot: number },
    verdict: Verdict | undefined,
    entry: ConntrackEntry | undefined,
  ): void {
    if (flow.direction !== 'outbound') return;
    const starts = kind === 'started';
    if ((starts || slot === 0) && !this.#isNews(slot, flow, entry)) return;
    const packets = packetsOut + packetsIn;
    if (!starts && packets === 0 && bytesOut === 0 && bytesIn === 0) return;
    const { table: sums } = this.#counting;
    const row = this.#rowOf(flow, verdict);
    sums.add(row, table.BYTES_OUT, bytesOut);
    sums.add(row, table.BYTES_IN, bytesIn);
    sums.add(row, table.PACKETS, packets);
    if (!starts) return;
    sums.add(row, table.CONNECTIONS, 1);
    if (verdict === undefined || verdict.kind === 'deny') sums.add(row, table.DENIED, 1);
  }

  /** The kernel dropped what would have opened this flow. */
  refused(flow: Flow, verdict: Verdict): void {
    if (flow.direction === 'outbound') this.#counting.table.add(this.#rowOf(flow, verdict), table.DENIED, 1);
  }

  /** A piece of what was counted; the next drain after the last piece begins with what was counted meanwhile. */
  drain(): DrainedTraffic {
    if (this.#told >= this.#telling.table.size) this.#swap();
    const end = Math.min(this.#told + ROWS_A_PIECE, this.#telling.table.size);
    const piece = this.#tell(this.#told, end);
    this.#told = end;
    return { ...piece, countedForMs: this.#countedForMs, more: end < this.#telling.table.size };
  }

  /**
   * One that was there before the daemon was counted by the daemon before it. One that the full flow table did not keep
   * is counted at its end, with all it sent.
   */
  #isNews(slot: number, { startedAtMs }: Flow, entry: ConntrackEntry | undefined): boolean {
    const isYoung = startedAtMs >= this.#sinceMs;
    return slot === 0 ? isYoung && entry?.event === 'destroy' : isYoung || entry?.event !== 'dump';
  }

  #rowOf({ host, destination, protocol, destinationPort }: Flow, verdict: Verdict | undefined): number {
    const service = (protocol << 16) | (hasPorts(protocol) ? destinationPort : 0);
    return this.#counting.table.row(host, destination, service, this.#counting.numberOf(verdict));
  }

  #swap(): void {
    const full = this.#counting;
    this.#telling.clear();
    this.#counting = this.#telling;
    this.#telling = full;
    this.#told = 0;
    const now = performance.now();
    this.#countedForMs = now - this.#swappedAt;
    this.#swappedAt = now;
  }

  #tell(from: number, end: number): Pick<DrainedTraffic, 'rows' | 'groups' | 'names'> {
    const rows: TrafficRow[] = [];
    const groups: Record<string, readonly string[]> = {};
    const names: Record<string, string> = {};
    const hosts = new AddressMap<string>();
    for (let row = from; row < end; row++) {
      if (this.#telling.table.isEmpty(row)) continue;
      const host = this.#tellHost(row, hosts, groups);
      rows.push(this.#tellRow(row, host, this.#tellDestination(row, names)));
    }
    return { rows, groups, names };
  }

  #tellHost(
    row: number,
    known: AddressMap<string>,
    groups: Record<string, readonly string[]>,
  ): string | null {
    if (!this.#telling.table.readHost(row, this.#address)) return null;
    const before = known.get(this.#address);
    if (before !== undefined) return before;
    const host = formatAddress(this.#address);
    known.set(this.#address, host);
    groups[host] = this.#facts.groupsOf(this.#address);
    return host;
  }

  #tellDestination(row: number, names: Record<string, string>): string | null {
    if (!this.#telling.table.readDestination(row, this.#address)) return null;
    const destination = formatAddress(this.#address);
    const name = this.#facts.nameOf(this.#address);
    if (name !== undefined) names[destination] = name;
    return destination;
  }

  #tellRow(row: number, host: string | null, destination: string | null): TrafficRow {
    const { table: sums, verdicts } = this.#telling;
    return {
      ...(verdicts[sums.verdict(row)] ?? UNKNOWN),
      host,
      destination,
      service: destination === null ? null : sums.service(row),
      bytesOut: sums.sum(row, table.BYTES_OUT),
      bytesIn: sums.sum(row, table.BYTES_IN),
      packets: sums.sum(row, table.PACKETS),
      connections: sums.sum(row, table.CONNECTIONS),
      denied: sums.sum(row, table.DENIED),
    };
  }
}

function described(verdict: Verdict | undefined): TrafficVerdict {
  if (verdict === undefined) return { kind: 'blocked', because: '' };
  if (verdict.kind === 'allow') return { kind: 'allow', because: verdict.rule };
  if (verdict.kind === 'exempt') return { kind: 'exempt', because: verdict.reason };
  return verdict.cause === 'denyList'
    ? { kind: 'denyList', because: verdict.list }
    : { kind: 'violation', because: '' };
}
