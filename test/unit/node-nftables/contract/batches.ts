import {
  encodeKey,
  isAlreadyExists,
  isBusy,
  isGenerationChanged,
  MAX_BATCH_ELEMENTS,
  type NftablesDriver,
  type SetElement,
  type SetElementsDriver,
} from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import { byKey, type Drivers, hosts, nets, ports, TABLE, thrown, verdicts } from './table.ts';

export function batchesContract(current: () => Drivers): void {
  let nft: NftablesDriver;
  let elements: SetElementsDriver;
  beforeEach(() => {
    ({ nft, elements } = current());
  });

  describe('maps', () => {
    it('are read with their values', () => {
      const port = { ...encodeKey('inet_service', 80), value: encodeKey('ipv4_addr', '192.0.2.1').key };
      const verdict = { ...encodeKey('ipv4_addr', '192.0.2.1'), value: { jump: { target: 'judge' } } };
      const drop = { ...encodeKey('ipv4_addr', '192.0.2.2'), value: { drop: null } };
      elements.add(ports, [port]);
      elements.add(verdicts, [verdict, drop]);
      expect(elements.list(ports)).toEqual([port]);
      expect(byKey(elements.list(verdicts))).toEqual([verdict, drop]);
      expect(elements.get(verdicts, verdict.key)).toEqual(verdict);
    });

    it('keep the value that is there', () => {
      const { key } = encodeKey('ipv4_addr', '192.0.2.1');
      elements.add(verdicts, [{ key, value: { drop: null } }]);
      const error = thrown(() => elements.add(verdicts, [{ key, value: { accept: null } }]));
      expect(isAlreadyExists(error) || isBusy(error)).toBe(true);
      expect(error).toMatchObject({ index: 0 });
      elements.apply([
        { action: 'delete', set: verdicts, elements: [{ key }] },
        { action: 'create', set: verdicts, elements: [{ key, value: { accept: null } }] },
      ]);
      expect(elements.get(verdicts, key)).toEqual({ key, value: { accept: null } });
    });
  });

  describe('apply', () => {
    const { key } = encodeKey('ipv4_addr', '192.0.2.1');
    const net = encodeKey('ipv4_addr', { prefix: { addr: '10.0.0.0', len: 8 } });

    it('changes several sets together', () => {
      elements.add(hosts, [{ key }]);
      elements.apply([
        { action: 'delete', set: hosts, elements: [{ key }] },
        { action: 'create', set: nets, elements: [net] },
      ]);
      expect([elements.list(hosts), elements.list(nets)]).toEqual([[], [net]]);
    });

    it('changes nothing when one of them fails, and tells which', () => {
      const error = thrown(() =>
        elements.apply([
          { action: 'create', set: nets, elements: [net] },
          { action: 'delete', set: hosts, elements: [{ key }] },
        ]),
      );
      expect(error).toMatchObject({ code: 'ENOENT', index: 1 });
      expect([elements.list(hosts), elements.list(nets)]).toEqual([[], []]);
    });

    it('tells which one fails, behind others that take several steps and intervals with an end', () => {
      const nets2 = ['10.0.0.0', '11.0.0.0'].map((addr) =>
        encodeKey('ipv4_addr', { prefix: { addr, len: 8 } }),
      );
      const absent = encodeKey('ipv4_addr', '192.0.2.9');
      const error = thrown(() =>
        elements.apply([
          { action: 'discard', set: hosts, elements: [] },
          { action: 'refresh', set: nets, elements: nets2 },
          { action: 'refresh', set: hosts, elements: [{ key }] },
          { action: 'delete', set: hosts, elements: [{ key }, absent] },
        ]),
      );
      expect(error).toMatchObject({ code: 'ENOENT', index: 4 });
      expect([elements.list(hosts), elements.list(nets)]).toEqual([[], []]);
    });

    it('goes by the generation it was made for', () => {
      const { id } = elements.generation();
      elements.apply([{ action: 'add', set: hosts, elements: [{ key }] }], { generation: id });
      const error = thrown(() =>
        elements.apply([{ action: 'delete', set: hosts, elements: [{ key }] }], { generation: id }),
      );
      expect(isGenerationChanged(error)).toBe(true);
      expect(elements.list(hosts)).toHaveLength(1);
    });

    it('creates one element after another, but none twice', () => {
      const create = (element: SetElement) =>
        elements.apply([{ action: 'create', set: hosts, elements: [element] }], { whole: true });
      const other = encodeKey('ipv4_addr', '192.0.2.2');
      const timed = { key: encodeKey('ipv4_addr', '192.0.2.3').key, timeoutMs: 60_000, expiresInMs: 30_000 };
      expect(create({ key })).toBe(false);
      expect(thrown(() => create({ key }))).toMatchObject({ code: 'EEXIST', index: 0 });
      expect(create(other)).toBe(false);
      expect(create(timed)).toBe(false);
      expect(thrown(() => create(other))).toMatchObject({ code: 'EEXIST', index: 0 });
      expect(elements.get(hosts, key)).toEqual({ key });
      expect(elements.get(hosts, timed.key)?.expiresInMs).toBeLessThanOrEqual(30_000);
      expect(elements.list(hosts)).toHaveLength(3);
    });

    it('creates nothing where the table is gone, and goes on when it is back', () => {
      const create = () => elements.apply([{ action: 'create', set: hosts, elements: [{ key }] }]);
      create();
      nft.run([{ delete: { table: TABLE } }]);
      expect(thrown(create)).toMatchObject({ code: 'ENOENT' });
      nft.run([{ add: { table: TABLE } }, { add: { set: hosts } }]);
      create();
      expect(elements.list(hosts)).toHaveLength(1);
    });

    it('takes no more than one batch', () => {
      const many = Array<SetElement>(MAX_BATCH_ELEMENTS + 1).fill({ key });
      const error = thrown(() => elements.apply([{ action: 'add', set: hosts, elements: many }]));
      expect(error).toMatchObject({ code: 'NFTABLES_INVALID' });
      elements.apply([]);
    });
  });
}
