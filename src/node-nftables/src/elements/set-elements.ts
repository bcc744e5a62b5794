/**
 * Elements of sets and maps over raw netlink, so that one element costs the same in a set of any size. Everything
 * is synchronous: when a call returns, the kernel has done it.
 */
import { NETLINK_NETFILTER, NetlinkClient, NetlinkError } from 'node-netlink';
import type { SetRef, TableRef } from '../document/index.ts';
import type { SetElementsDriver } from '../driver.ts';
import { EINTR, isNotFound, NftablesError } from '../errors.ts';
import { asNftablesError } from '../netlink/failure.ts';
import { type Generation, readGeneration } from '../netlink/generation.ts';
import { NFT_SET_ELEM_INTERVAL_END } from '../netlink/nf-tables.ts';
import { findTable, type TableState } from '../netlink/table-state.ts';
import { Batch } from './batch.ts';
import { type ApplyOptions, type ElementAction, type ElementChange, MAX_BATCH_ELEMENTS } from './change.ts';
import { type ElementSet, layoutOf, type SetElement } from './element.ts';
import type { WireElement } from './element-reader.ts';
import { joinIntervals } from './intervals.ts';
import { lastKey, nextKey, previousKey } from './key-arithmetic.ts';
import { dumpElements, lookUp } from './reading.ts';

/** A batch of the largest elements fits. The kernel reserves nothing: it is a limit. */
const SEND_BUFFER_BYTES = 8 << 20;
const DUMP_ATTEMPTS = 5;

export class SetElements implements SetElementsDriver {
  readonly #client: NetlinkClient;

  private constructor(client: NetlinkClient) {
    this.#client = client;
  }

  /** For the calling thread's network namespace. @throws NetlinkError */
  static open(): SetElements {
    return new SetElements(
      NetlinkClient.open({ protocol: NETLINK_NETFILTER, sendBufferBytes: SEND_BUFFER_BYTES }),
    );
  }

  /** Announcements of changes made through here carry it (`RulesetChange.portId`). */
  get portId(): number {
    return this.#client.socket.portId;
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

  apply(changes: readonly ElementChange[], options: ApplyOptions = {}): void {
    const count = changes.reduce((sum, { elements }) => sum + elements.length, 0);
    if (count === 0) return;
    if (count > MAX_BATCH_ELEMENTS) throw tooMany(count);
    this.#send('change elements', changes, 0, options);
  }

  get(set: ElementSet, key: Uint8Array): SetElement | undefined {
    try {
      const { isIntervalEnd: _, ...element } = lookUp(this.#client, set, key) ?? missing();
      return layoutOf(set) === 'interval' ? { ...element, keyEnd: this.#intervalEnd(set, element) } : element;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw asNftablesError(error);
    }
  }

  list(set: ElementSet): SetElement[] {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      const { elements, interrupted } = this.#dump(set);
      if (interrupted) continue;
      if (layoutOf(set) === 'interval') return joinIntervals(elements);
      return elements.map(({ isIntervalEnd: _, ...element }) => element);
    }
    const problem = `the ruleset changed during each of ${DUMP_ATTEMPTS} attempts`;
    throw new NftablesError({ operation: 'list elements', errno: EINTR, problem });
  }

  generation(): Generation {
    return readGeneration(this.#client);
  }

  findTable(table: TableRef): TableState | undefined {
    return findTable(this.#client, table);
  }

  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #inChunks(action: ElementAction, set: ElementSet, elements: readonly SetElement[]): void {
    for (let start = 0; start < elements.length; start += MAX_BATCH_ELEMENTS) {
      const chunk = elements.slice(start, start + MAX_BATCH_ELEMENTS);
      this.#send(`${action} elements`, [{ action, set, elements: chunk }], start);
    }
  }

  #send(
    operation: string,
    changes: readonly ElementChange[],
    firstIndex: number,
    { generation }: ApplyOptions = {},
  ): void {
    const batch = new Batch();
    try {
      this.#client.request(operation, (writer) => batch.write(writer, changes, generation));
    } catch (error) {
      const index = error instanceof NetlinkError ? batch.indexOf(error) : undefined;
      throw asNftablesError(error, index === undefined ? undefined : firstIndex + index);
    }
  }

  #dump(set: SetRef): { elements: WireElement[]; interrupted: boolean } {
    try {
      return dumpElements(this.#client, set);
    } catch (error) {
      throw asNftablesError(error);
    }
  }

  /** The last key of an interval of an rbtree. Asked for from behind its first key on: an end may lie on that. */
  #intervalEnd(set: ElementSet, { key }: SetElement): Uint8Array {
    const from = nextKey(key);
    if (from === undefined) return key;
    try {
      const end = lookUp(this.#client, set, from, NFT_SET_ELEM_INTERVAL_END);
      return (end && previousKey(end.key)) ?? lastKey(key.length);
    } catch (error) {
      if (isNotFound(error)) return lastKey(key.length);
      throw error;
    }
  }
}

function tooMany(count: number): NftablesError {
  const problem = `${count} elements in one batch, which takes ${MAX_BATCH_ELEMENTS}`;
  return new NftablesError({ operation: 'change elements', code: 'NFTABLES_INVALID', problem });
}

function missing(): never {
  const problem = 'an answer without an element';
  throw new NftablesError({ operation: 'get element', code: 'NFTABLES_UNREADABLE', problem });
}
