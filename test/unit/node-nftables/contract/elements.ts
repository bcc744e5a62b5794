import {
  encodeKey,
  isAlreadyExists,
  isNotFound,
  isSetFull,
  MAX_BATCH_ELEMENTS,
  type MapDefinition,
  type NftablesDriver,
  type SetDefinition,
  type SetElement,
  type SetElementsDriver,
} from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import { byKey, type Drivers, flows, hosts, IN_TABLE, SAMPLES, TABLE, thrown } from './table.ts';

export function elementsContract(current: () => Drivers): void {
  let nft: NftablesDriver;
  let elements: SetElementsDriver;
  beforeEach(() => {
    ({ nft, elements } = current());
  });

  describe.each(SAMPLES.map(([set, one, two]) => ({ name: set.name, set, one, two })))(
    'elements of $name',
    ({ set, one, two }) => {
      const isInterval = set.flags?.includes('interval') ?? false;
      const asRead = (element: SetElement) =>
        isInterval ? { ...element, keyEnd: element.keyEnd ?? element.key } : element;

      it('are read as they were added', () => {
        const timed = { ...one, timeoutMs: 3_600_000, expiresInMs: 2_400_000, comment: 'incident 7 — süß' };
        elements.add(set, [timed, two]);
        const [first, second] = byKey(elements.list(set)).toSorted((x) => (x.timeoutMs ? -1 : 1));
        expect(first).toEqual({ ...asRead(timed), expiresInMs: expect.closeTo(2_400_000, -4) });
        expect(second).toEqual(asRead(two));
      });

      it('are found one by one', () => {
        elements.add(set, [{ ...one, comment: 'c' }]);
        expect(elements.get(set, one.key)).toEqual({ ...asRead(one), comment: 'c' });
        expect(elements.get(set, one.keyEnd ?? one.key)).toEqual({ ...asRead(one), comment: 'c' });
        expect(elements.get(set, two.key)).toBeUndefined();
        expect(elements.get({ ...set, name: 'absent' }, one.key)).toBeUndefined();
        expect(elements.get({ ...set, table: 'absent' }, one.key)).toBeUndefined();
      });

      it('are added twice, but created once', () => {
        elements.add(set, [one]);
        elements.add(set, [one]);
        expect(elements.list(set)).toHaveLength(1);
        const error = thrown(() => elements.create(set, [two, one]));
        expect(isAlreadyExists(error)).toBe(true);
        expect(error).toMatchObject({ index: 1, operation: 'create elements' });
        expect(elements.list(set)).toHaveLength(1);
      });

      it('are deleted once', () => {
        elements.add(set, [one, two]);
        elements.delete(set, [one]);
        expect(elements.list(set)).toEqual([asRead(two)]);
        const error = thrown(() => elements.delete(set, [two, one]));
        expect(isNotFound(error)).toBe(true);
        expect(error).toMatchObject({ index: 1, code: 'ENOENT' });
        expect(elements.list(set)).toEqual([asRead(two)]);
      });

      it('are discarded whether they are there or not', () => {
        elements.add(set, [one]);
        elements.discard(set, [one, two]);
        expect(elements.list(set)).toEqual([]);
      });

      it('are refreshed whether they are there or not', () => {
        elements.add(set, [{ ...one, timeoutMs: 60_000, comment: 'old' }]);
        elements.refresh(set, [
          { ...one, timeoutMs: 7_200_000, expiresInMs: 7_000_000, comment: 'new' },
          two,
        ]);
        expect(elements.list(set)).toHaveLength(2);
        expect(elements.get(set, one.key)).toEqual({
          ...asRead(one),
          timeoutMs: 7_200_000,
          expiresInMs: expect.closeTo(7_000_000, -4),
          comment: 'new',
        });
        elements.refresh(set, [one]);
        expect(elements.get(set, one.key)).toEqual(asRead(one));
      });

      it('expire, and are then like never added', async () => {
        elements.add(set, [{ ...one, timeoutMs: 60_000, expiresInMs: 40 }, two]);
        await current().pass(100);
        expect(elements.get(set, one.key)).toBeUndefined();
        expect(elements.list(set)).toEqual([asRead(two)]);
        expect(isNotFound(thrown(() => elements.delete(set, [one])))).toBe(true);
        elements.discard(set, [one]);
        elements.create(set, [{ ...one, timeoutMs: 60_000 }]);
        expect(elements.list(set)).toHaveLength(2);
        expect(elements.get(set, one.key)).toMatchObject({ timeoutMs: 60_000 });
      });

      it('are flushed with the set', () => {
        elements.add(set, [one, two]);
        nft.run([{ flush: { set } }]);
        expect(elements.list(set)).toEqual([]);
      });

      it('must fit the key', () => {
        const error = thrown(() =>
          elements.add(set, [two, { key: one.key.subarray(1), keyEnd: one.key.subarray(1) }]),
        );
        expect(error).toMatchObject({ code: 'EINVAL', index: 1 });
        expect(elements.list(set)).toEqual([]);
      });
    },
  );

  describe('elements that count', () => {
    const counting: SetDefinition = {
      ...flows,
      name: 'counting',
      flags: ['interval'],
      stmt: [{ counter: null }],
    };
    const key = encodeKey(flows.type, {
      concat: [{ prefix: { addr: '192.0.2.0', len: 24 } }, '203.0.113.9', 'tcp', { range: [80, 443] }],
    });

    it('are read with what they have counted, which begins with nothing', () => {
      nft.run([{ add: { set: counting } }]);
      elements.add(counting, [key]);
      const counter = { packets: 0, bytes: 0 };
      expect(elements.list(counting)).toEqual([{ ...key, counter }]);
      expect(elements.get(counting, key.key)).toEqual({ ...key, counter });
    });
  });

  describe('a map from families to verdicts', () => {
    const byFamily: MapDefinition = { ...IN_TABLE, name: 'by_family', type: 'nf_proto', map: 'verdict' };

    it('is changed in one batch with a set', () => {
      nft.run([{ add: { map: byFamily } }]);
      const to = { ...encodeKey('nf_proto', 'ipv6'), value: { goto: { target: 'judge' } } };
      elements.apply([
        { action: 'refresh', set: byFamily, elements: [to] },
        { action: 'create', set: hosts, elements: [encodeKey(hosts.type, '192.0.2.1')] },
      ]);
      expect(elements.list(byFamily)).toEqual([{ key: Uint8Array.of(10), value: to.value }]);
      const other = { ...to, value: { drop: null } };
      expect(isAlreadyExists(thrown(() => elements.refresh(byFamily, [other])))).toBe(true);
      elements.apply([
        { action: 'delete', set: byFamily, elements: [to] },
        { action: 'create', set: byFamily, elements: [other] },
      ]);
      expect(elements.list(byFamily)).toEqual([{ key: Uint8Array.of(10), value: { drop: null } }]);
      expect(nft.listMap(byFamily)).toMatchObject({ type: 'nf_proto', elem: [['ipv6', { drop: null }]] });
    });
  });

  describe('many elements', () => {
    const numbered = (count: number, from = 0) =>
      Array.from(
        { length: count },
        (_, i): SetElement => ({ key: Uint8Array.of(10, 0, (from + i) >> 8, i & 255) }),
      );

    it('go in batches, each of which holds or not', () => {
      const three = Array.from({ length: MAX_BATCH_ELEMENTS * 2 + 1 }, (_, i) => ({
        key: Uint8Array.of(10, i >> 16, i >> 8, i),
      }));
      elements.add(hosts, [three[5_000]]);
      const error = thrown(() => elements.create(hosts, three));
      expect(error).toMatchObject({ code: 'EEXIST', index: 5_000 });
      expect(elements.list(hosts)).toHaveLength(MAX_BATCH_ELEMENTS + 1);
      elements.refresh(hosts, three);
      expect(elements.list(hosts)).toHaveLength(three.length);
      elements.delete(hosts, three);
      expect(elements.list(hosts)).toEqual([]);
    });

    it('do not exceed the size of the set', () => {
      nft.run([{ add: { set: { ...hosts, name: 'small', size: 2 } } }]);
      const small = { ...hosts, name: 'small' };
      elements.add(small, numbered(2));
      expect(isSetFull(thrown(() => elements.add(small, numbered(1, 700))))).toBe(true);
    });
  });

  describe('table', () => {
    it('is found while it is there', () => {
      expect(elements.findTable(TABLE)).toEqual({ handle: expect.any(BigInt), flags: [] });
      expect(elements.findTable({ family: 'ip', name: TABLE.name })).toBeUndefined();
      nft.run([{ delete: { table: TABLE } }]);
      expect(elements.findTable(TABLE)).toBeUndefined();
    });
  });
}
