/** Lists the fake's ruleset as nft does: objects, sets, chains, then rules. */
import { flagList, type ListedObject, type Statement } from '../document/index.ts';
import { documentOf } from './element-document.ts';
import { ElementStore } from './element-store.ts';
import type { FakeChain, FakeSet, FakeTable } from './ruleset.ts';

export function listedTable(table: FakeTable, nowMs: number, terse: boolean): ListedObject[] {
  const { family, name, handle } = table;
  const objects = [...table.objects.values()].map(
    ({ kind, handle, object }) =>
      ({ [kind]: { ...COUNTED[kind], ...object, handle } }) as unknown as ListedObject,
  );
  return [
    { table: { family, name, handle } },
    ...objects,
    ...[...table.sets.values()].map((set) => listedSet(set, nowMs, terse)),
    ...[...table.chains.values()].map(listedChainHead),
    ...[...table.chains.values()].flatMap(listedRules),
  ];
}

export function listedChain(chain: FakeChain): ListedObject[] {
  return [listedChainHead(chain), ...listedRules(chain)];
}

export function listedSet(set: FakeSet, nowMs: number, terse: boolean): ListedObject {
  const { kind, handle, definition } = set;
  const { flags, ...rest } = definition;
  const kept = flagList(flags);
  const elements = terse ? [] : new ElementStore(set, nowMs).list();
  const body = {
    ...rest,
    handle,
    ...(kept.length > 0 && { flags: kept }),
    ...(elements.length > 0 && { elem: elements.map((element) => documentOf(element, definition)) }),
  };
  return { [kind]: body } as unknown as ListedObject;
}

/** No packet ever passes. */
const COUNTED = { counter: { packets: 0, bytes: 0 }, quota: { used: 0 }, limit: {} } as const;

function listedChainHead({ chain, handle }: FakeChain): ListedObject {
  return { chain: { ...chain, handle } };
}

function listedRules({ rules, chain }: FakeChain): ListedObject[] {
  return rules.map(({ handle, rule }) => ({
    rule: { ...rule, chain: chain.name, handle, expr: rule.expr.map(listedStatement) },
  }));
}

function listedStatement(statement: Statement): Statement {
  if ('counter' in statement && statement.counter === null) return { counter: COUNTED.counter };
  return statement;
}
