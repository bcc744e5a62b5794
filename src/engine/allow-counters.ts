/** What the kernel's elements that allow something have counted, by the rule that each stands for. */
import type { Allowlist } from '../enforcement/allowlist/allowlist.ts';
import { boxElement, compareBoxes } from '../enforcement/allowlist/box-list.ts';
import type { RuledBoxes } from '../enforcement/allowlist/policy-part.ts';
import { elementId } from '../enforcement/element.ts';
import type { KernelTable } from '../enforcement/kernel-table.ts';
import { FAMILIES } from '../enforcement/sets.ts';
import type { StandingElement } from '../enforcement/standing-element.ts';
import type { Rule } from '../policy/policy.ts';
import { sayTheSame } from './rule-key.ts';

export interface AllowCounter {
  readonly id: string;
  /** That it is there for first; undefined for what is not as it should be. */
  readonly rule: Rule | undefined;
  /** Since it was added. */
  readonly packets: number;
}

/** What the elements that stand for the rules have counted. */
export interface AllowCounters {
  /** Of all. @throws EnforcementError */
  counters(): Iterable<AllowCounter>;
  /** Undefined when it is not there. @throws EnforcementError */
  packetsOf(element: StandingElement): number | undefined;
}

export class KernelAllowCounters implements AllowCounters {
  readonly #table: Pick<KernelTable, 'readList' | 'read'>;
  readonly #allowlist: Pick<Allowlist, 'ruleOf'>;

  constructor(table: Pick<KernelTable, 'readList' | 'read'>, allowlist: Pick<Allowlist, 'ruleOf'>) {
    this.#table = table;
    this.#allowlist = allowlist;
  }

  *counters(): Generator<AllowCounter> {
    for (const family of FAMILIES) {
      const set = `allow${family}` as const;
      for (const element of this.#table.readList(set)) {
        const { key, keyEnd, counter } = element;
        if (counter === undefined) continue;
        const rule = this.#allowlist.ruleOf(family, element);
        yield { id: elementId(set, key, keyEnd), rule, packets: counter.packets };
      }
    }
  }

  packetsOf(element: StandingElement): number | undefined {
    return this.#table.read(element)?.counter?.packets;
  }
}

/** An element that goes, or (`next`) stands for another rule from now on. */
export interface Leaving {
  readonly element: StandingElement;
  readonly rule: Rule;
  readonly next: Rule | undefined;
}

export interface AllowChange {
  readonly leaving: readonly Leaving[];
  readonly coming: readonly StandingElement[];
}

export function allowChange(before: RuledBoxes, after: RuledBoxes): AllowChange {
  const [leaving, coming]: [Leaving[], StandingElement[]] = [[], []];
  for (const family of FAMILIES) {
    const [was, will] = [before.boxes[family], after.boxes[family]];
    const leave = (i: number, next?: Rule) => {
      const rule = before.rules[was.places[i]];
      if (rule === undefined || (next !== undefined && sayTheSame(rule, next))) return;
      leaving.push({ element: boxElement(was, i), rule, next });
    };
    compareBoxes(was, will, {
      gone: (i) => leave(i),
      came: (j) => coming.push(boxElement(will, j)),
      stayed: (i, j) => leave(i, after.rules[will.places[j]]),
    });
  }
  return { leaving, coming };
}
