/**
 * Keeps the group open that rules tell of dropped packets in. Another process may read it, and only one can: then the
 * kernel goes on dropping, and we try again.
 */
import { NflogKernelError } from '../nflog/errors.ts';
import type { PacketLog } from './denied-feed.ts';
import type { Journal } from './journal.ts';

const RETRY_MS = 5_000;

export class PacketLogKeeper implements Disposable {
  readonly #open: () => PacketLog & Disposable;
  readonly #journal: Pick<Journal, 'log'>;
  #log: (PacketLog & Disposable) | undefined;
  #failure: string | undefined;
  #tryAt = 0;

  constructor(open: () => PacketLog & Disposable, journal: Pick<Journal, 'log'>) {
    this.#open = open;
    this.#journal = journal;
  }

  get log(): PacketLog | undefined {
    return this.#log;
  }

  get fd(): number | undefined {
    return this.#log?.fd;
  }

  /** Why nobody tells us; undefined when all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Open it if it is not, when it is time to try. */
  tend(): void {
    if (this.#log !== undefined || performance.now() < this.#tryAt) return;
    this.#tryAt = performance.now() + RETRY_MS;
    try {
      this.#log = this.#open();
      if (this.#failure !== undefined) this.#journal.log('info', 'dropped packets are told again');
      this.#failure = undefined;
    } catch (error) {
      if (!(error instanceof NflogKernelError)) throw error;
      if (this.#failure === undefined)
        this.#journal.log('error', `dropped packets are not told: ${error.message}`);
      this.#failure = error.message;
    }
  }

  [Symbol.dispose](): void {
    this.#log?.[Symbol.dispose]();
    this.#log = undefined;
  }
}
