/** Table `inet penstock` as it is in the kernel: made, read, its elements changed. No opinion of what should be there. */
import {
  type ApplyOptions,
  canonicalListing,
  type ElementAction,
  type ElementChange,
  type ElementSet,
  isAlreadyExists,
  isNotFound,
  isTooLarge,
  type Listing,
  MAX_BATCH_ELEMENTS,
  type NftablesDriver,
  type SetElement,
  type SetElementsDriver,
  type TableImage,
} from 'node-nftables';
import type { Family } from '../address/address.ts';
import { type AddressRanges, widthOf } from '../address/ranges.ts';
import type { Change } from './desired-state.ts';
import { divided } from './divided-change.ts';
import { elementId, type KernelElement } from './element.ts';
import { EnforcementError } from './errors.ts';
import { DEFAULT_MARK_MASK } from './ruleset/generation.ts';
import { rulesReplaced } from './ruleset/replacement.ts';
import { staticCommands } from './ruleset/ruleset.ts';
import { SETS, type SetName, TABLE } from './sets.ts';

/** As the driver of elements wants them. */
const ELEMENT_SETS = new Map<SetName, ElementSet>(
  SETS.map(({ name, type, flags }) => [name, { ...TABLE, table: TABLE.name, name, type, flags }]),
);

const WHOLE: ApplyOptions = { whole: true };
const CONFIRMED: ApplyOptions = { whole: true, confirm: true };

export interface TableOptions {
  /** The table belongs to our socket: others may only read it. Linux 6.9. */
  readonly owner?: boolean;
  /** Our bits of the connection mark; see ruleset/generation.ts. */
  readonly markMask?: number;
}

export class KernelTable {
  readonly owner: boolean;
  readonly markMask: number;
  readonly #nft: NftablesDriver;
  readonly #elements: SetElementsDriver;

  constructor(
    nft: NftablesDriver,
    elements: SetElementsDriver,
    { owner = false, markMask = DEFAULT_MARK_MASK }: TableOptions = {},
  ) {
    this.#nft = nft;
    this.#elements = elements;
    this.owner = owner;
    this.markMask = markMask;
  }

  /**
   * Canonical text of everything but elements; undefined when there is no such table. nft reads all elements for it:
   * some 0.3 s for 100,000.
   */
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

