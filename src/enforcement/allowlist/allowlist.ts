/**
 * The policy's part of the table: holds what should stand, and changes it in steps (phases.ts).
 *
 *   put ---- the same elements: nothing to do
 *     |
 *     +----- a generation that no connection carries      (enforcing)   refused: nothing is changed
 *     +----- opens, allow, closes                                        refused: tried again, the old one is complete
 *     +----- swap                                                        or not, and what was allowed goes on
 *
 * Until the first policy is put, the sets are left as they are: a start closes and opens nothing.
 */
import type { Family } from '../../address/address.ts';
import type { Rule } from '../../policy/policy.ts';
import type { Change } from '../desired-state.ts';
import type { Holder, KernelElement } from '../element.ts';
import type { KernelTable } from '../kernel-table.ts';
import { FAMILIES, SETS, type SetName } from '../sets.ts';
import { type StandingElement, standingDifference, standingElement } from '../standing-element.ts';
import { boxDifference, boxListOf, findBox, NO_BOXES } from './box-list.ts';
import { generationPart } from './generation-part.ts';
import { phasesOf } from './phases.ts';
import type { PolicyPart, RuledBoxes } from './policy-part.ts';

type Elements = ReadonlyMap<string, StandingElement>;
type PolicyState = Omit<PolicyPart, 'enforces'>;

export interface AllowlistParts {
  readonly table: Pick<KernelTable, 'apply' | 'readList'>;
  readonly markMask: number;
  /** Tell the kernel of generations, with what follows from them. */
  readonly passGenerations: (change: Change, nowMs: number) => void;
  /** Wait for the packets that are on their way. */
  readonly gracePeriod: () => void;
  /** A generation other than this one that no connection carries. @throws when the kernel cannot be asked */
  readonly freshGeneration: (other: number) => number;
  /** From now on what these hold is what should stand. */
  readonly hold: (holder: Holder) => void;
  /** Told before what the kernel's elements count is gone. What stood before an other daemon's is of no known rule. */
  readonly beforeChange?: (before: RuledBoxes, after: RuledBoxes) => void;
}

export class Allowlist {
  readonly #parts: AllowlistParts;
  #wanted: PolicyPart | undefined;
  /** Of @allowN as wanted, by id. */
  readonly #boxes = new Map<string, StandingElement>();
  /** The last that the kernel took as a whole. */
  #standing: { readonly policy: PolicyState; readonly generation: Elements } | undefined;
  #generation: number | undefined;
  #generationElements: Elements = new Map();

  constructor(parts: AllowlistParts) {
    this.#parts = parts;
  }

  /** Undefined while the policy in force does not enforce. */
  get generation(): number | undefined {
    return this.#generation;
  }

  /** Elements of @allow4 and @allow6. */
  get size(): number {
    return this.#boxes.size;
  }

