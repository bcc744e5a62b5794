/**
 * Which elements should stand in the kernel, given the decisions that stand. Several decisions may ask for the same
 * element (it then stands as long as the longest of them) or for prefixes that overlap (see segments.ts), so a
 * change of one decision becomes a change of elements only here.
 */
import type { Family } from '../address/address.ts';
import type { Decision } from '../decision/decision.ts';
import {
  type Contribution,
  contributionOf,
  type Holder,
  type KernelElement,
  NOTHING,
  segmentElement,
} from './element.ts';
import { RulesetDigest } from './ruleset-digest.ts';
import { longest, type PrefixBlock, segments } from './segments.ts';
import { FAMILIES } from './sets.ts';

/** `refresh` are elements that stand already and get another lifetime. */
export interface Change {
  readonly add: readonly KernelElement[];
  readonly refresh: readonly KernelElement[];
  readonly remove: readonly KernelElement[];
}

type Elements = Map<string, KernelElement>;

export class DesiredState implements Holder {
  readonly owner = 'blocks';
  /** By decision id. */
  readonly #contributions = new Map<string, Contribution>();
  /** Who asks for an element: by element id, then by decision id. */
  readonly #claims = new Map<string, Map<string, KernelElement>>();
  readonly #segments: Record<Family, Elements> = { 4: new Map(), 6: new Map() };
  readonly #digest = new RulesetDigest();

  /** A decision was made or changed. */
  put(decision: Decision): Change {
    return this.#replace(decision.id, contributionOf(decision));
  }

  /** A decision no longer stands. */
  drop(decisionId: string): Change {
    return this.#replace(decisionId, NOTHING);
  }

  /** All elements that should stand at `nowMs`. */
  *elements(nowMs: number): Generator<KernelElement> {
    for (const claims of this.#claims.values()) {
      const element = longest([...claims.values()]);
      if (element.expiresAtMs > nowMs) yield element;
    }
    for (const family of FAMILIES) {
      for (const element of this.#segments[family].values()) if (element.expiresAtMs > nowMs) yield element;
    }
  }

  find(id: string, nowMs: number): KernelElement | undefined {
    const claims = this.#claims.get(id);
    const element = claims
      ? longest([...claims.values()])
      : (this.#segments[4].get(id) ?? this.#segments[6].get(id));
    return element && element.expiresAtMs > nowMs ? element : undefined;
  }

  /** Of all elements and the canonical text of the static part; hex. */
  digest(listing: string): string {
    return this.#digest.value(listing);
  }

  #replace(decisionId: string, next: Contribution): Change {
    const old = this.#contributions.get(decisionId) ?? NOTHING;
    const touched = [...old.elements, ...next.elements].map(({ id }) => id);
    const families = FAMILIES.filter((family) => hasFamily(old, family) || hasFamily(next, family));
    const before = this.#snapshot(touched, families);
    this.#claim(decisionId, old, next);
    for (const family of families) this.#segments[family] = this.#cut(family);
    const after = this.#snapshot(touched, families);
    for (const { id, timeoutMs } of before.values()) this.#digest.remove(id, timeoutMs);
    for (const { id, timeoutMs } of after.values()) this.#digest.add(id, timeoutMs);
    return difference(before, after);
  }

  #claim(decisionId: string, old: Contribution, next: Contribution): void {
    for (const { id } of old.elements) {
      const claims = this.#claims.get(id);
      claims?.delete(decisionId);
      if (claims?.size === 0) this.#claims.delete(id);
    }
    for (const element of next.elements) {
      const claims = this.#claims.get(element.id) ?? new Map<string, KernelElement>();
      this.#claims.set(element.id, claims.set(decisionId, element));
    }
    if (next === NOTHING) this.#contributions.delete(decisionId);
    else this.#contributions.set(decisionId, next);
  }

  #cut(family: Family): Elements {
    const blocks: PrefixBlock[] = [];
    for (const { prefixes } of this.#contributions.values()) {
      blocks.push(...prefixes.filter(({ prefix }) => prefix.address.family === family));
    }
    return byId(segments(blocks).map((segment) => segmentElement(family, segment)));
  }

  #snapshot(ids: readonly string[], families: readonly Family[]): Elements {
    const found: Elements = new Map();
    for (const id of ids) {
      const claims = this.#claims.get(id);
      if (claims) found.set(id, longest([...claims.values()]));
    }
    for (const family of families) for (const [id, element] of this.#segments[family]) found.set(id, element);
    return found;
  }
}

function hasFamily({ prefixes }: Contribution, family: Family): boolean {
  return prefixes.some(({ prefix }) => prefix.address.family === family);
}

function byId(elements: readonly KernelElement[]): Elements {
  return new Map(elements.map((element) => [element.id, element]));
}

function difference(before: Elements, after: Elements): Change {
  const values = [...after.values()];
  const standing = (element: KernelElement) => before.get(element.id);
  return {
    add: values.filter((element) => standing(element) === undefined),
    refresh: values.filter((element) => {
      const old = standing(element);
      return old && (old.expiresAtMs !== element.expiresAtMs || old.timeoutMs !== element.timeoutMs);
    }),
    remove: [...before.values()].filter((element) => !after.has(element.id)),
  };
}
