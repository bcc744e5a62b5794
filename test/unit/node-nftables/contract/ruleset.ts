import {
  canonicalListing,
  encodeKey,
  isAlreadyExists,
  isNotFound,
  type NftablesDriver,
  type SetElementsDriver,
} from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Drivers,
  hosts,
  IN_TABLE,
  ports,
  ruleIn,
  rulesOf,
  saddrIn,
  TABLE,
  thrown,
  verdicts,
} from './table.ts';

export function rulesetContract(current: () => Drivers): void {
  let nft: NftablesDriver;
  let elements: SetElementsDriver;
  beforeEach(() => {
    ({ nft, elements } = current());
  });

  describe('transaction', () => {
    it('takes effect as a whole', () => {
      nft
        .transaction()
        .add({ table: { family: 'ip', name: 'other' } })
        .add({ chain: { family: 'ip', table: 'other', name: 'c' } })
        .create({ counter: { ...IN_TABLE, name: 'hits' } })
        .run();
      expect(nft.listTables()).toContainEqual({ family: 'ip', name: 'other' });
      expect(nft.listTables('ip')).toEqual([{ family: 'ip', name: 'other' }]);
      expect(nft.listTable(TABLE)).toContainEqual({
        counter: { ...IN_TABLE, name: 'hits', handle: expect.any(Number), packets: 0, bytes: 0 },
      });
    });

    it('leaves nothing when its last command fails', () => {
      const before = canonicalListing(nft.listTable(TABLE));
      const transaction = nft
        .transaction()
        .add({ table: { family: 'ip', name: 'other' } })
        .add({ element: { ...IN_TABLE, name: 'hosts', elem: '192.0.2.7' } })
        .flush({ chain: { ...IN_TABLE, name: 'out' } })
        .delete({ set: { ...IN_TABLE, name: 'absent' } });
      expect(isNotFound(thrown(() => transaction.run()))).toBe(true);
      expect(nft.listTables()).toEqual([TABLE]);
      expect(canonicalListing(nft.listTable(TABLE))).toBe(before);
    });

    it('is checked without taking effect', () => {
      const good = nft.transaction().add({ table: { family: 'ip', name: 'other' } });
      expect(good.check()).toBeUndefined();
      expect(nft.listTables()).toEqual([TABLE]);
      const bad = nft.transaction().create({ table: TABLE });
      expect(isAlreadyExists(thrown(() => bad.check()))).toBe(true);
    });

    it('without commands does nothing', () => {
      const { id } = elements.generation();
      nft.run([]);
      nft.check([]);
      expect(elements.generation().id).toBe(id);
    });

    it('makes a table anew by add, delete and add', () => {
      const handle = elements.findTable(TABLE)?.handle;
      nft.transaction().add({ table: TABLE }).delete({ table: TABLE }).add({ table: TABLE }).run();
      expect(nft.listTable(TABLE)).toHaveLength(1);
      expect(elements.findTable(TABLE)?.handle).not.toBe(handle);
    });
  });

  describe('rules', () => {
    it('are listed in their order, with handles', () => {
      nft.run([
        ruleIn('out', { accept: null }),
        ruleIn('out', saddrIn('hosts'), { counter: null }, { drop: null }),
        { insert: { rule: { ...IN_TABLE, chain: 'out', expr: [{ return: null }], comment: 'first' } } },
      ]);
      const rules = rulesOf(nft.listChain({ ...IN_TABLE, name: 'out' }), 'out');
      expect(rules.map(({ expr }) => expr)).toEqual([
        [{ return: null }],
        [{ accept: null }],
        [saddrIn('hosts'), { counter: { packets: 0, bytes: 0 } }, { drop: null }],
      ]);
      expect(rules[0].comment).toBe('first');
      expect(new Set(rules.map(({ handle }) => handle)).size).toBe(3);
    });

    it('are replaced, placed and deleted by handle', () => {
      nft.run([ruleIn('out', { accept: null }), ruleIn('out', { drop: null })]);
      const [first, second] = rulesOf(nft.listTable(TABLE), 'out');
      const at = { ...IN_TABLE, chain: 'out' };
      nft
        .transaction()
        .replace({ ...at, handle: first.handle, expr: [{ return: null }] })
        .add({ rule: { ...at, handle: second.handle, expr: [{ continue: null }] } })
        .insert({ ...at, handle: second.handle, expr: [{ jump: { target: 'judge' } }] })
        .run();
      nft.run([{ delete: { rule: { ...at, handle: second.handle } } }]);
      expect(rulesOf(nft.listTable(TABLE), 'out').map(({ expr }) => expr)).toEqual([
        [{ return: null }],
        [{ jump: { target: 'judge' } }],
        [{ continue: null }],
      ]);
      expect(isNotFound(thrown(() => nft.run([{ delete: { rule: { ...at, handle: 9_999 } } }])))).toBe(true);
    });

    it('go with their chain, and by flush', () => {
      nft.run([ruleIn('judge', { accept: null }), ruleIn('out', { drop: null })]);
      nft.run([{ delete: { chain: { ...IN_TABLE, name: 'judge' } } }, { flush: { table: TABLE } }]);
      const listing = nft.listTable(TABLE);
      expect(listing.filter((object) => 'rule' in object)).toEqual([]);
      expect(listing.flatMap((object) => ('chain' in object ? [object.chain.name] : []))).toEqual(['out']);
    });

    it('follow a renamed chain', () => {
      nft.run([
        ruleIn('judge', { accept: null }),
        { rename: { chain: { ...IN_TABLE, name: 'judge', newname: 'j' } } },
      ]);
      expect(rulesOf(nft.listChain({ ...IN_TABLE, name: 'j' }), 'j')).toHaveLength(1);
    });
  });

  describe('lists', () => {
    it('a set with its elements, or tersely without', () => {
      nft.run([
        {
          add: {
            element: {
              ...IN_TABLE,
              name: 'hosts',
              elem: [{ elem: { val: '192.0.2.1', timeout: 3_600, comment: 'why' } }],
            },
          },
        },
      ]);
      const { elem, ...rest } = nft.listSet(hosts);
      expect(rest).toEqual({ ...hosts, handle: expect.any(Number) });
      expect(elem).toEqual([
        { elem: { val: '192.0.2.1', timeout: 3_600, expires: expect.any(Number), comment: 'why' } },
      ]);
      expect(nft.listSet(hosts, { terse: true })).toEqual(rest);
      expect(canonicalListing(nft.listTable(TABLE, { terse: true }))).not.toContain('192.0.2.1');
    });

    it('maps with their values', () => {
      nft.run([
        { add: { element: { ...IN_TABLE, name: 'ports', elem: [[80, '192.0.2.1']] } } },
        {
          add: {
            element: { ...IN_TABLE, name: 'verdicts', elem: [['192.0.2.1', { jump: { target: 'judge' } }]] },
          },
        },
      ]);
      expect(nft.listMap(ports).elem).toEqual([[80, '192.0.2.1']]);
      expect(nft.listMap(verdicts).elem).toEqual([['192.0.2.1', { jump: { target: 'judge' } }]]);
    });

    it('the same text after elements went and came in another order', () => {
      const [one, two] = ['192.0.2.1', '192.0.2.2'].map((address) => encodeKey('ipv4_addr', address));
      elements.add(hosts, [{ ...one, timeoutMs: 3_600_000 }, two]);
      const before = canonicalListing(nft.listTable(TABLE));
      nft.run([{ flush: { set: hosts } }]);
      expect(canonicalListing(nft.listTable(TABLE))).not.toBe(before);
      elements.add(hosts, [two]);
      elements.add(hosts, [{ ...one, timeoutMs: 3_600_000, expiresInMs: 60_000 }]);
      expect(canonicalListing(nft.listTable(TABLE))).toBe(before);
    });
  });
}
