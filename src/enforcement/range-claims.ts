/**
 * Ranges that decisions ask for in interval sets. Several may ask for ranges that overlap: prefixes of destinations, or
 * the exceptions of one quarantined host that two decisions are about. The kernel refuses elements that overlap, so
 * the claims of one section are cut into segments (segments.ts). A section is what a range can overlap within: the set,
 * and in a concatenation the fields before the range.
 *
 *   exception4   10.1.0.10 . 10.0.0.0/24  1 h       one section        10.1.0.10 . 10.0.0.0-127    1 h
 *                10.1.0.10 . 10.0.0.128/25  5 h     -------------->    10.1.0.10 . 10.0.0.128-255  5 h
 *                10.1.0.11 . 10.0.0.0/24  1 h       another            10.1.0.11 . 10.0.0.0-255    1 h
 */
import { element, type KernelElement, type RangeClaim } from './element.ts';
import { numberBytes, segments } from './segments.ts';

/** Equal for claims of one section. */
export function sectionOf({ kind, who, prefix }: RangeClaim): string {
  return `${kind}${prefix.address.family} ${who.join('.')}`;
}

/** What stands for claims of whatever sections; none overlap. */
export function cutClaims(claims: readonly RangeClaim[]): KernelElement[] {
  return [...Map.groupBy(claims, sectionOf).values()].flatMap(cutSection);
}

function cutSection(claims: readonly RangeClaim[]): KernelElement[] {
  const [{ kind, who, prefix }] = claims;
  const { family } = prefix.address;
  const before = who.length === 0 ? [] : [who];
  const bytes = (value: bigint) => [...numberBytes(value, family === 4 ? 4 : 16)];
  return segments(claims).map(({ first, last, ...lifetime }) =>
    element(kind, family, [...before, bytes(first)], lifetime, [...before, bytes(last)]),
  );
}
