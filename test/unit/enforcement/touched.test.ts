import type { RulesetChange } from 'node-nftables';
import { describe, expect, it } from 'vitest';
import { MOST_SINGLE, Touched } from '../../../src/enforcement/touched.ts';

const PLACE = { family: 'inet', table: 'penstock', portId: 1 } as const;
const key = (n: number) => Uint8Array.of(10, n >> 16, (n >> 8) & 255, n & 255);

function elements(set: string, ...keys: Uint8Array[]): RulesetChange {
  const wire = keys.map((each) => ({ key: each }));
  return { kind: 'element', action: 'delete', ...PLACE, set, elements: wire };
}

function touchedBy(...changes: RulesetChange[]): Touched {
  const touched = new Touched();
  for (const change of changes) touched.add(change);
  return touched;
}

describe('Touched', () => {
  it.each<[string, RulesetChange]>([
    ['another table', { kind: 'table', action: 'delete', family: 'inet', table: 'theirs', portId: 1 }],
    ['another family', { kind: 'table', action: 'delete', family: 'ip', table: 'penstock', portId: 1 }],
    ['a set that is not ours', elements('theirs', key(1))],
  ])('is not touched by %s', (_, change) => {
    expect(touchedBy(change).isEmpty).toBe(true);
  });

  it.each<RulesetChange>([
    { kind: 'table', action: 'delete', ...PLACE },
    { kind: 'chain', action: 'new', ...PLACE, name: 'theirs' },
    { kind: 'rule', action: 'new', ...PLACE, chain: 'forward', handle: 9n },
    { kind: 'object', action: 'delete', ...PLACE, name: 'denied' },
  ])('wants the rules looked at after $kind $action', (change) => {
    expect(touchedBy(change)).toMatchObject({ rules: true, isWhole: false });
  });

  it('has single elements, each once, without looking at the rules', () => {
    const touched = touchedBy(elements('destination4', key(1)), elements('destination4', key(1), key(2)));
    expect(touched.rules).toBe(false);
    expect([...touched.sets.keys()]).toEqual(['destination4']);
    expect(touched.sets.get('destination4')).toHaveProperty('size', 2);
  });

  it('has all of a set whose intervals are told end by end, that was made anew, or of which many were touched', () => {
    const many = Array.from({ length: MOST_SINGLE + 1 }, (_, i) => elements('destination4', key(i)));
    expect(touchedBy(elements('prefix4', key(1))).sets.get('prefix4')).toBe('all');
    expect(touchedBy(...many).sets.get('destination4')).toBe('all');
    const remade = touchedBy({ kind: 'set', action: 'new', ...PLACE, name: 'flow4' });
    expect([remade.rules, remade.sets.get('flow4')]).toEqual([true, 'all']);
  });

  it('takes in another, and is empty when cleared', () => {
    const touched = touchedBy(elements('destination4', key(1)));
    touched.merge(touchedBy(elements('destination4', key(2)), elements('prefix6', new Uint8Array(16))));
    expect(touched.sets.get('destination4')).toHaveProperty('size', 2);
    expect(touched.sets.get('prefix6')).toBe('all');
    touched.merge(Touched.everything());
    expect(touched.isWhole).toBe(true);
    touched.clear();
    expect(touched.isEmpty).toBe(true);
  });
});
