/**
 * Keeps quarantines where their hosts go: takes what the kernel says of neighbours, and covers what a quarantined host
 * has besides the address that was named (decision/coverage.ts). A change of coverage is a change of the decision:
 * recorded, enforced, read back, and made again after a restart.
 *
 *   neighbour notification --> book --> news of a quarantined host? --> coverage --> news? --> decision.extended
 *   notifications lost, or RESYNC_MS over --> dump --> book --> all quarantines
 */
import { type Address, formatAddress, parseAddress } from '../address/address.ts';
import { type Coverage, cover, isNews } from '../decision/coverage.ts';
import type { Attachment } from '../decision/coverage-order.ts';
import type { Decision } from '../decision/decision.ts';
import { LedgerError } from '../ledger/errors.ts';
import { NeighbourDecodeError, NeighbourKernelError } from '../neighbour/errors.ts';
import { LinkTable } from '../neighbour/link-table.ts';
import type { RouteMessage } from '../neighbour/neighbour.ts';
import { NeighbourBook } from '../neighbour/neighbour-book.ts';
import type { NeighbourSocket } from '../neighbour/socket.ts';
import type { DecisionDesk } from './decision-desk.ts';
import type { Journal } from './journal.ts';

export type NeighbourSource = Pick<NeighbourSocket, 'fd' | 'drain' | 'dump'>;

export interface QuarantineWatchParts {
  readonly source: NeighbourSource;
  readonly desk: Pick<DecisionDesk, 'active' | 'move'>;
  readonly journal: Pick<Journal, 'log'>;
  /** Why an address must not be cut off; undefined when it may. */
  readonly protection: (address: Address, nowMs: number) => string | undefined;
  /** What else takes traffic past the rules of the table; in words, none when there is none. */
  readonly bypasses: () => readonly string[];
}

/** Notifications taken before other work gets its turn. */
const MESSAGES_A_TURN = 512;
const RESYNC_MS = 30_000;
const MAX_ADDRESSES = 32;
/** Elements that the exceptions of the covered addresses of one quarantine may take. */
const MAX_EXCEPTIONS = 2_048;

export class QuarantineWatch {
  readonly #parts: QuarantineWatchParts;
  readonly #book = new NeighbourBook();
  readonly #links = new LinkTable();
  readonly #attachment: Attachment;
  /** Why the kernel's table could not be read at the last look. */
  #failure: string | undefined;
  /** What there is news of: stations and addresses, as text. */
  readonly #touched = new Set<string>();
  #resyncAt = 0;
  #isFirstLook = true;

  constructor(parts: QuarantineWatchParts) {
    this.#parts = parts;
    const [book, links] = [this.#book, this.#links];
    this.#attachment = {
      find: (address, index) => book.find(address, index),
      at: (mac) => book.at(mac),
      link: (index) => links.get(index),
      links: () => links.values(),
      bridgeOf: (index) => links.bridgeOf(index),
      isOurs: (mac) => links.isOurs(mac),
    };
  }

  /** For a Poller. */
  get fd(): number {
    return this.#parts.source.fd;
  }

  /** The decision with what it covers, if it is a quarantine. */
  covered(decision: Decision, nowMs: number): Decision {
    return decision.target.kind === 'host'
      ? { ...decision, coverage: this.#coverage(decision, nowMs) }
      : decision;
  }

  /** Take the notifications that wait, some at once. @returns whether more may wait */
  drain(nowMs: number): boolean {
    try {
      const { lost, more } = this.#parts.source.drain(
        (message) => this.#take(message, nowMs),
        MESSAGES_A_TURN,
      );
      if (lost) this.#resyncAt = 0;
      this.#follow(nowMs);
      return more;
    } catch (error) {
      this.#failed(error);
      return true;
    }
  }

  /** Read the whole table when it is due, and look at all quarantines. */
  periodic(nowMs: number): void {
    if (performance.now() < this.#resyncAt) return;
    this.#resyncAt = performance.now() + RESYNC_MS;
    this.read(nowMs);
    for (const decision of this.#standing()) this.#extend(decision, nowMs);
  }

  /** Read the whole table. */
  read(nowMs: number): void {
    try {
      this.#links.clear();
      this.#parts.source.dump((message) => this.#take(message, nowMs));
      this.#failure = undefined;
      this.#isFirstLook = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const isKnown = error instanceof NeighbourDecodeError || error instanceof NeighbourKernelError;
    if (!isKnown) throw error;
    if (this.#failure === undefined) this.#parts.journal.log('error', `neighbours: ${error.message}`);
    this.#failure = error.message;
    this.#resyncAt = Math.min(this.#resyncAt, performance.now() + 1_000);
  }

  #take(message: RouteMessage, nowMs: number): void {
    switch (message.kind) {
      case 'link':
        this.#links.put(message.link);
        break;
      case 'link-gone':
        this.#links.drop(message.index);
        break;
      case 'neighbour': {
        const { address, mac } = message.neighbour;
        const sinceMs = this.#isFirstLook ? 0 : nowMs;
        if (!this.#book.note(message.neighbour, nowMs, sinceMs) || mac === undefined) return;
        this.#touched.add(mac).add(formatAddress(address));
      }
    }
  }

  /** Quarantines of which there is news. */
  #follow(nowMs: number): void {
    if (this.#touched.size === 0) return;
    for (const decision of this.#standing()) {
      if (this.#isTouched(decision)) this.#extend(decision, nowMs);
    }
    this.#touched.clear();
  }

  #isTouched({ target, coverage }: Decision): boolean {
    if (target.kind === 'host' && this.#touched.has(target.host)) return true;
    const { stations = [], addresses = [] } = coverage ?? {};
    return (
      stations.some(({ mac }) => this.#touched.has(mac)) || addresses.some((each) => this.#touched.has(each))
    );
  }

  /** As they stand now: extending one puts another in its place. */
  #standing(): Decision[] {
    return [...this.#parts.desk.active.quarantines()];
  }

  #extend(before: Decision, nowMs: number): void {
    const coverage = this.#coverage(before, nowMs);
    if (coverage === undefined || !isNews(coverage, before.coverage)) return;
    const after: Decision = { ...before, coverage, enforcement: { status: 'pending' } };
    const move = { type: 'decision.extended', before, after } as const;
    try {
      this.#parts.desk.move([move], { actor: 'penstock', atMs: nowMs, sync: false });
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#parts.journal.log(
        'error',
        `not recorded, so not covered: more of ${before.id}: ${error.message}`,
      );
    }
  }

  #coverage(decision: Decision, nowMs: number): Coverage | undefined {
    const { target, coverage: before } = decision;
    if (target.kind !== 'host') return undefined;
    const { protection, bypasses } = this.#parts;
    const room = Math.floor(MAX_EXCEPTIONS / Math.max(1, target.allowTo.length));
    const coverage = cover({
      host: parseAddress(target.host),
      before,
      attachment: this.#attachment,
      protection: (address) => protection(address, nowMs),
      maxAddresses: Math.min(MAX_ADDRESSES, Math.max(1, room)),
      nowMs,
    });
    const gaps = [...coverage.gaps];
    if (this.#failure !== undefined) gaps.push({ reason: 'unknown', text: `neighbours: ${this.#failure}` });
    for (const text of bypasses().slice(0, 1)) gaps.push({ reason: 'flowtable', text });
    return { ...coverage, gaps };
  }
}
