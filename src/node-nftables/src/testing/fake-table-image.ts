/** A table of the fake, kept to be made again. */
import type { TableRef } from '../document/index.ts';
import type { TableImage } from '../image/table-image.ts';
import { refusal } from './failure.ts';
import { copyRuleset, type FakeTable, tableKey } from './ruleset.ts';
import type { FakeProcess, Workspace } from './ruleset-store.ts';

const EPERM = 1;

export class FakeTableImage implements TableImage {
  readonly table: TableRef;
  readonly fingerprint: string;
  readonly #content: FakeTable;

  constructor(table: FakeTable) {
    this.table = { family: table.family, name: table.name };
    this.#content = emptied(table);
    const { chains, sets, objects } = this.#content;
    const bare = [...chains.values()].map(({ chain, rules }) => [chain, rules.map(({ rule }) => rule)]);
    const things = [[...sets.values()].map(({ definition }) => definition), [...objects.keys()]];
    this.fingerprint = JSON.stringify([bare, ...things]);
  }

  make(workspace: Workspace, owner: number | undefined): FakeTable {
    const { owner: _, ...content } = emptied(this.#content);
    return { ...content, handle: workspace.nextHandle(), ...(owner !== undefined && { owner }) };
  }
}

/** A copy without elements: the fake's rules hold theirs themselves. */
function emptied(table: FakeTable): FakeTable {
  const key = tableKey(table);
  const [copy] = copyRuleset(new Map([[key, table]])).values();
  for (const { elements } of copy.sets.values()) elements.clear();
  return copy;
}

/** The kernel knows the owner by socket; here a process has one. @throws NftablesError EPERM */
export function checkOwner(
  { ruleset }: Workspace,
  { processId }: FakeProcess,
  operation: string,
  key: string,
): void {
  const owner = ruleset.get(key)?.owner;
  if (owner !== undefined && owner !== processId)
    throw refusal(operation, EPERM, 'the table has another owner');
}
