/** What rules and maps refer to by name: while they do, it cannot be deleted. */
import type { FakeTable, ObjectKind } from './ruleset.ts';

export interface References {
  readonly sets: Set<string>;
  readonly chains: Set<string>;
  readonly objects: Set<string>;
}

const OBJECT_KINDS: ReadonlySet<string> = new Set<ObjectKind>(['counter', 'quota', 'limit']);

/** Of everything in the table. */
export function referencesOf(table: FakeTable): References {
  const references = noReferences();
  for (const { rules } of table.chains.values()) {
    for (const { rule } of rules) collect(rule.expr, references);
  }
  for (const { elements } of table.sets.values()) {
    for (const { element } of elements.values()) collect(element.value, references);
  }
  return references;
}

export function referencesIn(json: unknown): References {
  const references = noReferences();
  collect(json, references);
  return references;
}

function noReferences(): References {
  return { sets: new Set(), chains: new Set(), objects: new Set() };
}

function collect(json: unknown, into: References): void {
  if (typeof json === 'string' && json.startsWith('@')) into.sets.add(json.slice(1));
  if (typeof json !== 'object' || json === null || json instanceof Uint8Array) return;
  for (const [key, value] of Object.entries(json)) {
    if (key === 'target' && typeof value === 'string') into.chains.add(value);
    else if (OBJECT_KINDS.has(key) && typeof value === 'string') into.objects.add(`${key} ${value}`);
    collect(value, into);
  }
}
