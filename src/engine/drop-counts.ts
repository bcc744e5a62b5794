/**
 * How many packets the kernel dropped, and how many of them we were told of. The table's counters count every packet;
 * they begin anew when the table is made again, and go on when the daemon starts again:
 *
 *   reading   7  9  9  2  5            somebody flushed the table between 9 and 2
 *   total     0  2  2  4  7            since the daemon's start
 */
import { NetlinkError, NetlinkTimeoutError } from 'node-netlink';
import { NftablesError, type SetElementsDriver } from 'node-nftables';
import { LIMIT_COUNTERS, LIMIT_TABLE } from '../enforcement/limits/limit-rules.ts';
import { COUNTERS, type CounterName } from '../enforcement/ruleset/rule.ts';
import { TABLE } from '../enforcement/sets.ts';

/** Counters of both tables have names of their own. */
type Counter = CounterName | (typeof LIMIT_COUNTERS)[number];

/** The kernel refuses, or its answer was lost, which shows at once or by its not coming. */
const KERNEL_FAILURES = [NftablesError, NetlinkError, NetlinkTimeoutError];

export class DropCounts {
  readonly #elements: Pick<SetElementsDriver, 'counters'>;
  readonly #last = new Map<Counter, number>();
  readonly #totals = new Map<Counter, number>();
  #began = false;

  constructor(elements: Pick<SetElementsDriver, 'counters'>) {
    this.#elements = elements;
  }

  /**
   * Read the kernel's counters. What was counted before the first time is not ours to tell. A kernel that cannot be
   * read now, such as one whose answer was lost in a full queue (ENOBUFS), is read later: its counters go on.
   */
  read(): void {
    const readings = this.#readings();
    if (readings === undefined) return;
    for (const name of [...COUNTERS, ...LIMIT_COUNTERS]) {
      const now = readings.get(name)?.packets ?? 0;
      const last = this.#last.get(name) ?? (this.#began ? 0 : now);
      this.#totals.set(name, this.total(name) + (now >= last ? now - last : now));
      this.#last.set(name, now);
    }
    this.#began = true;
  }

  #readings() {
    try {
      return new Map([...this.#elements.counters(TABLE), ...this.#elements.counters(LIMIT_TABLE)]);
    } catch (error) {
      if (KERNEL_FAILURES.some((kind) => error instanceof kind)) return undefined;
      throw error;
    }
  }

  /** Packets since the first reading. */
  total(name: Counter): number {
    return this.#totals.get(name) ?? 0;
  }
}
