/**
 * Keeps the kernel equal to what was decided.
 *
 *   expect/forget ---> change ---> (the ledger records it) ---> carryOut ---> verify: read back what was changed
 *         |                                                        |
 *   desired state ------------------- reconcile ----------------- kernel      read back everything, mend what differs
 *
 * What is desired is noted first: a change that the kernel refuses is tried again by the next reconcile.
 */
import type { Decision } from '../decision/decision.ts';
import { type Change, DesiredState } from './desired-state.ts';
import type { KernelElement } from './element.ts';
import type { EnforcementError } from './errors.ts';
import { describeElement, expectedListing, type KernelTable } from './kernel-table.ts';
import { TABLE } from './sets.ts';

export type CarriedOut = { readonly ok: true } | { readonly ok: false; readonly error: string };

export interface Reconciliation {
  /** What was not as it should be, in words; empty when all was well. At most {@link MAX_DIFFERENCES}. */
  readonly differences: readonly string[];
  /** Why it could not be mended. */
  readonly error?: string;
}

export const MAX_DIFFERENCES = 20;
/** The kernel keeps time in ticks, and the ways there take time. */
const TOLERANCE_MS = 2_000;

const NO_CHANGE: Change = { add: [], refresh: [], remove: [] };

export class Enforcer {
  readonly #table: KernelTable;
  readonly #desired = new DesiredState();
  /** Canonical text of the static part as this kernel and nft list it. */
  #listing: string | undefined;

  constructor(table: KernelTable) {
    this.#table = table;
  }

  /** Note what a decision, new or changed, asks for. The kernel learns it by {@link carryOut} or `reconcile`. */
  expect(decision: Decision): Change {
    return this.#desired.put(decision);
  }

  /** Note that a decision no longer asks for anything. */
  forget(decisionId: string): Change {
    return this.#desired.drop(decisionId);
  }

  /** Tell the kernel. */
  carryOut(change: Change, nowMs: number): CarriedOut {
    try {
      this.#table.apply(change, nowMs);
      return { ok: true };
    } catch (error) {
      return { ok: false, error: (error as EnforcementError).message };
    }
  }

  /** Read back what a change was about. @returns what differs, in words; also that it cannot be read */
  verify(change: Change, nowMs: number): string[] {
    try {
      return this.#differing(change, nowMs).slice(0, MAX_DIFFERENCES);
    } catch (error) {
      return [`not known: ${(error as EnforcementError).message}`];
    }
  }

  #differing({ add, refresh, remove }: Change, nowMs: number): string[] {
    const wrong: string[] = [];
    for (const element of [...add, ...refresh]) {
      const found = this.#table.read(element);
      if (found === undefined) wrong.push(`missing: ${describeElement(element)}`);
      else if (!sameLifetime(element, found, nowMs))
        wrong.push(`other life time: ${describeElement(element)}`);
    }
    for (const element of remove)
      if (this.#table.read(element)) wrong.push(`still there: ${describeElement(element)}`);
    return wrong;
  }

  /** Read back everything and mend what differs. */
  reconcile(nowMs: number): Reconciliation {
    const differences: string[] = [];
    try {
      this.#reconcileTable(differences);
      const change = this.#difference(nowMs);
      differences.push(...describe(change));
      if (change !== NO_CHANGE) this.#table.apply(change, nowMs);
      return { differences: differences.slice(0, MAX_DIFFERENCES) };
    } catch (error) {
      return {
        differences: differences.slice(0, MAX_DIFFERENCES),
        error: (error as EnforcementError).message,
      };
    }
  }

  /** Of what should stand; hex. The kernel's own is the same whenever `reconcile` finds nothing. */
  get digest(): string {
    return this.#desired.digest(this.#listing ?? expectedListing());
  }

  /**
   * How another nft version lists the same rules is learnt by making them once: until then only the text of this
   * version counts as the same.
   */
  #reconcileTable(differences: string[]): void {
    const found = this.#table.listing();
    if (found !== undefined && found === (this.#listing ?? expectedListing())) {
      this.#listing = found;
      return;
    }
    differences.push(
      `table ${TABLE.family} ${TABLE.name} ${found === undefined ? 'is missing' : 'has other rules'}`,
    );
    this.#table.install();
    this.#listing = this.#table.listing();
  }

  #difference(nowMs: number): Change {
    const kernel = this.#table.readAll();
    const add: KernelElement[] = [];
    const refresh: KernelElement[] = [];
    for (const wanted of this.#desired.elements(nowMs)) {
      const found = kernel.get(wanted.id);
      kernel.delete(wanted.id);
      if (!found) add.push(wanted);
      else if (!sameLifetime(wanted, found.element, nowMs)) refresh.push(wanted);
    }
    const remove = [...kernel].map(([id, { set, element }]): KernelElement => {
      const { key, keyEnd } = element;
      return { set, id, key, ...(keyEnd && { keyEnd }), timeoutMs: 1, expiresAtMs: nowMs };
    });
    return add.length + refresh.length + remove.length === 0 ? NO_CHANGE : { add, refresh, remove };
  }
}

function sameLifetime(
  wanted: KernelElement,
  found: { timeoutMs?: number; expiresInMs?: number },
  nowMs: number,
): boolean {
  const left = wanted.expiresAtMs - nowMs;
  return (
    Math.abs((found.timeoutMs ?? 0) - wanted.timeoutMs) < TOLERANCE_MS &&
    Math.abs((found.expiresInMs ?? 0) - left) < TOLERANCE_MS
  );
}

function describe({ add, refresh, remove }: Change): string[] {
  return [
    ...few(add).map((element) => `missing: ${describeElement(element)}`),
    ...few(refresh).map((element) => `other life time: ${describeElement(element)}`),
    ...few(remove).map((element) => `nobody decided: ${describeElement(element)}`),
  ];
}

function few(elements: readonly KernelElement[]): readonly KernelElement[] {
  return elements.slice(0, MAX_DIFFERENCES);
}
