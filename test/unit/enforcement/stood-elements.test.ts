/** Whether the kernel is asked for the same, whether decisions are put in or stood before. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Decision } from '../../../src/decision/decision.ts';
import { standingRow } from '../../../src/decision/standing-row.ts';
import { StandingRows } from '../../../src/decision/standing-rows.ts';
import { type Change, DesiredState } from '../../../src/enforcement/desired-state.ts';
import type { KernelElement } from '../../../src/enforcement/element.ts';
import { anyDecision, latest } from '../decision/any-decision.ts';

const NUMBERS = 12;
const decisions = fc.array(anyDecision(NUMBERS), { maxLength: 20 }).map(latest);
const change = fc.oneof(anyDecision(NUMBERS), fc.integer({ min: 1, max: NUMBERS }));
const text = ({ id, set, key, timeoutMs, expiresAtMs }: KernelElement) =>
  `${id} ${set} ${key.toHex()} ${timeoutMs} ${expiresAtMs}`;
const texts = (elements: Iterable<KernelElement>) => [...elements].map(text).toSorted();

function restored(all: readonly Decision[]): DesiredState {
  const state = new DesiredState();
  state.adopt(new StandingRows(Buffer.concat(all.flatMap((each) => standingRow(each) ?? []))));
  for (const each of all) if (standingRow(each) === null) state.put(each);
  return state;
}

function put(all: readonly Decision[]): DesiredState {
  const state = new DesiredState();
  for (const each of all) state.put(each);
  return state;
}

function changed(state: DesiredState, step: Decision | number) {
  const { add, refresh, remove }: Change =
    typeof step === 'number' ? state.drop(`D${step}`) : state.put(step);
  return { add: texts(add), refresh: texts(refresh), remove: texts(remove) };
}

test.each([true, false])('the same elements, changes and digest; digest asked for early: %s', (isEarly) => {
  fc.assert(
    fc.property(decisions, fc.array(change), fc.integer({ min: 0, max: 2_000 }), (all, steps, nowMs) => {
      const [apart, whole] = [restored(all), put(all)];
      if (isEarly) expect(apart.digest('')).toBe(whole.digest(''));
      for (const step of steps) {
        expect(changed(apart, step)).toEqual(changed(whole, step));
        expect(texts(apart.elements(nowMs))).toEqual(texts(whole.elements(nowMs)));
        for (const { id } of whole.elements(0)) {
          const found = [apart, whole].map((state) =>
            texts([state.find(id, nowMs)].filter((each) => each !== undefined)),
          );
          expect(found[0]).toEqual(found[1]);
        }
      }
      expect(texts(apart.elements(nowMs))).toEqual(texts(whole.elements(nowMs)));
      expect(apart.digest('rules')).toBe(whole.digest('rules'));
    }),
  );
});

test('what nobody asks for is not found', () => {
  const state = restored([]);
  for (const id of ['destination4 c6336442', 'station aabbccddeeff', 'prefix4 c6336400-c63364ff', 'short 02'])
    expect(state.find(id, 0)).toBeUndefined();
});
