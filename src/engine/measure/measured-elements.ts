/**
 * The driver of set elements, with every change of the kernel counted and timed on its way:
 *
 *   enforcer, allowlist, names, ... ---> MeasuredElements ---> SetElements ---> kernel
 *
 * It stands where all of them meet, so that nobody's change is left out.
 */
import type {
  ApplyOptions,
  ElementAction,
  ElementChange,
  ElementSet,
  SetElement,
  SetElementsDriver,
} from 'node-nftables';
import { TimeHistogram, type TimeSummary } from './time-histogram.ts';

type Restoration = Parameters<SetElementsDriver['restoreTable']>;

/** Since the start. `elements` by action; several actions may be one transaction. */
export interface KernelChangeCounts {
  readonly elements: Readonly<Record<ElementAction, number>>;
  /** Transactions that the kernel refused. */
  readonly refused: number;
  readonly transactions: TimeSummary;
}

export class MeasuredElements implements SetElementsDriver {
  readonly #driver: SetElementsDriver;
  readonly #transactions = new TimeHistogram();
  readonly #elements: Record<ElementAction, number> = {
    add: 0,
    create: 0,
    delete: 0,
    refresh: 0,
    discard: 0,
  };
  #refused = 0;

  constructor(driver: SetElementsDriver) {
    this.#driver = driver;
  }

  get counts(): KernelChangeCounts {
    const { summary } = this.#transactions;
    return { elements: { ...this.#elements }, refused: this.#refused, transactions: summary };
  }

  get portId(): number {
    return this.#driver.portId;
  }

  add(set: ElementSet, elements: readonly SetElement[]): void {
    this.#change('add', elements.length, () => this.#driver.add(set, elements));
  }

  create(set: ElementSet, elements: readonly SetElement[]): void {
    this.#change('create', elements.length, () => this.#driver.create(set, elements));
  }

  delete(set: ElementSet, elements: readonly SetElement[]): void {
    this.#change('delete', elements.length, () => this.#driver.delete(set, elements));
  }

  refresh(set: ElementSet, elements: readonly SetElement[]): void {
    this.#change('refresh', elements.length, () => this.#driver.refresh(set, elements));
  }

  discard(set: ElementSet, elements: readonly SetElement[]): void {
    this.#change('discard', elements.length, () => this.#driver.discard(set, elements));
  }

  apply(changes: readonly ElementChange[], options?: ApplyOptions): boolean {
    // A block comes through here, and finds cold what it needs: no function is made for it.
    const startedAt = performance.now();
    try {
      const isConfirmed = this.#driver.apply(changes, options);
      this.#count(changes);
      return isConfirmed;
    } catch (error) {
      this.#refused += 1;
      throw error;
    } finally {
      this.#transactions.since(startedAt);
    }
  }

  restoreTable(...[image, changes, options]: Restoration): boolean {
    const isConfirmed = this.#timed(() => this.#driver.restoreTable(image, changes, options));
    this.#count(changes);
    return isConfirmed;
  }

  get(...asked: Parameters<SetElementsDriver['get']>) {
    return this.#driver.get(...asked);
  }

  list(set: ElementSet): SetElement[] {
    return this.#driver.list(set);
  }

  scan(...asked: Parameters<SetElementsDriver['scan']>): void {
    this.#driver.scan(...asked);
  }

  count(set: ElementSet): number | undefined {
    return this.#driver.count(set);
  }

  ranges(set: ElementSet): Uint8Array {
    return this.#driver.ranges(set);
  }

  generation() {
    return this.#driver.generation();
  }

  counters(...asked: Parameters<SetElementsDriver['counters']>) {
    return this.#driver.counters(...asked);
  }

  findTable(...asked: Parameters<SetElementsDriver['findTable']>) {
    return this.#driver.findTable(...asked);
  }

  captureTable(...asked: Parameters<SetElementsDriver['captureTable']>) {
    return this.#driver.captureTable(...asked);
  }

  close(): void {
    this.#driver.close();
  }

  [Symbol.dispose](): void {
    this.#driver[Symbol.dispose]();
  }

  #change(action: ElementAction, count: number, work: () => void): void {
    this.#timed(work);
    this.#elements[action] += count;
  }

  #count(changes: readonly ElementChange[]): void {
    for (let i = 0; i < changes.length; i++) this.#elements[changes[i].action] += changes[i].elements.length;
  }

  #timed<T>(work: () => T): T {
    const startedAt = performance.now();
    try {
      return work();
    } catch (error) {
      this.#refused += 1;
      throw error;
    } finally {
      this.#transactions.since(startedAt);
    }
  }
}
