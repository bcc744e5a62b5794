/**
 * A kernel for tests: a ruleset in memory behind the same drivers as the real one. It judges no packets and knows
 * statements only as far as they name sets, chains and objects; what nft would rewrite in a listing it lists as given.
 */
import type { NftablesDriver, RulesetMonitorDriver, SetElementsDriver } from '../driver.ts';
import { FakeMonitor } from './fake-monitor.ts';
import { FakeNftables } from './fake-nftables.ts';
import { FakeSetElements } from './fake-set-elements.ts';
import { type FakeProcess, RulesetStore } from './ruleset-store.ts';

const SELF: FakeProcess = { processId: process.pid, processName: 'self' };

export class FakeKernel {
  readonly #monitors = new Set<FakeMonitor>();
  readonly #store: RulesetStore;

  /** @param now the clock that timeouts go by, in milliseconds */
  constructor(now: () => number) {
    this.#store = new RulesetStore(now, (changes) => {
      for (const monitor of this.#monitors) monitor.push(changes);
    });
  }

  /** A driver whose changes are announced as those of `process`. */
  nftables(process: FakeProcess = SELF): NftablesDriver {
    return new FakeNftables(this.#store, process);
  }

  setElements(process: FakeProcess = SELF): SetElementsDriver {
    return new FakeSetElements(this.#store, process);
  }

  /** Hears what is changed from now on. */
  monitor(): RulesetMonitorDriver {
    const monitor = new FakeMonitor((closed) => this.#monitors.delete(closed));
    this.#monitors.add(monitor);
    return monitor;
  }

  /** Drop what waits in every monitor, and have them say so. */
  loseAnnouncements(): void {
    for (const monitor of this.#monitors) monitor.lose();
  }
}
