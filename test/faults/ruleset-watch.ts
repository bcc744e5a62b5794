/** Reads the kernel's announcements of ruleset changes as they come, to time what follows what. */
import { setImmediate as turn } from 'node:timers/promises';
import { RulesetMonitor } from 'node-nftables';

export interface Transaction {
  /** `performance.now()` when it was read here. */
  atMs: number;
  /** The kernel's number of the thread that made it. */
  processId: number;
}

export class RulesetWatch implements Disposable {
  readonly #monitor = RulesetMonitor.open();

  /** The next transactions, until `enough` of them. Reads without pause: for moments only. */
  async until(enough: (transactions: readonly Transaction[]) => boolean): Promise<Transaction[]> {
    const found: Transaction[] = [];
    const deadline = performance.now() + 10_000;
    do {
      if (performance.now() > deadline) throw new Error(`after 10 s only ${JSON.stringify(found)}`);
      await turn();
      this.#monitor.drain((change) => {
        if (change.kind === 'generation')
          found.push({ atMs: performance.now(), processId: change.processId });
      });
    } while (!enough(found));
    return found;
  }

  [Symbol.dispose](): void {
    this.#monitor.close();
  }
}
