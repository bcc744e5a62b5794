import type { RulesetChange } from '../changes/change.ts';
import type { Drained, RulesetMonitorDriver } from '../driver.ts';

export class FakeMonitor implements RulesetMonitorDriver {
  /** poll(2) takes a negative descriptor and ignores it. */
  readonly fd = -1;
  readonly #onClose: (monitor: FakeMonitor) => void;
  #waiting: RulesetChange[] = [];
  #lost = false;

  constructor(onClose: (monitor: FakeMonitor) => void) {
    this.#onClose = onClose;
  }

  push(changes: readonly RulesetChange[]): void {
    this.#waiting.push(...changes);
  }

  lose(): void {
    this.#waiting = [];
    this.#lost = true;
  }

  drain(onChange: (change: RulesetChange) => void, maxDatagrams = Number.POSITIVE_INFINITY): Drained {
    const lost = this.#lost;
    this.#lost = false;
    for (const change of this.#waiting.splice(0, maxDatagrams)) onChange(change);
    return { lost, more: this.#waiting.length > 0 };
  }

  apart<T>(_generation: () => number, work: () => T): T {
    const before = [...this.#waiting];
    try {
      return work();
    } finally {
      this.#waiting = before;
    }
  }

  close(): void {
    this.#onClose(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
