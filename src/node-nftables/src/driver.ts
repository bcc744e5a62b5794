/**
 * What an application depends on. `Nftables` and `SetElements` drive the kernel; `FakeKernel` of
 * `node-nftables/testing` has both without one.
 */
import type { RulesetChange } from './changes/change.ts';
import type { ChainRef, Family, ListedMap, ListedSet, Listing, SetRef, TableRef } from './document/index.ts';
import type { ApplyOptions, ElementChange } from './elements/change.ts';
import type { ElementSet, SetElement } from './elements/element.ts';
import type { TableImage } from './image/table-image.ts';
import type { RestoreOptions } from './image/table-restoration.ts';
import type { CounterReading } from './netlink/counters.ts';
import type { Generation } from './netlink/generation.ts';
import type { TableState } from './netlink/table-state.ts';
import type { CommandRunner, Transaction } from './transaction.ts';

export interface ListOptions {
  /** Without the elements of sets and maps. Default false. */
  readonly terse?: boolean;
}

/** Tables, chains, rules, sets and objects. Everything is synchronous. */
export interface NftablesDriver extends CommandRunner, Disposable {
  transaction(): Transaction;
  /** Names only. */
  listTables(family?: Family): TableRef[];
  /** @throws NftablesError, `isNotFound` when it is not there; so do the others */
  listTable(table: TableRef, options?: ListOptions): Listing;
  /** The table without the elements of its sets, as `nft -f` reads it. */
  tableText(table: TableRef): string;
  /** The chain and its rules. */
  listChain(chain: ChainRef): Listing;
  listSet(set: SetRef, options?: ListOptions): ListedSet;
  listMap(map: SetRef, options?: ListOptions): ListedMap;
  close(): void;
}

/** Elements of sets and maps, at a cost that does not depend on how many there are. Everything is synchronous. */
export interface SetElementsDriver extends Disposable {
  /** Announcements of changes made through this driver carry it (`RulesetChange`). */
  readonly portId: number;
  /** See `ElementAction`. Up to 4,000 elements are one batch: all or nothing. More are several, one after another. */
  add(set: ElementSet, elements: readonly SetElement[]): void;
  create(set: ElementSet, elements: readonly SetElement[]): void;
  delete(set: ElementSet, elements: readonly SetElement[]): void;
  refresh(set: ElementSet, elements: readonly SetElement[]): void;
  discard(set: ElementSet, elements: readonly SetElement[]): void;
  /**
   * Changes of any sets in one batch: all or nothing.
   * @returns with `confirm`: whether the kernel told back every element just as it was given. When false that is not
   *   known, after an overrun not even that the changes were made: read the sets. Without it always false.
   * @throws NftablesError NFTABLES_INVALID for more than 4,000 elements, or as many as `whole` allows
   */
  apply(changes: readonly ElementChange[], options?: ApplyOptions): boolean;
  /** The element whose key, or whose interval, this key is in; undefined when there is none, or no such set. */
  get(set: ElementSet, key: Uint8Array): SetElement | undefined;
  /**
   * All elements, in no order but that of intervals of one field.
   * @throws NftablesError `isInterrupted` when the ruleset keeps changing
   */
  list(set: ElementSet): SetElement[];
  /**
   * As `list`, one by one: very many are never there at once. `start` is called again when the ruleset changed
   * meanwhile, and everything comes once more.
   * @throws NftablesError as `list`
   */
  scan(set: ElementSet, start: () => (element: SetElement) => void): void;
  /**
   * All ranges of a set of one field in ascending order, as bytes: first and last of each, both included. Of a set that
   * is no interval set each key is both. For very many, which as objects would fill the memory.
   * @throws NftablesError as `list`
   */
  ranges(set: ElementSet): Uint8Array;
  /**
   * How many elements a set has, in the kernel's own way of counting: the same number means that none came or went.
   * Undefined where the kernel does not say (before Linux 6.17).
   */
  count(set: ElementSet): number | undefined;
  /** The generation now, with this thread as its process. */
  generation(): Generation;
  /** The table's named counters by name; none when there is no such table. */
  counters(table: TableRef): ReadonlyMap<string, CounterReading>;
  /** Undefined when there is no such table. */
  findTable(table: TableRef): TableState | undefined;
  /** All of the table but the elements of its named sets. Undefined when there is no such table. */
  captureTable(table: TableRef): TableImage | undefined;
  /**
   * Make the table what an image of this driver says, with these elements, whatever is there now: one transaction.
   * Named counters begin with 0.
   * @returns as `apply`
   * @throws NftablesError, and then nothing was changed
   */
  restoreTable(image: TableImage, changes: readonly ElementChange[], options?: RestoreOptions): boolean;
  close(): void;
}

export interface Drained {
  /** Announcements were lost before, between or after those given: read what matters anew. Told until none are. */
  readonly lost: boolean;
  /** There may be more waiting. */
  readonly more: boolean;
}

/** Changes of the ruleset, by whomever. */
export interface RulesetMonitorDriver extends Disposable {
  /** Readable (poll(2)) while announcements wait. */
  readonly fd: number;
  /** Give what is waiting, without waiting for more; at most so many datagrams, so that a flood ends. */
  drain(onChange: (change: RulesetChange) => void, maxDatagrams?: number): Drained;
  /**
   * Do one transaction of which nobody is told, so that the kernel need not keep what it would tell (MAX_TOLD_ELEMENTS).
   * What others change meanwhile is lost, and the next drain says so.
   * @param generation of the ruleset, asked before and after
   */
  apart<T>(generation: () => number, work: () => T): T;
  close(): void;
}
