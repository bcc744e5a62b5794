import {
  canonicalListing,
  encodeKey,
  MAX_BATCH_ELEMENTS,
  type NftablesDriver,
  type SetElement,
  type SetElementsDriver,
  type TableImage,
} from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Drivers, hosts, nets, ruleIn, saddrIn, TABLE, thrown, verdicts } from './table.ts';

const COUNT = MAX_BATCH_ELEMENTS + 1;

export function imagesContract(current: () => Drivers): void {
  let nft: NftablesDriver;
  let elements: SetElementsDriver;
  beforeEach(() => {
    ({ nft, elements } = current());
  });
  const capture = (): TableImage => {
    const image = elements.captureTable(TABLE);
    if (image === undefined) throw new Error('no table');
    return image;
  };
  const listing = () => canonicalListing(nft.listTable(TABLE, { terse: true }));
  const { key } = encodeKey('ipv4_addr', '192.0.2.1');
  const many = (): SetElement[] =>
    Array.from({ length: COUNT }, (_, i) => ({
      key: Uint8Array.of(10, 0, i >> 8, i & 255),
      timeoutMs: 60_000,
    }));

  describe('an image of a table', () => {
    beforeEach(() => {
      nft.run([
        { add: { counter: { family: TABLE.family, table: TABLE.name, name: 'seen' } } },
        ruleIn('judge', saddrIn('hosts'), { counter: 'seen' }, { drop: null }),
        ruleIn('judge', saddrIn('nets'), { drop: null }),
        ruleIn(
          'judge',
          {
            match: {
              op: '==',
              left: { payload: { protocol: 'tcp', field: 'dport' } },
              right: { set: [80, 443] },
            },
          },
          { accept: null },
        ),
        ruleIn('out', { jump: { target: 'judge' } }),
      ]);
    });

    it('makes the table again after it was deleted', () => {
      const before = listing();
      const image = capture();
      nft.run([{ delete: { table: TABLE } }]);
      elements.restoreTable(image, []);
      expect(listing()).toBe(before);
      expect(capture().fingerprint).toBe(image.fingerprint);
    });

    it('makes it with elements of any kind, more than one batch takes, in one transaction', () => {
      const image = capture();
      const net = encodeKey('ipv4_addr', { prefix: { addr: '10.0.0.0', len: 8 } });
      const verdict = { key, value: { jump: { target: 'judge' } } };
      const { id } = elements.generation();
      elements.restoreTable(image, [
        { action: 'add', set: hosts, elements: many() },
        { action: 'add', set: nets, elements: [net] },
        { action: 'add', set: verdicts, elements: [verdict] },
      ]);
      expect(elements.generation().id).toBe(id + 1);
      expect(elements.list(hosts)).toHaveLength(COUNT);
      expect([elements.list(nets), elements.list(verdicts)]).toEqual([[net], [verdict]]);
    });

    it('takes the place of whatever is there', () => {
      const before = listing();
      const image = capture();
      nft.run([
        { flush: { table: TABLE } },
        { delete: { set: nets } },
        { add: { chain: { family: TABLE.family, table: TABLE.name, name: 'theirs' } } },
      ]);
      elements.add(hosts, [{ key }]);
      expect(capture().fingerprint).not.toBe(image.fingerprint);
      elements.restoreTable(image, []);
      expect(listing()).toBe(before);
      expect(elements.list(hosts)).toEqual([]);
    });

    it('is the same whatever elements there are', () => {
      const image = capture();
      elements.add(hosts, [{ key }]);
      expect(capture().fingerprint).toBe(image.fingerprint);
    });

    it('changes nothing when an element is refused, and tells which', () => {
      const image = capture();
      elements.add(hosts, [{ key }]);
      const bad = { key: Uint8Array.of(1) };
      const error = thrown(() =>
        elements.restoreTable(image, [{ action: 'add', set: hosts, elements: [{ key }, bad] }]),
      );
      expect(error).toMatchObject({ index: 1 });
      expect(elements.list(hosts)).toEqual([{ key }]);
    });

    it('is none of a table that is not there', () => {
      expect(elements.captureTable({ family: 'inet', name: 'absent' })).toBeUndefined();
    });

    it('makes a table that nobody else may change or flush', () => {
      const image = capture();
      elements.restoreTable(image, [], { owner: true });
      expect(elements.findTable(TABLE)?.flags).toEqual(['owner', 'persist']);
      elements.add(hosts, [{ key }]);
      expect(elements.list(hosts)).toEqual([{ key }]);
      elements.restoreTable(image, [{ action: 'add', set: hosts, elements: [{ key }] }], { owner: true });
      expect(elements.list(hosts)).toEqual([{ key }]);
      elements.restoreTable(image, []);
      expect(elements.findTable(TABLE)?.flags).toEqual([]);
    });
  });

  it('a whole change is one batch however large', () => {
    const { id } = elements.generation();
    elements.apply([{ action: 'refresh', set: hosts, elements: many() }], { whole: true });
    expect(elements.generation().id).toBe(id + 1);
    expect(elements.list(hosts)).toHaveLength(COUNT);
  });
}
