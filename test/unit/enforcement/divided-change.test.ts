import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/enforcement/desired-state.ts';
import { divided } from '../../../src/enforcement/divided-change.ts';
import { elementId, type KernelElement } from '../../../src/enforcement/element.ts';
import type { SetName } from '../../../src/enforcement/sets.ts';

const of = (set: SetName, count: number): KernelElement[] =>
  Array.from({ length: count }, (_, i) => {
    const key = Uint8Array.of(10, 0, 0, i);
    return { set, id: elementId(set, key), key, timeoutMs: 1, expiresAtMs: 1 };
  });

describe('a change of very many elements', () => {
  it('is one transaction as long as it fits', () => {
    const change: Change = { add: of('destination4', 2), refresh: of('pair4', 1), remove: of('flow6', 1) };
    expect(divided(change, 4)).toEqual({ together: change, after: [] });
  });

  it('goes in parts: first what belongs together, then blocks that stand by themselves', () => {
    const [quarantine, exception, allow] = [of('quarantine4', 3), of('exception4', 2), of('allow4', 3)];
    const [destination, flow] = [of('destination4', 3), of('flow6', 2)];
    const change: Change = {
      add: [...destination, ...quarantine, ...exception, ...flow, ...allow],
      refresh: of('destination6', 1),
      remove: of('pair6', 1),
    };
    const { together, after } = divided(change, 4);
    expect(together).toEqual({ ...change, add: [...quarantine, ...exception, ...allow] });
    expect(after).toEqual([[...destination, flow[0]], [flow[1]]]);
  });
});
