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
import { type Claim, ElementClaims, longestOf } from './element-claims.ts';
import { cutClaims, sectionOf } from './range-claims.ts';
import { RulesetDigest } from './ruleset-digest.ts';
import type { SetName } from './sets.ts';
import { StoodElements } from './stood-elements.ts';

/** `refresh` are elements that stand already and get another lifetime. */
export interface Change {
  readonly add: readonly KernelElement[];
  readonly refresh: readonly KernelElement[];
  readonly remove: readonly KernelElement[];
}

type Elements = Map<string, KernelElement>;
const NONE: readonly KernelElement[] = [];

interface Section {
  readonly claims: Map<string, readonly RangeClaim[]>;
  segments: readonly KernelElement[];
}

export class DesiredState implements Holder {
  readonly owner = 'blocks';
  /** By decision id. */
  readonly #contributions = new Map<string, Contribution>();
  readonly #claims = new ElementClaims();
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
  /** Put last, and nowhere in the above yet: see {@link #putNew}. */
  #latest: { readonly by: string; readonly next: Contribution } | undefined;

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
    this.#noteLatest();
    const next = contributionOf(decision, subject);
    this.#takeOver(this.#stood.rowOf(decision.id));
    for (let i = 0; i < next.elements.length; i++) {
      const { set, key } = next.elements[i];
      this.#takeOver(this.#stood.find(set, key));
    }
    return this.#putNew(decision.id, next) ?? this.#replace(decision.id, next);
  }

  /** A decision no longer stands. */
  drop(decisionId: string): Change {
    this.#noteLatest();
    this.#takeOver(this.#stood.rowOf(decisionId));
    return this.#replace(decisionId, NOTHING);
  }

  /** All elements that should stand at `nowMs`. */
  *elements(nowMs: number): Generator<KernelElement> {
    this.#noteLatest();
    for (const element of this.#stood.elements()) if (element.expiresAtMs > nowMs) yield element;
    for (const element of this.#claims.elements()) if (element.expiresAtMs > nowMs) yield element;
    for (const element of this.#segments.values()) if (element.expiresAtMs > nowMs) yield element;
  }

  find(id: string, nowMs: number): KernelElement | undefined {
    this.#noteLatest();
    const element = this.#segments.get(id) ?? this.#findPlain(id);
    return element && element.expiresAtMs > nowMs ? element : undefined;
  }

  /** Some station is quarantined, or was until a moment ago. */
  get hasStations(): boolean {
    this.#noteLatest();
    return this.#stations.size > 0;
  }

  /** Of all elements and the canonical text of the static part; hex. */
  digest(listing: string): string {
    this.#noteLatest();
    if (!this.#isSummed)
      for (const { id, timeoutMs } of this.#stood.elements()) this.#digest.add(id, timeoutMs);
    this.#isSummed = true;
    return this.#digest.value(listing);
  }

  /** What stood is kept here from now on. `row`: -1 for none. */
  #takeOver(row: number): void {
    if (row < 0) return;
    const { by, element } = this.#stood.take(row);
    this.#keep(element, [{ by, element }]);
    this.#contributions.set(by, { elements: [element], ranges: [] });
    if (!this.#isSummed) this.#digest.add(element.id, element.timeoutMs);
  }

  #findPlain(id: string): KernelElement | undefined {
    const [set, hex] = id.split(' ');
    // The key of a range has two ends.
    if (hex === undefined || hex.includes('-')) return undefined;
    const sought = { set: set as SetName, key: Uint8Array.fromHex(hex) };
    const claims = this.#claims.on(sought);
    if (claims.length > 0) return longestOf(claims);
    const row = this.#stood.find(sought.set, sought.key);
    return row < 0 ? undefined : this.#stood.element(row);
  }

  /**
   * What {@link #replace} would do for a new decision about one element that nobody else asks for, at a fraction of the
   * cost: nearly all are such, and a start puts a hundred thousand. It is noted when somebody asks next: a block that is
   * on its way into the kernel does not wait for that. @returns undefined for any other
   */
  #putNew(by: string, next: Contribution): Change | undefined {
    if (next.elements.length !== 1 || next.ranges.length > 0) return undefined;
    if (this.#contributions.has(by) || this.#claims.mayBeClaimed(next.elements[0])) return undefined;
    this.#latest = { by, next };
    return { add: next.elements, refresh: NONE, remove: NONE };
  }

  #noteLatest(): void {
    if (this.#latest === undefined) return;
    const { by, next } = this.#latest;
    const [element] = next.elements;
    this.#latest = undefined;
    this.#keep(element, [{ by, element }]);
    this.#contributions.set(by, next);
    this.#digest.add(element.id, element.timeoutMs);
  }

  #replace(decisionId: string, next: Contribution): Change {
    const old = this.#contributions.get(decisionId) ?? NOTHING;
    const touched = [...old.elements, ...next.elements];
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
    for (const element of old.elements) this.#keep(element, this.#claimsOfOthers(element, decisionId));
    for (const element of next.elements) {
      const others = this.#claimsOfOthers(element, decisionId);
      this.#keep(element, [...others, { by: decisionId, element }]);
    }
    if (next === NOTHING) this.#contributions.delete(decisionId);
    else this.#contributions.set(decisionId, next);
  }

  /** `claims`: all on this element. */
  #keep(element: KernelElement, claims: readonly Claim[]): void {
    this.#claims.set(element, claims);
    if (element.set !== 'station') return;
    if (claims.length === 0) this.#stations.delete(element.id);
    else this.#stations.add(element.id);
  }

  #claimsOfOthers(element: KernelElement, decisionId: string): readonly Claim[] {
    return this.#claims.on(element).filter(({ by }) => by !== decisionId);
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

  #snapshot(touched: readonly KernelElement[], sections: readonly string[]): Elements {
    const found: Elements = new Map();
    for (const element of touched) {
      const claims = this.#claims.on(element);
      if (claims.length > 0) found.set(element.id, longestOf(claims));
    }
    for (const name of sections)
      for (const segment of this.#sections.get(name)?.segments ?? []) found.set(segment.id, segment);
    return found;
  }
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
