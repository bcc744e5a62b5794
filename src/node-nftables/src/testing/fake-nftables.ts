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
import type { ListOptions, NftablesDriver } from '../driver.ts';
import { Transaction } from '../transaction.ts';
import { CommandInterpreter } from './command-interpreter.ts';
import { found } from './failure.ts';
import { listedChain, listedSet, listedTable } from './fake-listing.ts';
import { type FakeSet, type FakeTable, tableKey } from './ruleset.ts';
import type { FakeProcess, RulesetStore } from './ruleset-store.ts';

export class FakeNftables implements NftablesDriver {
  readonly #store: RulesetStore;
  readonly #process: FakeProcess;

  constructor(store: RulesetStore, process: FakeProcess) {
    this.#store = store;
    this.#process = process;
  }

  run(commands: readonly Command[]): void {
    this.#transact(commands, false);
  }

  check(commands: readonly Command[]): void {
    this.#transact(commands, true);
  }

  transaction(): Transaction {
    return new Transaction(this);
  }

  listTables(family?: Family): TableRef[] {
    return [...this.#store.workspace.ruleset.values()]
      .filter((table) => family === undefined || table.family === family)
      .map(({ family, name }) => ({ family, name }));
  }

  listTable(table: TableRef, { terse = false }: ListOptions = {}): Listing {
    return listedTable(this.#table('list table', table), this.#store.workspace.nowMs, terse);
  }

  /** In no language that nft knows. */
  tableText(table: TableRef): string {
    return `${JSON.stringify(this.listTable(table, { terse: true }))}\n`;
  }

  listChain({ family, table, name }: ChainRef): Listing {
    const { chains } = this.#table('list chain', { family, name: table });
    return listedChain(found(chains.get(name), 'list chain', `chain ${name}`));
  }

  listSet(set: SetRef, options?: ListOptions): ListedSet {
    return (this.#listSet('set', set, options) as Extract<ListedObject, { set: unknown }>).set;
  }

  listMap(map: SetRef, options?: ListOptions): ListedMap {
    return (this.#listSet('map', map, options) as Extract<ListedObject, { map: unknown }>).map;
  }

  close(): void {}

  [Symbol.dispose](): void {}

  #transact(commands: readonly Command[], dryRun: boolean): void {
    if (commands.length === 0) return;
    this.#store.transact(
      this.#process,
      (workspace) => {
        const interpreter = new CommandInterpreter(workspace);
        for (const command of commands) interpreter.run(command);
      },
      dryRun,
    );
  }

  #table(operation: string, table: TableRef): FakeTable {
    const { ruleset } = this.#store.workspace;
    return found(ruleset.get(tableKey(table)), operation, `table ${tableKey(table)}`);
  }

  #listSet(kind: FakeSet['kind'], { family, table, name }: SetRef, { terse = false }: ListOptions = {}) {
    const operation = `list ${kind}`;
    const set = this.#table(operation, { family, name: table }).sets.get(name);
    const ofKind = found(set?.kind === kind ? set : undefined, operation, `${kind} ${name}`);
    return listedSet(ofKind, this.#store.workspace.nowMs, terse);
  }
}
