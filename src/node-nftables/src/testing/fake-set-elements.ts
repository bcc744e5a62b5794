import type { SetRef, TableRef } from '../document/index.ts';
import type { SetElementsDriver } from '../driver.ts';
import {
  type ApplyOptions,
  areTold,
  checkBatchSize,
  type ElementAction,
  type ElementChange,
  MAX_BATCH_ELEMENTS,
  MAX_WHOLE_ELEMENTS,
  STEPS,
} from '../elements/change.ts';
import type { ElementSet, SetElement } from '../elements/element.ts';
import { compareKeys } from '../elements/key-arithmetic.ts';
import { ERESTART } from '../errors.ts';
import type { TableImage } from '../image/table-image.ts';
import type { RestoreOptions } from '../image/table-restoration.ts';
import type { CounterReading } from '../netlink/counters.ts';
import type { Generation } from '../netlink/generation.ts';
import type { TableState } from '../netlink/table-state.ts';
import { ElementStore } from './element-store.ts';
import { found, refusal } from './failure.ts';
import { checkOwner, FakeTableImage } from './fake-table-image.ts';
import { type FakeSet, tableKey } from './ruleset.ts';
import type { FakeProcess, RulesetStore, Workspace } from './ruleset-store.ts';

const OWNED: TableState['flags'] = ['owner', 'persist'];

export class FakeSetElements implements SetElementsDriver {
  readonly #store: RulesetStore;
  readonly #process: FakeProcess;

  constructor(store: RulesetStore, process: FakeProcess) {
    this.#store = store;
    this.#process = process;
  }

  /** Nothing passes through here: nothing is counted. */
  counters(_table: TableRef): ReadonlyMap<string, CounterReading> {
    return new Map();
  }

  get portId(): number {
    return this.#process.processId;
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
    const { generation, whole, confirm = false } = options;
    if (checkBatchSize(changes, whole ? MAX_WHOLE_ELEMENTS : MAX_BATCH_ELEMENTS) === 0) return confirm;
    if (generation !== undefined && generation !== this.#store.generation) {
      throw refusal('change elements', ERESTART, 'the generation changed');
    }
    this.#transact('change elements', changes, 0);
    return confirm && areTold(changes);
  }

  get(set: ElementSet, key: Uint8Array): SetElement | undefined {
    const { ruleset, nowMs } = this.#store.workspace;
    const there = ruleset.get(tableKey({ family: set.family, name: set.table }))?.sets.get(set.name);
    return there && new ElementStore(there, nowMs).get(key);
  }

  list(set: ElementSet): SetElement[] {
    const { workspace } = this.#store;
    return new ElementStore(findSet(workspace, 'list elements', set), workspace.nowMs).list();
  }

  scan(set: ElementSet, start: () => (element: SetElement) => void): void {
    this.list(set).forEach(start());
  }

  ranges(set: ElementSet): Uint8Array {
    const found = this.list(set).toSorted((x, y) => compareKeys(x.key, y.key));
    return Buffer.concat(found.flatMap(({ key, keyEnd = key }) => [key, keyEnd]));
  }

  count(set: ElementSet): number {
    return this.list(set).length;
  }

  generation(): Generation {
    return { id: this.#store.generation, ...this.#process };
  }

  findTable(table: TableRef): TableState | undefined {
    const found = this.#store.workspace.ruleset.get(tableKey(table));
    return found && { handle: BigInt(found.handle), flags: found.owner === undefined ? [] : OWNED };
  }

  captureTable(table: TableRef): TableImage | undefined {
    const found = this.#store.workspace.ruleset.get(tableKey(table));
    return found && new FakeTableImage(found);
  }

  restoreTable(
    image: TableImage,
    changes: readonly ElementChange[],
    { owner = false, confirm = false }: RestoreOptions = {},
  ): boolean {
    if (!(image instanceof FakeTableImage)) throw new Error('an image of another driver');
    checkBatchSize(changes, MAX_WHOLE_ELEMENTS);
    this.#store.transact(this.#process, (workspace) => {
      const key = tableKey(image.table);
      checkOwner(workspace, this.#process, 'restore table', key);
      const made = image.make(workspace, owner ? this.#process.processId : undefined);
      workspace.ruleset.set(key, made);
      this.#change(workspace, 'restore table', changes, 0);
    });
    return confirm && areTold(changes);
  }

  close(): void {}

  [Symbol.dispose](): void {}

  #inChunks(action: ElementAction, set: ElementSet, elements: readonly SetElement[]): void {
    for (let start = 0; start < elements.length; start += MAX_BATCH_ELEMENTS) {
      const chunk = elements.slice(start, start + MAX_BATCH_ELEMENTS);
      this.#transact(`${action} elements`, [{ action, set, elements: chunk }], start);
    }
  }

  #transact(operation: string, changes: readonly ElementChange[], firstIndex: number): void {
    this.#store.transact(this.#process, (workspace) =>
      this.#change(workspace, operation, changes, firstIndex),
    );
  }

  #change(
    workspace: Workspace,
    operation: string,
    changes: readonly ElementChange[],
    firstIndex: number,
  ): void {
    let first = firstIndex;
    for (const { action, set, elements } of changes) {
      checkOwner(workspace, this.#process, operation, tableKey({ family: set.family, name: set.table }));
      const store = new ElementStore(findSet(workspace, operation, set), workspace.nowMs);
      for (const step of STEPS[action]) {
        for (const [i, element] of elements.entries()) store.take(step, element, operation, first + i);
      }
      first += elements.length;
    }
  }
}

function findSet({ ruleset }: Workspace, operation: string, { family, table, name }: SetRef): FakeSet {
  const place = found(ruleset.get(tableKey({ family, name: table })), operation, `table ${table}`);
  return found(place.sets.get(name), operation, `set ${name}`);
}