  /** The rule that an element of @allowN is there for first. */
  ruleOf(family: Family, element: Pick<KernelElement, 'key' | 'keyEnd'>): Rule | undefined {
    if (this.#wanted === undefined) return undefined;
    const { boxes, rules } = this.#wanted;
    return rules[boxes[family].places[findBox(boxes[family], element)]];
  }

  /** Make the kernel hold this. @returns the change; empty when nothing was to do @throws what the kernel says */
  put(part: PolicyPart, nowMs: number): Change {
    const before = this.#standing ?? this.#read();
    const isFirst = this.#standing === undefined;
    const boxes = boxDifference(before.policy.boxes, part.boxes);
    const others = standingDifference(before.policy.elements, part.elements);
    const difference = {
      add: [...boxes.add, ...others.add],
      refresh: [],
      remove: [...boxes.remove, ...others.remove],
    };
    this.#parts.beforeChange?.(before.policy, part);
    const isSame = difference.add.length + difference.remove.length === 0;
    if (isSame && !isFirst) {
      this.#wanted = part;
      this.#standing = { ...before, policy: part };
      return difference;
    }
    const generation = part.enforces ? this.#parts.freshGeneration(currentOf(before)) : undefined;
    this.#expect(part, generation);
    // Until the end it is not known what stands.
    this.#standing = undefined;
    this.#carryOut(phasesOf(before.policy.elements, part.elements, boxes), nowMs);
    this.#swap(before.generation, nowMs, isFirst);
    this.#standing = { policy: part, generation: this.#generationElements };
    return difference;
  }

  /** What stands was mended and may have let something through meanwhile: judge all connections anew. */
  rejudge(nowMs: number): void {
    if (this.#wanted === undefined || this.#generation === undefined) return;
    const before = this.#readOwned('generation');
    this.#expect(this.#wanted, this.#parts.freshGeneration(currentOf({ generation: before })));
    this.#parts.gracePeriod();
    this.#swap(before, nowMs);
    if (this.#standing !== undefined)
      this.#standing = { ...this.#standing, generation: this.#generationElements };
  }

  #expect(part: PolicyPart, generation: number | undefined): void {
    const isFirst = this.#wanted === undefined;
    const { add, remove } = boxDifference(this.#wanted?.boxes ?? NO_BOXES, part.boxes);
    for (const { id } of remove) this.#boxes.delete(id);
    for (const element of add) this.#boxes.set(element.id, element);
    this.#wanted = part;
    this.#generation = generation;
    this.#generationElements = generationPart(generation, this.#parts.markMask);
    if (!isFirst) return;
    this.#parts.hold(holder('policy', () => [this.#wanted?.elements ?? new Map(), this.#boxes]));
    this.#parts.hold(holder('generation', () => [this.#generationElements]));
  }

  #carryOut(phases: readonly Change[], nowMs: number): void {
    for (const phase of phases) {
      this.#parts.table.apply(phase, nowMs);
      this.#parts.gracePeriod();
    }
  }

  /** `isFirst`: what follows from generations may be missing, even where they are as they should be. */
  #swap(before: Elements, nowMs: number, isFirst = false): void {
    const swap = standingDifference(before, this.#generationElements);
    if (isFirst || swap.add.length + swap.remove.length > 0) this.#parts.passGenerations(swap, nowMs);
  }

  /** What another daemon, or a change that broke off, left. */
  #read(): { policy: PolicyState; generation: Elements } {
    const boxesOf = (family: Family) => boxListOf(family, this.#parts.table.readList(`allow${family}`));
    const policy = {
      elements: this.#readOwned('policy'),
      boxes: { 4: boxesOf(4), 6: boxesOf(6) },
      rules: [],
    };
    return { policy, generation: this.#readOwned('generation') };
  }

  /** But for @allowN. */
  #readOwned(owner: 'policy' | 'generation'): Elements {
    const names = SETS.filter((set) => set.owner === owner).map(({ name }) => name);
    const others = names.filter((name) => FAMILIES.every((family) => name !== `allow${family}`));
    return new Map(others.flatMap((name) => this.#readSet(name)).map((element) => [element.id, element]));
  }

  #readSet(name: SetName): StandingElement[] {
    return this.#parts.table.readList(name).map(({ key, keyEnd, value }) =>
      standingElement(name, key, {
        ...(keyEnd && { keyEnd }),
        ...(value !== undefined && !(value instanceof Uint8Array) && { value }),
      }),
    );
  }
}

/** The generation that is given out; 0 when none is. */
function currentOf({ generation }: { generation: Elements }): number {
  for (const { set, value } of generation.values()) {
    if (set !== 'stamp' || value === undefined || value instanceof Uint8Array || !('goto' in value)) continue;
    return Number(/^stamp(\d+)$/.exec(value.goto.target)?.[1] ?? 0);
  }
  return 0;
}

function holder(owner: Holder['owner'], current: () => readonly Elements[]): Holder {
  return {
    owner,
    *elements(): Generator<KernelElement> {
      for (const elements of current()) yield* elements.values();
    },
    find(id) {
      for (const elements of current()) if (elements.has(id)) return elements.get(id);
      return undefined;
    },
  };
}
