/**
 * What an application depends on. `Nftables` and `SetElements` drive the kernel; `FakeKernel` of
 * `node-nftables/testing` has both without one.
 */
import type { ChainRef, Family, ListedMap, ListedSet, Listing, SetRef, TableRef } from './document/index.ts';
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
  /** The chain and its rules. */
  listChain(chain: ChainRef): Listing;
  listSet(set: SetRef, options?: ListOptions): ListedSet;
  listMap(map: SetRef, options?: ListOptions): ListedMap;
  close(): void;
}
