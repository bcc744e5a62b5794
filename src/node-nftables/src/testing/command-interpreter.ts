/** Carries out the commands of a document on a ruleset, with the kernel's refusals. */
import type {
  Addition,
  ChainRef,
  ChainRename,
  Command,
  Deletion,
  Elements,
  Flush,
  ObjectRef,
  Place,
  PlacedRule,
  Rule,
  RuleRef,
  SetDefinition,
  SetRef,
  TableRef,
} from '../document/index.ts';
import type { Step } from '../elements/change.ts';
import { EBUSY, EEXIST } from '../errors.ts';
import { elementsOf } from './element-document.ts';
import { ElementStore } from './element-store.ts';
import { found, refusal } from './failure.ts';
import { referencesIn, referencesOf } from './references.ts';
import {
  type FakeChain,
  type FakeObject,
  type FakeSet,
  type FakeTable,
  type ObjectKind,
  objectKey,
  tableKey,
} from './ruleset.ts';
import type { Workspace } from './ruleset-store.ts';

const OPERATION = 'run';

export class CommandInterpreter {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** @throws NftablesError; the ruleset is then half changed */
  run(command: Command): void {
    if ('add' in command) this.#add(command.add, false);
    else if ('create' in command) this.#add(command.create, true);
    else if ('delete' in command) this.#delete(command.delete);
    else if ('flush' in command) this.#flush(command.flush);
    else if ('insert' in command) this.#placeRule(command.insert.rule, 'before');
    else if ('replace' in command) this.#replace(command.replace.rule);
    else this.#rename(command.rename.chain);
  }