  /** As {@link listing}, as text that `nft -f` reads. */
  text(): string {
    return failing('list table', () => this.#nft.tableText(TABLE));
  }

  /** Counts the transactions of all, in this network namespace. */
  generation(): number {
    return failing('read generation', () => this.#elements.generation().id);
  }

  /** Whether the table is there and, where it should be, ours alone. */
  isOwnedAsWanted(): boolean {
    const found = failing('find table', () => this.#elements.findTable(TABLE));
    return found !== undefined && found.flags.includes('owner') === this.owner;
  }

  /** Make the table anew, without elements, in one transaction. */
  install(): void {
    failing('install table', () => {
      this.#nft.run([
        { add: { table: TABLE } },
        { delete: { table: TABLE } },
        ...staticCommands(this.markMask),
      ]);
    });
  }

  /**
   * Put our rules in the place of those that are there and leave the elements, in one transaction.
   * @throws EnforcementError when the sets that are there are not as ours
   */
  replaceRules(): void {
    failing('replace rules', () => {
      this.#nft.run(rulesReplaced(this.#nft.listTable(TABLE, { terse: true }), this.markMask));
    });
  }

  /** All of the table but elements, quickly; undefined when there is no such table. */
  capture(): TableImage | undefined {
    return failing('capture table', () => this.#elements.captureTable(TABLE));
  }

  /**
   * Make the table what the image says, with these elements, whatever is there, in one transaction. Where there is none
   * nothing can be out meanwhile: then very many blocks come after it.
   * @returns whether the kernel told back every element just as it was given
   */
  restore(image: TableImage, elements: readonly KernelElement[], nowMs: number): boolean {
    const change: Change = { add: elements, refresh: [], remove: [] };
    const isThere = failing('find table', () => this.#elements.findTable(TABLE) !== undefined);
    const { together, after } = isThere ? { together: change, after: [] } : divided(change);
    const steps = stepsOf(together, 'add', nowMs);
    const options = { owner: this.owner, confirm: true };
    const isTold = failing('restore table', () => this.#elements.restoreTable(image, steps, options));
    return this.#addAll(after, nowMs) && isTold;
  }

  /** Everything or nothing; only where the kernel takes no large batches, several of them, removals first. */
  apply(change: Change, nowMs: number): void {
    this.#apply(change, nowMs, WHOLE);
  }

  /** As {@link apply}, but see divided-change.ts. @returns whether the kernel told back every change just as it was given */
  applyConfirmed(change: Change, nowMs: number): boolean {
    const { together, after } = divided(change);
    const isTold = this.#apply(together, nowMs, CONFIRMED);
    return this.#addAll(after, nowMs) && isTold;
  }

  #addAll(parts: readonly (readonly KernelElement[])[], nowMs: number): boolean {
    const told = parts.map((add) => this.#apply({ add, refresh: [], remove: [] }, nowMs, CONFIRMED));
    return told.every(Boolean);
  }

  #apply(change: Change, nowMs: number, options: ApplyOptions): boolean {
    try {
      return this.#elements.apply(stepsOf(change, 'create', nowMs), options);
    } catch (refusal) {
      return failing('change elements', () => this.#applyOtherwise(refusal, change, nowMs, options));
    }
  }

  #applyOtherwise(refusal: unknown, change: Change, nowMs: number, options: ApplyOptions): boolean {
    try {
      return this.#inParts(stepsOf(change, 'create', nowMs), refusal);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      // Left there by somebody: ours replaces it.
      return this.#replace(stepsOf(change, 'refresh', nowMs), options);
    }
  }

  #replace(changes: readonly ElementChange[], options: ApplyOptions): boolean {
    try {
      return this.#elements.apply(changes, options);
    } catch (refusal) {
      return this.#inParts(changes, refusal);
    }
  }

  /** Where the kernel takes no large batches. @throws the refusal, when it is about something else */
  #inParts(changes: readonly ElementChange[], refusal: unknown): false {
    const total = changes.reduce((sum, { elements }) => sum + elements.length, 0);
    if (!isTooLarge(refusal) || total <= MAX_BATCH_ELEMENTS) throw refusal;
    for (const { action, set, elements } of changes) this.#elements[action](set, elements);
    return false;
  }

  /** The element as it stands; undefined when it does not. */
  read({ set, key, keyEnd }: Pick<KernelElement, 'set' | 'key' | 'keyEnd'>): SetElement | undefined {
    const found = failing('read element', () => this.#elements.get(setOf(set), key));
    // In an interval set the key finds any interval around it.
    const isIt = found && isEqual(found.key, key) && (keyEnd === undefined || isEqual(found.keyEnd, keyEnd));
    return isIt ? found : undefined;
  }

  /** All elements of a set. */
  readList(name: SetName): SetElement[] {
    return failing('list elements', () => this.#elements.list(setOf(name)));
  }

  /** All elements of a set, one by one; `start` is called again when all come once more. */
  scan(name: SetName, start: () => (element: SetElement) => void): void {
    failing('list elements', () => this.#elements.scan(setOf(name), start));
  }

  /** All of a set of addresses or address ranges. */
  readRanges(name: SetName, family: Family): AddressRanges {
    const bytes = failing('list elements', () => this.#elements.ranges(setOf(name)));
    return { family, count: bytes.length / (2 * widthOf(family)), bytes };
  }

  /** How many elements a set has, as the kernel counts; undefined when it does not say. */
  count(name: SetName): number | undefined {
    return failing('count elements', () => this.#elements.count(setOf(name)));
  }

  /** All elements of a set by id. */
  readSet(name: SetName): Map<string, SetElement> {
    return new Map(
      this.readList(name).map((element) => [elementId(name, element.key, element.keyEnd), element]),
    );
  }

  /** All elements of all sets by id. */
  readAll(): Map<string, { set: SetName; element: SetElement }> {
    const all = new Map<string, { set: SetName; element: SetElement }>();
    for (const name of ELEMENT_SETS.keys())
      for (const [id, element] of this.readSet(name)) all.set(id, { set: name, element });
    return all;
  }
}

/** What `install` makes, as `listing` would show it: no need to make it again when it is there. */
export function expectedListing(markMask = DEFAULT_MARK_MASK): string {
  const made = staticCommands(markMask).flatMap((command) => ('add' in command ? [command.add] : []));
  return canonicalListing(made as unknown as Listing);
}

interface Step extends ElementChange {
  readonly elements: SetElement[];
}

/** Removals first. `adding`: what is done with what is to be added. */
function stepsOf({ add, refresh, remove }: Change, adding: ElementAction, nowMs: number): Step[] {
  const steps: Step[] = [];
  if (remove.length > 0) pushSteps(steps, 'discard', remove, nowMs);
  if (refresh.length > 0) pushSteps(steps, 'refresh', refresh, nowMs);
  if (add.length > 0) pushSteps(steps, adding, add, nowMs);
  return steps;
}

/** One a set: there are few. */
function pushSteps(
  steps: Step[],
  action: ElementAction,
  elements: readonly KernelElement[],
  nowMs: number,
): void {
  const first = steps.length;
  for (let i = 0; i < elements.length; i++) {
    const set = setOf(elements[i].set);
    let at = first;
    while (at < steps.length && steps[at].set !== set) at++;
    if (at === steps.length) steps.push({ action, set, elements: [] });
    steps[at].elements.push(toSetElement(elements[i], nowMs));
  }
}

function toSetElement(element: KernelElement, nowMs: number): SetElement {
  const { key, keyEnd, value, timeoutMs, expiresAtMs } = element;
  const stays = timeoutMs === Number.POSITIVE_INFINITY;
  return {
    key,
    keyEnd,
    value,
    timeoutMs: stays ? undefined : Math.round(timeoutMs),
    // An element that is due leaves at once; 0 would mean that it stays for ever.
    expiresInMs: stays ? undefined : Math.min(timeoutMs, Math.max(1, Math.round(expiresAtMs - nowMs))),
  };
}

function isEqual(one: Uint8Array | undefined, other: Uint8Array): boolean {
  if (one?.length !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

export function setOf(name: SetName): ElementSet {
  return ELEMENT_SETS.get(name) as ElementSet;
}

function failing<T>(operation: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EnforcementError(operation, error);
  }
}
