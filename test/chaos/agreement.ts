/** Whether the kernel holds what the decisions ask for: nothing else, nothing less, and for no longer. Pure. */
import { toBytes } from '../../src/address/address.ts';
import { lastAddress, parsePrefix } from '../../src/address/prefix.ts';
import type { KernelElement } from './kernel-view.ts';
import type { Wanted } from './wanted-elements.ts';

/** The kernel counts in ticks, nft prints whole seconds, and both are asked one after the other. */
const TOLERANCE_S = 3;

/** Inclusive; with how long it is left there, in seconds. */
interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly leftS: number;
}

/**
 * What differs, in words; empty when all is well.
 * @param clocks what the daemon's clock may say now, ms since the epoch: several for a while after it jumped
 */
export function disagreements(
  found: readonly KernelElement[],
  wanted: ReadonlyMap<string, Wanted>,
  clocks: readonly number[],
): string[] {
  const asked = [...wanted.values()];
  const kernel = Map.groupBy(found, ({ set, value }) => rangesAt(set, value));
  const wants = Map.groupBy(asked, ({ set, key }) => rangesAt(set, JSON.parse(key)));
  const places = new Set([...kernel.keys(), ...wants.keys()]);
  places.delete(undefined);
  return [
    ...found.flatMap((element) => withoutEnd(element)),
    ...compareHashed(kernel.get(undefined) ?? [], wants.get(undefined) ?? [], clocks),
    ...[...places].flatMap((place) =>
      compareRanges(String(place), kernel.get(place) ?? [], wants.get(place) ?? [], clocks),
    ),
  ];
}

/**
 * Where ranges may lie in each other, so that the product cuts them: all of a set of prefixes, the exceptions of one
 * host. Undefined for what is one by one.
 */
function rangesAt(set: string, value: unknown): string | undefined {
  if (set.startsWith('prefix')) return set;
  return set.startsWith('exception') ? `${set} of ${(value as Exception).concat[0]}` : undefined;
}

interface Exception {
  readonly concat: readonly [host: string, to: unknown];
}

function rangeIn(set: string, value: unknown): ReturnType<typeof rangeOf> {
  return rangeOf(set.startsWith('exception') ? (value as Exception).concat[1] : value);
}

function withoutEnd({ set, value, timeoutS }: KernelElement): string[] {
  return timeoutS === undefined ? [`has no timeout: ${set} ${JSON.stringify(value)}`] : [];
}

function compareHashed(
  found: readonly KernelElement[],
  wanted: readonly Wanted[],
  clocks: readonly number[],
): string[] {
  const kernel = new Map(
    found.map((element) => [`${element.set} ${JSON.stringify(element.value)}`, element]),
  );
  const wrong: string[] = [];
  for (const each of wanted) {
    const id = `${each.set} ${each.key}`;
    const element = kernel.get(id);
    kernel.delete(id);
    if (element === undefined) {
      if (isDue(each, clocks)) wrong.push(`missing: ${id}`);
      continue;
    }
    const { timeoutS = 0, expiresInS = 0 } = element;
    if (timeoutS > each.lifetimeMs / 1_000 + 1)
      wrong.push(`longer than decided: ${id}: ${timeoutS} s, not ${each.lifetimeMs / 1_000}`);
    if (!isLeft(each, expiresInS, clocks))
      wrong.push(`another end: ${id}: ${expiresInS} s from now, ${endsOf(each, clocks)}`);
  }
  return [...wrong, ...[...kernel.keys()].map((id) => `nobody decided: ${id}`)];
}

/** Whatever the clock is, it must be there. */
function isDue(wanted: Wanted, clocks: readonly number[]): boolean {
  return !isBeforeItsTime(wanted, clocks) && clocks.every((nowMs) => leftS(wanted, nowMs) > TOLERANCE_S);
}

/**
 * The clock was put back to before the decision: its end is further away than its whole life. The kernel lifts the
 * element when that life is over, and the next look at everything renews it, until the clock has caught up.
 */
export function isBeforeItsTime({ untilMs, lifetimeMs }: Wanted, clocks: readonly number[]): boolean {
  return clocks.some((nowMs) => untilMs - nowMs > lifetimeMs + 1_000);
}

function isLeft(wanted: Wanted, expiresInS: number, clocks: readonly number[]): boolean {
  if (isBeforeItsTime(wanted, clocks)) return expiresInS * 1_000 <= wanted.lifetimeMs + 1_000;
  return clocks.some((nowMs) => Math.abs(expiresInS - Math.max(0, leftS(wanted, nowMs))) <= TOLERANCE_S);
}

/** The kernel gives nothing longer than its whole life time. */
function leftS({ untilMs, lifetimeMs }: Wanted, nowMs: number): number {
  return Math.min(untilMs - nowMs, lifetimeMs) / 1_000;
}

function endsOf(wanted: Wanted, clocks: readonly number[]): string {
  return `not ${clocks.map((nowMs) => Math.round(leftS(wanted, nowMs))).join(' or ')}`;
}

/** Address by address, which is the same all between two borders. */
function compareRanges(
  place: string,
  found: readonly KernelElement[],
  wanted: readonly Wanted[],
  clocks: readonly number[],
): string[] {
  const kernel = found.map(({ set, value, expiresInS = 0 }) => ({
    ...rangeIn(set, value),
    leftS: expiresInS,
  }));
  const asked = wanted.map((each) => ({ each, ...rangeIn(each.set, JSON.parse(each.key)) }));
  const borders = [...kernel, ...asked].flatMap(({ first, last }) => [first, last + 1n]);
  return [...new Set(borders)].flatMap((at): string[] => {
    const here = kernel.filter((range) => covers(range, at));
    if (here.length > 1) return [`twice: ${place} at ${at.toString(16)}`];
    const wants = asked.filter((range) => covers(range, at)).map(({ each }) => each);
    return comparePoint(`${place} at ${at.toString(16)}`, here[0], wants, clocks);
  });
}

function comparePoint(
  place: string,
  found: Range | undefined,
  wanted: readonly Wanted[],
  clocks: readonly number[],
): string[] {
  if (found === undefined) return wanted.some((each) => isDue(each, clocks)) ? [`missing: ${place}`] : [];
  if (wanted.length === 0) return [`nobody decided: ${place}`];
  const longest = wanted.reduce((one, other) => (one.untilMs >= other.untilMs ? one : other));
  if (isLeft(longest, found.leftS, clocks)) return [];
  return [`another end: ${place}: ${found.leftS} s from now, ${endsOf(longest, clocks)}`];
}

function covers({ first, last }: Omit<Range, 'leftS'>, at: bigint): boolean {
  return first <= at && at <= last;
}

/** nft's JSON of an interval, or a prefix as text. */
export function rangeOf(value: unknown): { first: bigint; last: bigint } {
  if (typeof value === 'string') {
    const prefix = parsePrefix(value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`);
    return { first: numberOf(toBytes(prefix.address)), last: numberOf(toBytes(lastAddress(prefix))) };
  }
  const { prefix, range } = value as { prefix?: { addr: string; len: number }; range?: [string, string] };
  if (prefix) return rangeOf(`${prefix.addr}/${prefix.len}`);
  if (range) return { first: rangeOf(range[0]).first, last: rangeOf(range[1]).last };
  throw new Error(`no interval: ${JSON.stringify(value)}`);
}

function numberOf(bytes: Iterable<number>): bigint {
  return [...bytes].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}