  #add(addition: Addition, exclusive: boolean): void {
    if ('table' in addition) this.#addTable(addition.table, exclusive);
    else if ('chain' in addition) this.#addChain(addition.chain, exclusive);
    else if ('rule' in addition) this.#placeRule(addition.rule, 'behind');
    else if ('set' in addition) this.#addSet('set', addition.set, exclusive);
    else if ('map' in addition) this.#addSet('map', addition.map, exclusive);
    else if ('element' in addition) {
      this.#changeElements(addition.element, exclusive ? 'new exclusively' : 'new');
    } else if ('counter' in addition) this.#addObject('counter', addition.counter, exclusive);
    else if ('quota' in addition) this.#addObject('quota', addition.quota, exclusive);
    else this.#addObject('limit', addition.limit, exclusive);
  }

  #delete(deletion: Deletion): void {
    if ('table' in deletion) this.#deleteTable(deletion.table);
    else if ('chain' in deletion) this.#deleteChain(deletion.chain);
    else if ('rule' in deletion) this.#deleteRule(deletion.rule);
    else if ('set' in deletion) this.#deleteSet(deletion.set);
    else if ('map' in deletion) this.#deleteSet(deletion.map);
    else if ('element' in deletion) this.#changeElements(deletion.element, 'delete');
    else if ('counter' in deletion) this.#deleteObject('counter', deletion.counter);
    else if ('quota' in deletion) this.#deleteObject('quota', deletion.quota);
    else this.#deleteObject('limit', deletion.limit);
  }

  #flush(flush: Flush): void {
    if ('ruleset' in flush) this.#flushRuleset(flush.ruleset?.family);
    else if ('table' in flush) {
      for (const { rules } of this.#table(flush.table).chains.values()) rules.length = 0;
    } else if ('chain' in flush) this.#chain({ ...flush.chain, chain: flush.chain.name }).rules.length = 0;
    else this.#set('set' in flush ? flush.set : flush.map).elements.clear();
  }

  #flushRuleset(family: string | undefined): void {
    for (const [key, table] of this.#workspace.ruleset) {
      // As the kernel does for others' tables; the owner has no reason to flush everything.
      if (table.owner !== undefined) continue;
      if (family === undefined || table.family === family) this.#workspace.ruleset.delete(key);
    }
  }

  #addTable({ family, name }: TableRef, exclusive: boolean): void {
    const key = tableKey({ family, name });
    if (this.#isThere(this.#workspace.ruleset.has(key), exclusive, `table ${key}`)) return;
    const handle = this.#workspace.nextHandle();
    const contents = { chains: new Map(), sets: new Map(), objects: new Map() };
    this.#workspace.ruleset.set(key, { family, name, handle, ...contents });
  }

  #deleteTable({ family, name }: TableRef): void {
    this.#table({ family, name });
    this.#workspace.ruleset.delete(tableKey({ family, name }));
  }

  #addChain(chain: FakeChain['chain'], exclusive: boolean): void {
    const { chains } = this.#tableOf(chain);
    if (this.#isThere(chains.has(chain.name), exclusive, `chain ${chain.name}`)) return;
    const base = 'hook' in chain ? { policy: 'accept' as const } : {};
    chains.set(chain.name, { handle: this.#workspace.nextHandle(), chain: { ...base, ...chain }, rules: [] });
  }

  #deleteChain({ family, table, name }: ChainRef): void {
    const place = this.#tableOf({ family, table });
    const chain = found(place.chains.get(name), OPERATION, `chain ${name}`);
    chain.rules.length = 0;
    this.#refuseIf(referencesOf(place).chains.has(name), `chain ${name}`);
    place.chains.delete(name);
  }

  #rename({ family, table, name, newname }: ChainRename): void {
    const { chains } = this.#tableOf({ family, table });
    const renamed = found(chains.get(name), OPERATION, `chain ${name}`);
    this.#isThere(chains.has(newname), true, `chain ${newname}`);
    chains.delete(name);
    chains.set(newname, { ...renamed, chain: { ...renamed.chain, name: newname } });
  }

  #placeRule({ handle, index, ...rule }: PlacedRule, side: 'before' | 'behind'): void {
    const { rules } = this.#chain(rule);
    this.#checkReferences(rule);
    const anchor = this.#anchor(rules, handle, index);
    const end = side === 'before' ? 0 : rules.length;
    const position = anchor === undefined ? end : anchor + (side === 'before' ? 0 : 1);
    rules.splice(position, 0, { handle: this.#workspace.nextHandle(), rule });
  }

  #anchor(rules: FakeChain['rules'], handle?: number, index?: number): number | undefined {
    if (handle === undefined && index === undefined) return undefined;
    const position = handle === undefined ? (index ?? 0) : rules.findIndex((rule) => rule.handle === handle);
    found(rules[position], OPERATION, `rule ${handle ?? index}`);
    return position;
  }

  #replace({ handle, ...rule }: Rule & RuleRef): void {
    const { rules } = this.#chain(rule);
    this.#checkReferences(rule);
    const position = this.#anchor(rules, handle) as number;
    rules[position] = { handle: this.#workspace.nextHandle(), rule };
  }

  #deleteRule(rule: RuleRef): void {
    const { rules } = this.#chain(rule);
    rules.splice(this.#anchor(rules, rule.handle) as number, 1);
  }

  /** What a rule names must be there. */
  #checkReferences({ family, table, expr }: Rule): void {
    const place = this.#tableOf({ family, table });
    const { sets, chains, objects } = referencesIn(expr);
    for (const name of sets) found(place.sets.get(name), OPERATION, `set ${name}`);
    for (const name of chains) found(place.chains.get(name), OPERATION, `chain ${name}`);
    for (const key of objects) found(place.objects.get(key), OPERATION, key);
  }

  #addSet(kind: FakeSet['kind'], { elem, ...definition }: SetDefinition, exclusive: boolean): void {
    const { sets } = this.#tableOf(definition);
    const present = sets.get(definition.name);
    const isSame = present !== undefined && sameShape(present.definition, definition);
    if (!this.#isThere(present !== undefined, exclusive || !isSame, `set ${definition.name}`)) {
      const handle = this.#workspace.nextHandle();
      sets.set(definition.name, { kind, handle, definition, elements: new Map() });
    }
    if (elem !== undefined) this.#changeElements({ ...definition, elem }, 'new');
  }

  #deleteSet({ family, table, name }: SetRef): void {
    const place = this.#tableOf({ family, table });
    found(place.sets.get(name), OPERATION, `set ${name}`);
    this.#refuseIf(referencesOf(place).sets.has(name), `set ${name}`);
    place.sets.delete(name);
  }

  #changeElements({ elem, ...ref }: Elements, step: Step): void {
    const set = this.#set(ref);
    const store = new ElementStore(set, this.#workspace.nowMs);
    for (const element of elementsOf(elem, set.definition)) {
      for (const name of referencesIn(element.value).chains) {
        found(this.#tableOf(ref).chains.get(name), OPERATION, `chain ${name}`);
      }
      store.take(step, element, OPERATION);
    }
  }

  #addObject(kind: ObjectKind, object: FakeObject['object'], exclusive: boolean): void {
    const { objects } = this.#tableOf(object);
    const key = objectKey(kind, object.name);
    if (this.#isThere(objects.has(key), exclusive, key)) return;
    objects.set(key, { kind, handle: this.#workspace.nextHandle(), object });
  }

  #deleteObject(kind: ObjectKind, { family, table, name }: ObjectRef): void {
    const place = this.#tableOf({ family, table });
    const key = objectKey(kind, name);
    found(place.objects.get(key), OPERATION, key);
    this.#refuseIf(referencesOf(place).objects.has(key), key);
    place.objects.delete(key);
  }

  #table(table: TableRef): FakeTable {
    return found(this.#workspace.ruleset.get(tableKey(table)), OPERATION, `table ${tableKey(table)}`);
  }

  #tableOf({ family, table }: Place): FakeTable {
    return this.#table({ family, name: table });
  }

  #chain({ chain, ...place }: Place & { chain: string }): FakeChain {
    return found(this.#tableOf(place).chains.get(chain), OPERATION, `chain ${chain}`);
  }

  #set({ name, ...place }: SetRef): FakeSet {
    return found(this.#tableOf(place).sets.get(name), OPERATION, `set ${name}`);
  }

  #isThere(there: boolean, exclusive: boolean, what: string): boolean {
    if (there && exclusive) throw refusal(OPERATION, EEXIST, `${what} exists`);
    return there;
  }

  #refuseIf(used: boolean, what: string): void {
    if (used) throw refusal(OPERATION, EBUSY, `${what} is in use`);
  }
}

function sameShape(x: SetDefinition, y: SetDefinition): boolean {
  const shape = ({ type, flags }: SetDefinition) =>
    JSON.stringify([[type].flat(), [flags ?? []].flat().toSorted()]);
  return shape(x) === shape(y);
}
