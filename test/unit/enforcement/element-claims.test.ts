import { expect, it } from 'vitest';
import { type KernelElement, PlainElement } from '../../../src/enforcement/element.ts';
import { ElementClaims } from '../../../src/enforcement/element-claims.ts';
import type { SetName } from '../../../src/enforcement/sets.ts';

const KEY = [10, 1, 0, 10];
const elementOf = (set: SetName, expiresAtMs: number, key = KEY) =>
  new PlainElement(set, Uint8Array.from(key), expiresAtMs, expiresAtMs);
const claim = (by: string, element: KernelElement) => ({ by, element });

it('tells apart claims on elements of two sets that have one key', () => {
  const claims = new ElementClaims();
  const destination = elementOf('destination4', 1_000);
  const quarantine = elementOf('quarantine4', 2_000);
  expect(claims.mayBeClaimed(destination)).toBe(false);
  claims.set(destination, [claim('D1', destination)]);
  claims.set(quarantine, [claim('D2', quarantine)]);
  expect(claims.on(destination).map(({ by }) => by)).toEqual(['D1']);
  expect(claims.on(quarantine).map(({ by }) => by)).toEqual(['D2']);
  expect([...claims.elements()]).toEqual([destination, quarantine]);
  claims.set(destination, []);
  expect(claims.on(destination)).toEqual([]);
  expect([...claims.elements()]).toEqual([quarantine]);
});

it('gives an element once, as the longest claim asks for it, and forgets one that nobody asks for', () => {
  const claims = new ElementClaims();
  const [short, long] = [elementOf('destination4', 1_000), elementOf('destination4', 2_000)];
  claims.set(short, [claim('D1', long), claim('D2', short)]);
  expect([...claims.elements()]).toEqual([long]);
  claims.set(short, []);
  expect(claims.mayBeClaimed(long)).toBe(false);
});
