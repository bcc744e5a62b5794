import { describe, expect, it } from 'vitest';
import { parseAddress, toBytes } from '../../../src/address/address.ts';
import {
  boxDifference,
  boxElement,
  boxList,
  boxListOf,
  findBox,
  NO_BOXES,
} from '../../../src/enforcement/allowlist/box-list.ts';
import type { AllowBox } from '../../../src/policy/matcher/allow-boxes.ts';

const span = (first: string, last = first) => ({
  first: Uint8Array.from(toBytes(parseAddress(first))),
  last: Uint8Array.from(toBytes(parseAddress(last))),
});
const box = (host: string, destination: string, port: number, rule: number): AllowBox => ({
  hosts: span(host),
  destinations: span(destination),
  keys: { first: (6 << 16) | port, last: (6 << 16) | port },
  rule,
});

/** As the matcher gives them: by hosts, then destinations, then keys. */
const BOXES = [
  box('10.1.0.10', '198.51.100.2', 80, 0),
  box('10.1.0.10', '198.51.100.2', 443, 1),
  box('10.1.0.10', '203.0.113.1', 80, 2),
  box('10.1.0.11', '192.0.2.1', 80, 3),
  box('10.1.0.11', '198.51.100.2', 80, 4),
];

describe('the boxes of an allowlist', () => {
  const list = boxList(4, BOXES);
  const elements = Array.from({ length: list.count }, (_, i) => boxElement(list, i));

  it('have keys that rise by destination, then host', () => {
    expect([...list.places]).toEqual([3, 0, 1, 4, 2]);
    const ids = elements.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(elements[0].key.toHex()).toBe('c00002010a01000b0600000000500000');
  });

  it('are found by their keys, and others are not', () => {
    expect(elements.map((element) => findBox(list, element))).toEqual([0, 1, 2, 3, 4]);
    const [other] = [boxElement(boxList(4, [box('10.1.0.12', '192.0.2.1', 80, 0)]), 0)];
    expect(findBox(list, other)).toBe(-1);
  });

  it('are the same as the kernel gives them, in any order', () => {
    const read = boxListOf(4, elements.toReversed());
    expect(read.keys).toEqual(list.keys);
    expect(boxDifference({ ...NO_BOXES, 4: read }, { ...NO_BOXES, 4: list })).toEqual({
      add: [],
      remove: [],
    });
  });
});
