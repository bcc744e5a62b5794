/**
 * nftables through libnftables, in this process and thread. Everything is synchronous.
 *
 * Adding one element this way costs as much as reading the whole set, which libnftables does first; `SetElements`
 * has no such cost.
 */

import { NETLINK_NETFILTER, NetlinkClient } from 'node-netlink';
import type {
  ChainRef,
  Command,
  Family,
  ListedMap,
  ListedObject,
  ListedSet,
  Listing,
  SetRef,
  TableRef,
} from '../document/index.ts';
import { parseListing } from '../document/listing.ts';
import type { ListOptions, NftablesDriver } from '../driver.ts';
import { NftablesError } from '../errors.ts';
import { listTables } from '../netlink/table-list.ts';
import { Transaction } from '../transaction.ts';
import { encodeCommands, hasTableFlags, TABLE_FLAGS_PROBE } from './commands.ts';
import { Context } from './context.ts';
import { failureOf } from './failure.ts';

export class Nftables implements NftablesDriver {
  readonly #context = new Context();
  readonly #client = NetlinkClient.open({ protocol: NETLINK_NETFILTER });
  #knowsTableFlags: boolean | undefined;

  /** For the calling thread's network namespace. @throws NftablesError NFTABLES_LIBRARY */
  static open(): Nftables {
    return new Nftables();
  }

  private constructor() {}

  run(commands: readonly Command[]): void {
    this.#change('run', commands, false);
  }

  check(commands: readonly Command[]): void {
    this.#change('check', commands, true);
  }

  transaction(): Transaction {
    return new Transaction(this);
  }

  listTables(family?: Family): TableRef[] {
    this.#context.checkOpen();
    return listTables(this.#client, family);
  }

  listTable({ family, name }: TableRef, options?: ListOptions): Listing {
    return this.#list('table', { family, name }, options);
  }

  tableText({ family, name }: TableRef): string {
    const { succeeded, output, error } = this.#context.run(`list table ${family} ${name}`, {
      terse: true,
      text: true,
    });
    if (!succeeded) throw new NftablesError(failureOf('list table', error));
    return output;
  }

  listChain({ family, table, name }: ChainRef): Listing {
    return this.#list('chain', { family, table, name });
  }

  listSet({ family, table, name }: SetRef, options?: ListOptions): ListedSet {
    for (const object of this.#list('set', { family, table, name }, options)) {
      if ('set' in object) return object.set;
    }
    throw notListed('set', name);
  }

  listMap({ family, table, name }: SetRef, options?: ListOptions): ListedMap {
    for (const object of this.#list('map', { family, table, name }, options)) {
      if ('map' in object) return object.map;
    }
    throw notListed('map', name);
  }

  close(): void {
    this.#context.close();
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #list(kind: string, what: unknown, { terse = false }: ListOptions = {}): readonly ListedObject[] {
    const operation = `list ${kind}`;
    const command = JSON.stringify({ nftables: [{ list: { [kind]: what } }] });
    const { succeeded, output, error } = this.#context.run(command, { terse });
    if (!succeeded) throw new NftablesError(failureOf(operation, error));
    return parseListing(operation, output);
  }

  #change(operation: string, commands: readonly Command[], dryRun: boolean): void {
    if (commands.length === 0) return;
    if (hasTableFlags(commands)) this.#refuseIgnoredFlags(operation);
    const { succeeded, error } = this.#context.run(encodeCommands(commands), { dryRun });
    if (!succeeded) throw new NftablesError(failureOf(operation, error));
  }

  /** Old versions take a table's flags without a word and make a table without them. */
  #refuseIgnoredFlags(operation: string): void {
    this.#knowsTableFlags ??= !this.#context.run(TABLE_FLAGS_PROBE, { dryRun: true }).succeeded;
    if (this.#knowsTableFlags) return;
    const problem = 'this version of libnftables ignores the flags of a table in JSON';
    throw new NftablesError({ operation, code: 'NFTABLES_UNSUPPORTED', problem });
  }
}

function notListed(kind: string, name: string): NftablesError {
  const problem = `nft did not list ${name}`;
  return new NftablesError({ operation: `list ${kind}`, code: 'NFTABLES_UNREADABLE', problem });
}
