/**
 * Elements of sets and maps over raw netlink, so that one element costs the same in a set of any size. Everything
 * is synchronous: when a call returns, the kernel has done it.
 */
import {
  type MessageCursor,
  type MessageWriter,
  NETLINK_NETFILTER,
  NetlinkClient,
  NetlinkError,
} from 'node-netlink';
import type { TableRef } from '../document/index.ts';
import type { RulesetMonitorDriver, SetElementsDriver } from '../driver.ts';
import { EINTR, isGenerationChanged, isOverrun, NftablesError } from '../errors.ts';
import { captureTable, KernelTableImage, type TableImage } from '../image/table-image.ts';
import { type RestoreOptions, writeRestoration } from '../image/table-restoration.ts';
import { type CounterReading, readCounters } from '../netlink/counters.ts';
import { asNftablesError } from '../netlink/failure.ts';
import { type Generation, readGeneration } from '../netlink/generation.ts';
import { countElements } from '../netlink/set-count.ts';
import { findTable, type TableState } from '../netlink/table-state.ts';
import { writeBatch } from './batch.ts';
import {
  type ApplyOptions,
  areTold,
  checkBatchSize,
  type ElementAction,
  type ElementChange,
  MAX_BATCH_ELEMENTS,
  MAX_WHOLE_ELEMENTS,
} from './change.ts';
import { Confirmation } from './confirmation.ts';
import { type ElementSet, layoutOf, type SetElement } from './element.ts';
import { lookUpInterval } from './interval-lookup.ts';
import { joinIntervals } from './intervals.ts';
import { fieldPlaces } from './key.ts';
import { objectedTo } from './objection.ts';
import { PreparedCreations } from './prepared-creation.ts';
import { dumpElements, dumpKeys, lookUp, scanElements } from './reading.ts';

/** A batch of the largest elements fits. The kernel reserves nothing: it is a limit. */
const SEND_BUFFER_BYTES = 128 << 20;
/** The largest batch fits that is told back, some 100 bytes an element. It is a limit as well. */
const RECEIVE_BUFFER_BYTES = 64 << 20;
const DUMP_ATTEMPTS = 5;

export interface SetElementsOptions {
  /** Kernel queue for answers. Default 64 MiB, where the process may have as much (CAP_NET_ADMIN). */
  readonly receiveBufferBytes?: number;
  /** Changes of elements are for this generation of the ruleset alone: in another they are left out without a word. */
  readonly generation?: number;
}

/** `isTold`: the kernel is to tell what it took. */
type Write = (writer: MessageWriter, isTold: boolean) => void;

export class SetElements implements SetElementsDriver {
  readonly #client: NetlinkClient;
  readonly #generation: number | undefined;
  readonly #creations: PreparedCreations;
  #listener: Pick<RulesetMonitorDriver, 'apart'> | undefined;

  private constructor(client: NetlinkClient, generation: number | undefined) {
    this.#client = client;
    this.#generation = generation;
    this.#creations = new PreparedCreations(generation);
  }

  /** For the calling thread's network namespace. @throws NetlinkError */
  static open({
    receiveBufferBytes = RECEIVE_BUFFER_BYTES,
    generation,
  }: SetElementsOptions = {}): SetElements {
    return new SetElements(
      NetlinkClient.open({
        protocol: NETLINK_NETFILTER,
        sendBufferBytes: SEND_BUFFER_BYTES,
        receiveBufferBytes,
      }),
      generation,
    );
  }

  get portId(): number {
    return this.#client.socket.portId;
  }

  /** From now on it is kept from what is too much to be told; see `MAX_TOLD_ELEMENTS`. */
  keepFrom(listener: Pick<RulesetMonitorDriver, 'apart'>): void {
    this.#listener = listener;
  }

  add(set: ElementSet, elements: readonly SetElement[]): void {
    this.#inChunks('add', set, elements);
  }

  create(set: ElementSet, elements: readonly SetElement[]): void {
    this.#inChunks('create', set, elements);
  }

  delete(set: ElementSet, elements: readonly SetElement[]): void {
    this.#inChunks('delete', set, elements);
  }

  refresh(set: ElementSet, elements: readonly SetElement[]): void {
    this.#inChunks('refresh', set, elements);
  }

  discard(set: ElementSet, elements: readonly SetElement[]): void {
    this.#inChunks('discard', set, elements);
  }

