/** Table `inet penstock` as it is in the kernel: made, read, its elements changed. No opinion of what should be there. */
import {
  canonicalListing,
  decodeKey,
  type ElementChange,
  type ElementSet,
  type Expression,
  isAlreadyExists,
  isNotFound,
  type Listing,
  MAX_BATCH_ELEMENTS,
  type NftablesDriver,
  type SetElement,
  type SetElementsDriver,
} from 'node-nftables';
import type { Change } from './desired-state.ts';
import { elementId, type KernelElement } from './element.ts';
import { EnforcementError } from './errors.ts';
import { staticCommands } from './ruleset/ruleset.ts';
import { SETS, type SetName, TABLE } from './sets.ts';

/** As the driver of elements wants them. */
const ELEMENT_SETS = new Map<SetName, ElementSet>(
  SETS.map(({ name, type, flags }) => [name, { ...TABLE, table: TABLE.name, name, type, flags }]),
);

export class KernelTable {
  readonly #nft: NftablesDriver;
  readonly #elements: SetElementsDriver;

  constructor(nft: NftablesDriver, elements: SetElementsDriver) {
    this.#nft = nft;
    this.#elements = elements;
  }

  /** Canonical text of everything but elements; undefined when there is no such table. */
  listing(): string | undefined {
    return failing('list table', () => {
      try {
        return canonicalListing(this.#nft.listTable(TABLE, { terse: true }));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    });
  }

  /** Make the table anew, without elements, in one transaction. */
  install(): void {
    failing('install table', () => {
      this.#nft.run([{ add: { table: TABLE } }, { delete: { table: TABLE } }, ...staticCommands()]);
    });
  }

  /** Everything or nothing, up to 4,000 elements; more go in several batches, removals first. */
  apply({ add, refresh, remove }: Change, nowMs: number): void {
    const steps = [...stepsOf('discard', remove, nowMs), ...stepsOf('refresh', refresh, nowMs)];
    failing('change elements', () => {
      try {
        this.#batches([...steps, ...stepsOf('create', add, nowMs)]);
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
        // Left there by somebody: ours replaces it.
        this.#batches([...steps, ...stepsOf('refresh', add, nowMs)]);
      }
    });
  }

  /** The element as it stands; undefined when it does not. */
  read({ set, key, keyEnd }: KernelElement): SetElement | undefined {
    const found = failing('read element', () => this.#elements.get(setOf(set), key));
    // In an interval set the key finds any interval around it.
    return found && elementId(set, found.key, keyEnd && found.keyEnd) === elementId(set, key, keyEnd)
      ? found
      : undefined;
  }

  /** All elements of all sets by id. */
  readAll(): Map<string, { set: SetName; element: SetElement }> {
    const all = new Map<string, { set: SetName; element: SetElement }>();
    for (const [name, set] of ELEMENT_SETS) {
      for (const element of failing('list elements', () => this.#elements.list(set))) {
        all.set(elementId(name, element.key, element.keyEnd), { set: name, element });
      }
    }
    return all;
  }

  #batches(changes: readonly ElementChange[]): void {
    const total = changes.reduce((sum, { elements }) => sum + elements.length, 0);
    if (total <= MAX_BATCH_ELEMENTS) {
      if (total > 0) this.#elements.apply(changes);
    } else {
      for (const { action, set, elements } of changes) this.#elements[action](set, elements);
    }
  }
}

/** For a person: `flow4 10.1.0.10 . 198.51.100.66 . tcp . 443`. */
export function describeElement({ set, key, keyEnd }: Pick<KernelElement, 'set' | 'key' | 'keyEnd'>): string {
  return `${set} ${expressionText(decodeKey(setOf(set).type, { key, keyEnd }))}`;
}

function expressionText(expression: Expression): string {
  if (typeof expression !== 'object') return String(expression);
  // An array has a method of this name.
  if ('concat' in expression && typeof expression.concat === 'object') {
    return expression.concat.map(expressionText).join(' . ');
  }
  if ('prefix' in expression) return `${expressionText(expression.prefix.addr)}/${expression.prefix.len}`;
  if ('range' in expression) return expression.range.map(expressionText).join('-');
  return JSON.stringify(expression);
}

/** What `install` makes, as `listing` would show it: no need to make it again when it is there. */
export function expectedListing(): string {
  const made = staticCommands().flatMap((command) => ('add' in command ? [command.add] : []));
  return canonicalListing(made as unknown as Listing);
}

/** One change a set. */
function stepsOf(
  action: ElementChange['action'],
  elements: readonly KernelElement[],
  nowMs: number,
): ElementChange[] {
  const bySet = Map.groupBy(elements, ({ set }) => set);
  return [...bySet].map(([set, members]) => ({
    action,
    set: setOf(set),
    elements: members.map((member) => toSetElement(member, nowMs)),
  }));
}

function toSetElement({ key, keyEnd, timeoutMs, expiresAtMs }: KernelElement, nowMs: number): SetElement {
  // An element that is due leaves at once; 0 would mean that it stays for ever.
  const expiresInMs = Math.min(timeoutMs, Math.max(1, Math.round(expiresAtMs - nowMs)));
  return { key, ...(keyEnd && { keyEnd }), timeoutMs: Math.round(timeoutMs), expiresInMs };
}

function setOf(name: SetName): ElementSet {
  return ELEMENT_SETS.get(name) as ElementSet;
}

function failing<T>(operation: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EnforcementError(operation, error);
  }
}
