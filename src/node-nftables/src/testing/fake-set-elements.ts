import type { SetRef, TableRef } from '../document/index.ts';
import type { SetElementsDriver } from '../driver.ts';
import {
  type ApplyOptions,
  checkBatchSize,
  type ElementAction,
  type ElementChange,
  MAX_BATCH_ELEMENTS,
  STEPS,
} from '../elements/change.ts';
import type { ElementSet, SetElement } from '../elements/element.ts';
import { ERESTART } from '../errors.ts';
import type { Generation } from '../netlink/generation.ts';
import type { TableState } from '../netlink/table-state.ts';
import { ElementStore } from './element-store.ts';
import { found, refusal } from './failure.ts';
import { type FakeSet, tableKey } from './ruleset.ts';
import type { FakeProcess, RulesetStore, Workspace } from './ruleset-store.ts';

export class FakeSetElements implements SetElementsDriver {
  readonly #store: RulesetStore;
  readonly #process: FakeProcess;

  constructor(store: RulesetStore, process: FakeProcess) {
    this.#store = store;
    this.#process = process;
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

  apply(changes: readonly ElementChange[], { generation }: ApplyOptions = {}): void {
    if (checkBatchSize(changes) === 0) return;
    if (generation !== undefined && generation !== this.#store.generation) {
      throw refusal('change elements', ERESTART, 'the generation changed');
    }
    this.#transact('change elements', changes, 0);
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

  generation(): Generation {
    return { id: this.#store.generation, ...this.#process };
  }

  findTable(table: TableRef): TableState | undefined {
    const found = this.#store.workspace.ruleset.get(tableKey(table));
    return found && { handle: BigInt(found.handle), flags: [] };
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
    this.#store.transact(this.#process, (workspace) => {
      let first = firstIndex;
      for (const { action, set, elements } of changes) {
        const store = new ElementStore(findSet(workspace, operation, set), workspace.nowMs);
        for (const step of STEPS[action]) {
          for (const [i, element] of elements.entries()) store.take(step, element, operation, first + i);
        }
        first += elements.length;
      }
    });
  }
}

function findSet({ ruleset }: Workspace, operation: string, { family, table, name }: SetRef): FakeSet {
  const place = found(ruleset.get(tableKey({ family, name: table })), operation, `table ${table}`);
  return found(place.sets.get(name), operation, `set ${name}`);
}