  apply(changes: readonly ElementChange[], options: ApplyOptions = {}): boolean {
    const { confirm, generation } = options;
    const prepared = confirm || generation !== undefined ? undefined : this.#creations.of(changes);
    if (prepared === undefined) return this.#applyWritten(changes, options);
    const refusal = this.#client.repeat('change elements', prepared);
    if (refusal !== undefined && !this.#isLeftOut(refusal)) throw this.#failure(refusal, changes);
    return false;
  }

  get(set: ElementSet, key: Uint8Array): SetElement | undefined {
    try {
      if (layoutOf(set) === 'interval') return lookUpInterval(this.#client, set, key);
      const found = lookUp(this.#client, set, key);
      return found;
    } catch (error) {
      throw asNftablesError(error);
    }
  }

  list(set: ElementSet): SetElement[] {
    const { elements } = undisturbed('list elements', () => dumpElements(this.#client, set));
    return layoutOf(set) === 'interval' ? joinIntervals(elements) : elements;
  }

  scan(set: ElementSet, start: () => (element: SetElement) => void): void {
    if (layoutOf(set) === 'interval') this.list(set).forEach(start());
    else undisturbed('list elements', () => scanElements(this.#client, set, start()));
  }

  ranges(set: ElementSet): Uint8Array {
    const [{ bytes }] = fieldPlaces(set.type);
    const { keys } = undisturbed('list keys', () => dumpKeys(this.#client, set, bytes));
    return layoutOf(set) === 'interval' ? keys.intervals() : keys.singles();
  }

  count(set: ElementSet): number | undefined {
    return countElements(this.#client, set);
  }

  generation(): Generation {
    return readGeneration(this.#client);
  }

  counters(table: TableRef): ReadonlyMap<string, CounterReading> {
    try {
      return readCounters(this.#client, table);
    } catch (error) {
      throw asNftablesError(error);
    }
  }

  findTable(table: TableRef): TableState | undefined {
    return findTable(this.#client, table);
  }

  captureTable(table: TableRef): TableImage | undefined {
    try {
      for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
        if (this.findTable(table) === undefined) return undefined;
        const { image, interrupted } = captureTable(this.#client, table);
        if (!interrupted) return image;
      }
    } catch (error) {
      throw asNftablesError(error);
    }
    throw interruptedAlways('capture table');
  }

  restoreTable(image: TableImage, changes: readonly ElementChange[], options: RestoreOptions = {}): boolean {
    if (!(image instanceof KernelTableImage))
      throw new NftablesError({
        operation: 'restore table',
        code: 'NFTABLES_INVALID',
        problem: 'not an image of a table of the kernel',
      });
    checkBatchSize(changes, MAX_WHOLE_ELEMENTS);
    return this.#change('restore table', changes, options.confirm ?? false, (writer, isTold) =>
      writeRestoration(writer, image, changes, { ...options, confirm: isTold }),
    );
  }

  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #applyWritten(changes: readonly ElementChange[], options: ApplyOptions): boolean {
    const { generation = this.#generation, whole, confirm = false } = options;
    if (checkBatchSize(changes, whole ? MAX_WHOLE_ELEMENTS : MAX_BATCH_ELEMENTS) === 0) return confirm;
    return this.#change('change elements', changes, confirm, (writer, isTold) =>
      writeBatch(writer, changes, isTold, generation),
    );
  }

  #inChunks(action: ElementAction, set: ElementSet, elements: readonly SetElement[]): void {
    for (let start = 0; start < elements.length; start += MAX_BATCH_ELEMENTS) {
      const changes = [{ action, set, elements: elements.slice(start, start + MAX_BATCH_ELEMENTS) }];
      const write: Write = (writer) => writeBatch(writer, changes, false, this.#generation);
      this.#transact(`${action} elements`, changes, false, write, start);
    }
  }

  /** @returns whether the kernel told back every element just as it was given; false when that is not asked */
  #change(operation: string, changes: readonly ElementChange[], confirm: boolean, write: Write): boolean {
    if (areTold(changes)) return this.#transact(operation, changes, confirm, write);
    const work = () => this.#transact(operation, changes, false, write);
    return this.#listener === undefined ? work() : this.#listener.apart(() => this.generation().id, work);
  }

  /** @returns whether the kernel told back the changes, and nothing else; false when that is not asked */
  #transact(
    operation: string,
    changes: readonly ElementChange[],
    confirm: boolean,
    write: Write,
    firstIndex = 0,
  ): boolean {
    const confirmation = confirm ? new Confirmation(changes) : undefined;
    try {
      const take = confirmation && ((message: MessageCursor) => confirmation.take(message));
      this.#client.request(operation, (writer) => write(writer, confirm), undefined, take);
      return confirmation?.isWhole() ?? false;
    } catch (error) {
      // A transaction that is refused tells nothing, so this one was not; or it has to be looked for.
      if (confirmation !== undefined && isOverrun(error)) return false;
      if (this.#isLeftOut(error)) return false;
      throw this.#failure(error, changes, firstIndex);
    }
  }

  #isLeftOut(error: unknown): boolean {
    return this.#generation !== undefined && isGenerationChanged(error);
  }

  /** A refusal, with the element that it is about. */
  #failure(error: unknown, changes: readonly ElementChange[], firstIndex = 0): unknown {
    const index = error instanceof NetlinkError ? objectedTo(error, this.#client.sent, changes) : undefined;
    return asNftablesError(error, index === undefined ? undefined : firstIndex + index);
  }
}

/** @throws NftablesError `isInterrupted` when the ruleset keeps changing */
function undisturbed<T extends { readonly interrupted: boolean }>(operation: string, dump: () => T): T {
  try {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      const result = dump();
      if (!result.interrupted) return result;
    }
  } catch (error) {
    throw asNftablesError(error);
  }
  throw interruptedAlways(operation);
}

function interruptedAlways(operation: string): NftablesError {
  const problem = `the ruleset changed during each of ${DUMP_ATTEMPTS} attempts`;
  return new NftablesError({ operation, errno: EINTR, problem });
}
