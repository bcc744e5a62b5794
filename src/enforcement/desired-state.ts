/**
 * Which elements should stand in the kernel, given the decisions that stand. Several decisions may ask for the same
 * element (it then stands as long as the longest of them) or for ranges that overlap (see range-claims.ts), so a
 * change of one decision becomes a change of elements only here.
 *
 * What stood at the start and nobody has touched since lies apart, in rows (stood-elements.ts).
 */
import type { Decision } from '../decision/decision.ts';
import { StandingRows } from '../decision/standing-rows.ts';
import type { Subject } from '../decision/subject.ts';
import {
  type Contribution,
  contributionOf,
  type Holder,
  type KernelElement,
  NOTHING,
  type RangeClaim,
} from './element.ts';
import { cutClaims, sectionOf } from './range-claims.ts';
import { RulesetDigest } from './ruleset-digest.ts';
import { longest } from './segments.ts';
import type { SetName } from './sets.ts';
import { StoodElements } from './stood-elements.ts';

/** `refresh` are elements that stand already and get another lifetime. */
export interface Change {
  readonly add: readonly KernelElement[];
  readonly refresh: readonly KernelElement[];
  readonly remove: readonly KernelElement[];
}

type Elements = Map<string, KernelElement>;

/** `by`: id of the decision that asks. */
interface Claim {
  readonly by: string;
  readonly element: KernelElement;
}

interface Section {
  readonly claims: Map<string, readonly RangeClaim[]>;
  segments: readonly KernelElement[];
}

export class DesiredState implements Holder {
  readonly owner = 'blocks';
  /** By decision id. */
  readonly #contributions = new Map<string, Contribution>();
  /** Who asks for an element, by its id. */
  readonly #claims = new Map<string, readonly Claim[]>();
  /** Ids of those that are of stations. */
  readonly #stations = new Set<string>();
  /** Ranges by section: who asks for them, by decision id, and what they are cut into. */
  readonly #sections = new Map<string, Section>();
  /** What all sections are cut into, by id. */
  readonly #segments: Elements = new Map();
  readonly #digest = new RulesetDigest();
  #stood = new StoodElements(new StandingRows(new Uint8Array()));
  /** What stood is in the digest. */
  #isSummed = true;

  /** Take over what stood at the start; nothing may be here already. */
  adopt(rows: StandingRows): void {
    this.#stood = new StoodElements(rows);
    this.#isSummed = false;
    for (const row of this.#stood.doubles) {
      const { by, element } = this.#stood.take(row);
      this.#replace(by, { elements: [element], ranges: [] });
    }
  }

  /** A decision was made or changed. `subject`: of its target, where it is known already. */
  put(decision: Decision, subject?: Subject): Change {
    const next = contributionOf(decision, subject);
    this.#takeOver(this.#stood.rowOf(decision.id));
    for (const { set, key } of next.elements) this.#takeOver(this.#stood.find(set, key));
    return this.#putNew(decision.id, next) ?? this.#replace(decision.id, next);
  }

  /** A decision no longer stands. */
  drop(decisionId: string): Change {
    this.#takeOver(this.#stood.rowOf(decisionId));
    return this.#replace(decisionId, NOTHING);
  }

