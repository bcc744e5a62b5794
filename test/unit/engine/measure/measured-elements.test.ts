import type { ElementSet, SetElementsDriver } from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import { MeasuredElements } from '../../../../src/engine/measure/measured-elements.ts';

const SET = { family: 'inet', table: 'penstock', name: 'flow4', type: 'ipv4_addr', flags: [] } as ElementSet;
const ONE = { key: new Uint8Array(4) };

describe('the measured driver of elements', () => {
  let told: string[];
  let refusal: Error | undefined;
  let elements: MeasuredElements;

  beforeEach(() => {
    told = [];
    refusal = undefined;
    const change = (name: string) => () => {
      told.push(name);
      if (refusal !== undefined) throw refusal;
    };
    elements = new MeasuredElements({
      portId: 7,
      create: change('create'),
      apply: change('apply'),
      list: () => [ONE],
    } as unknown as SetElementsDriver);
  });

  it('hands everything on', () => {
    elements.create(SET, [ONE]);
    expect([elements.portId, elements.list(SET), told]).toEqual([7, [ONE], ['create']]);
  });

  it('counts elements by action and times transactions', () => {
    elements.create(SET, [ONE, ONE]);
    elements.apply([
      { action: 'discard', set: SET, elements: [ONE] },
      { action: 'create', set: SET, elements: [ONE] },
    ]);
    const { elements: counts, refused, transactions } = elements.counts;
    expect(counts).toEqual({ add: 0, create: 3, delete: 0, refresh: 0, discard: 1 });
    expect([refused, transactions.count]).toEqual([0, 2]);
  });

  it('counts what the kernel refuses, and no elements of it', () => {
    refusal = new Error('no room');
    expect(() => elements.create(SET, [ONE])).toThrow('no room');
    const { elements: counts, refused, transactions } = elements.counts;
    expect([counts.create, refused, transactions.count]).toEqual([0, 1, 1]);
  });
});
