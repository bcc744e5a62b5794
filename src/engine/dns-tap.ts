/**
 * Where DNS is seen: a table that hands it to a queue, and the queue. Both are there only while the policy has names.
 *
 *   off ---- settings ----> on ---- other settings: the table is made anew, the queue goes on
 *    ^                      |
 *    +---- no settings -----+---- somebody touched the table: looked at, and made anew, at once
 *                           +---- the kernel refuses: tried again after a while
 */
import { type DnsTable, hasNoQueue, type QueueMeans } from '../enforcement/names/dns-table.ts';
import type { QueuedPacket } from '../names/queue/message.ts';
import { NF_ACCEPT } from '../names/queue/message.ts';
import type { PacketSource } from '../names/queue/packet-queue.ts';
import type { NameSettings } from '../policy/names.ts';
import type { Journal } from './journal.ts';
import { NOTHING_AMISS, type SideMended } from './side-tables.ts';

/** Of nfnetlink_queue, in our network namespace. */
export const DNS_QUEUE = 4372;
const PACKETS_A_TURN = 256;
const RETRY_MS = 5_000;

const NO_QUEUE =
  'names cannot be learnt: this kernel hands no packets to a queue (neither NFT_QUEUE, nor XT_TARGET_NFQUEUE with NFT_COMPAT)';

export interface NamesKernel {
  readonly table: Pick<DnsTable, 'install' | 'remove' | 'difference'>;
  /** @throws NetlinkError */
  openQueue(options: { queue: number; failOpen: boolean }): PacketSource;
}

export class DnsTap implements Disposable {
  readonly #kernel: NamesKernel;
  readonly #journal: Pick<Journal, 'log'>;
  #settings: NameSettings | null = null;
  #queue: { readonly source: PacketSource; readonly failOpen: boolean } | undefined;
  #means: QueueMeans | undefined;
  #failure: string | undefined;
  #tryAt = 0;
  /** Times packets were lost before we read them. */
  lost = 0;

  constructor(kernel: NamesKernel, journal: Pick<Journal, 'log'>) {
    this.#kernel = kernel;
    this.#journal = journal;
  }

  /** Readable while DNS waits; undefined while nobody watches. */
  get fd(): number | undefined {
    return this.#queue?.source.fd;
  }

  /** Why DNS is not seen although it should be. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get means(): QueueMeans | undefined {
    return this.#means;
  }

  change(settings: NameSettings | null): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.#begin();
  }

  /** Why DNS cannot be seen on this machine; undefined when it can. Tried out when nothing is seen yet. */
  objection(): string | undefined {
    if (this.#settings !== null) return this.#failure;
    try {
      using _ = this.#kernel.openQueue({ queue: DNS_QUEUE, failOpen: true });
      this.#kernel.table.install({ resolvers: [], queue: { queue: DNS_QUEUE, bypass: true } });
      this.#kernel.table.remove();
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** See that it stands. */
  tend(): void {
    if (this.#settings === null || performance.now() < this.#tryAt) return;
    if (this.#failure !== undefined || this.#kernel.table.difference() !== undefined) this.#begin();
  }

  /** Somebody may have changed the table. */
  mend(): SideMended {
    const difference = this.#settings === null ? undefined : this.#kernel.table.difference();
    if (difference === undefined) return NOTHING_AMISS;
    this.#begin();
    return { differences: [difference], ...(this.#failure !== undefined && { error: this.#failure }) };
  }

  /** Show packets that wait, some at once; all go on. @returns whether more may wait */
  drain(look: (packet: QueuedPacket) => void): boolean {
    if (this.#queue === undefined) return false;
    const { lost, more } = this.#queue.source.drain((packet) => {
      look(packet);
      return NF_ACCEPT;
    }, PACKETS_A_TURN);
    if (lost) this.lost += 1;
    return more;
  }

  /** The table stays: what becomes of DNS from now on is the policy's choice (`whenDown`). */
  [Symbol.dispose](): void {
    this.#queue?.source[Symbol.dispose]();
    this.#queue = undefined;
  }

  #begin(): void {
    this.#tryAt = performance.now() + RETRY_MS;
    try {
      if (this.#settings === null) this.#end();
      else this.#install(this.#settings);
      this.#failure = undefined;
    } catch (error) {
      const failure = reasonOf(error);
      if (failure !== this.#failure) this.#journal.log('error', failure);
      this.#failure = failure;
      this[Symbol.dispose]();
    }
  }

  #end(): void {
    this.#kernel.table.remove();
    this[Symbol.dispose]();
  }

  /** The queue is bound before there is a rule that hands packets to it. */
  #install({ resolvers, whenDown }: NameSettings): void {
    const failOpen = whenDown === 'pass';
    if (this.#queue?.failOpen !== failOpen) {
      this[Symbol.dispose]();
      this.#queue = { source: this.#kernel.openQueue({ queue: DNS_QUEUE, failOpen }), failOpen };
    }
    const queue = { queue: DNS_QUEUE, bypass: failOpen };
    this.#means = this.#kernel.table.install({ resolvers, queue });
    this.#journal.log('info', 'names are learnt from DNS answers', { means: this.#means });
  }
}

function reasonOf(error: unknown): string {
  return hasNoQueue(error) ? NO_QUEUE : `names cannot be learnt: ${(error as Error).message}`;
}
