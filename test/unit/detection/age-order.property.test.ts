import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Aged, AgeOrder } from '../../../src/detection/age-order.ts';

interface Item extends Aged {
  readonly name: number;
}

function itemsOf(order: AgeOrder<Item>): number[] {
  const names: number[] = [];
  for (let item: Aged | undefined = order.oldest; item !== undefined; item = item.newer)
    names.push((item as Item).name);
  return names;
}

it('keeps the order that a list would, whatever comes and goes', () => {
  const step = fc.record({ act: fc.constantFrom('touch', 'delete'), name: fc.nat(7) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const order = new AgeOrder<Item>();
      const items = new Map<number, Item>();
      let list: number[] = [];
      for (const { act, name } of steps) {
        const known = items.get(name);
        list = list.filter((each) => each !== name);
        if (act === 'touch') {
          const item = known ?? { name, older: undefined, newer: undefined };
          if (known) order.touch(known);
          else order.add(item);
          items.set(name, item);
          list.push(name);
        } else if (known) {
          order.delete(known);
          items.delete(name);
        }
        expect(itemsOf(order)).toEqual(list);
        expect(order.size).toBe(list.length);
      }
    }),
  );
});