  /** All elements that should stand at `nowMs`. */
  *elements(nowMs: number): Generator<KernelElement> {
    for (const element of this.#stood.elements()) if (element.expiresAtMs > nowMs) yield element;
    for (const claims of this.#claims.values()) {
      const element = longestOf(claims);
      if (element.expiresAtMs > nowMs) yield element;
    }
    for (const element of this.#segments.values()) if (element.expiresAtMs > nowMs) yield element;
  }

  find(id: string, nowMs: number): KernelElement | undefined {
    const claims = this.#claims.get(id);
    const element = claims ? longestOf(claims) : (this.#segments.get(id) ?? this.#findStood(id));
    return element && element.expiresAtMs > nowMs ? element : undefined;
  }

  /** Some station is quarantined, or was until a moment ago. */
  get hasStations(): boolean {
    return this.#stations.size > 0;
  }

  /** Of all elements and the canonical text of the static part; hex. */
  digest(listing: string): string {
    if (!this.#isSummed)
      for (const { id, timeoutMs } of this.#stood.elements()) this.#digest.add(id, timeoutMs);
    this.#isSummed = true;
    return this.#digest.value(listing);
  }

  /** What stood is kept here from now on. `row`: -1 for none. */
  #takeOver(row: number): void {
    if (row < 0) return;
    const { by, element } = this.#stood.take(row);
    this.#claims.set(element.id, [{ by, element }]);
    this.#contributions.set(by, { elements: [element], ranges: [] });
    if (!this.#isSummed) this.#digest.add(element.id, element.timeoutMs);
  }

  #findStood(id: string): KernelElement | undefined {
    const [set, key] = id.split(' ');
    // The key of a range has two ends.
    if (key === undefined || key.includes('-')) return undefined;
    const row = this.#stood.find(set as SetName, Uint8Array.fromHex(key));
    return row < 0 ? undefined : this.#stood.element(row);
  }

  /**
   * What {@link #replace} would do for a new decision about one element that nobody else asks for, at a fraction of the
   * cost: nearly all are such, and a start puts a hundred thousand. @returns undefined for any other
   */
  #putNew(decisionId: string, next: Contribution): Change | undefined {
    const isOne = next.elements.length === 1 && next.ranges.length === 0;
    const element = next.elements[0];
    if (!isOne || this.#contributions.has(decisionId) || this.#claims.has(element.id)) return undefined;
    this.#keep(element, [{ by: decisionId, element }]);
    this.#contributions.set(decisionId, next);
    this.#digest.add(element.id, element.timeoutMs);
    return { add: next.elements, refresh: [], remove: [] };
  }

  #replace(decisionId: string, next: Contribution): Change {
    const old = this.#contributions.get(decisionId) ?? NOTHING;
    const touched = [...old.elements, ...next.elements].map(({ id }) => id);
    const ranges = Map.groupBy(next.ranges, sectionOf);
    const sections = [...new Set([...old.ranges.map(sectionOf), ...ranges.keys()])];
    const before = this.#snapshot(touched, sections);
    this.#claim(decisionId, old, next);
    for (const section of sections) this.#claimRanges(section, decisionId, ranges.get(section));
    const after = this.#snapshot(touched, sections);
    for (const { id, timeoutMs } of before.values()) this.#digest.remove(id, timeoutMs);
    for (const { id, timeoutMs } of after.values()) this.#digest.add(id, timeoutMs);
    return difference(before, after);
  }

  #claim(decisionId: string, old: Contribution, next: Contribution): void {
    for (const element of old.elements) this.#keep(element, this.#claimsOfOthers(element.id, decisionId));
    for (const element of next.elements) {
      const others = this.#claimsOfOthers(element.id, decisionId);
      this.#keep(element, [...others, { by: decisionId, element }]);
    }
    if (next === NOTHING) this.#contributions.delete(decisionId);
    else this.#contributions.set(decisionId, next);
  }

  #keep({ id, set }: KernelElement, claims: readonly Claim[]): void {
    if (claims.length === 0) this.#claims.delete(id);
    else this.#claims.set(id, claims);
    if (set !== 'station') return;
    if (claims.length === 0) this.#stations.delete(id);
    else this.#stations.add(id);
  }

  #claimsOfOthers(elementId: string, decisionId: string): readonly Claim[] {
    return (this.#claims.get(elementId) ?? []).filter(({ by }) => by !== decisionId);
  }

  /** `claims`: undefined when the decision asks for none there any more. */
  #claimRanges(name: string, decisionId: string, claims: readonly RangeClaim[] | undefined): void {
    const section: Section = this.#sections.get(name) ?? { claims: new Map(), segments: [] };
    if (claims === undefined) section.claims.delete(decisionId);
    else section.claims.set(decisionId, claims);
    for (const { id } of section.segments) this.#segments.delete(id);
    section.segments = cutClaims([...section.claims.values()].flat());
    for (const segment of section.segments) this.#segments.set(segment.id, segment);
    if (section.claims.size === 0) this.#sections.delete(name);
    else this.#sections.set(name, section);
  }

  #snapshot(ids: readonly string[], sections: readonly string[]): Elements {
    const found: Elements = new Map();
    for (const id of ids) {
      const claims = this.#claims.get(id);
      if (claims) found.set(id, longestOf(claims));
    }
    for (const name of sections)
      for (const segment of this.#sections.get(name)?.segments ?? []) found.set(segment.id, segment);
    return found;
  }
}

function longestOf(claims: readonly Claim[]): KernelElement {
  return claims.length === 1 ? claims[0].element : longest(claims.map(({ element }) => element));
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
