import {
  encodeKey,
  type NftablesDriver,
  NftablesError,
  type RulesetChange,
  type RulesetMonitorDriver,
  type SetElementsDriver,
} from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Drivers, hosts, IN_TABLE, ruleIn, saddrIn, TABLE } from './table.ts';

export function announcementsContract(current: () => Drivers): void {
  let nft: NftablesDriver;
  let elements: SetElementsDriver;
  let monitor: RulesetMonitorDriver;
  beforeEach(() => {
    ({ nft, elements, monitor } = current());
  });

  describe('announcements', () => {
    const drain = () => {
      const changes: RulesetChange[] = [];
      expect(monitor.drain((change) => changes.push(change))).toEqual({ lost: false, more: false });
      return changes;
    };
    const words = (changes: RulesetChange[]) =>
      changes.map((change) => {
        if (change.kind === 'generation') return 'generation';
        const name =
          'name' in change
            ? change.name
            : 'chain' in change
              ? change.chain
              : 'set' in change
                ? change.set
                : '';
        return `${change.action} ${change.kind} ${change.table} ${name}`.trim();
      });

    it('end with a generation that tells who it was', () => {
      const { id, processId } = elements.generation();
      drain();
      nft.run([
        { add: { counter: { ...IN_TABLE, name: 'hits' } } },
        { add: { chain: { ...IN_TABLE, name: 'new' } } },
        { add: { set: { ...hosts, name: 'more' } } },
        ruleIn('new', { counter: 'hits' }),
      ]);
      const changes = drain();
      expect(words(changes).slice(0, -1).sort()).toEqual([
        'new chain contract new',
        'new object contract hits',
        'new rule contract new',
        'new set contract more',
      ]);
      expect(changes.at(-1)).toMatchObject({ kind: 'generation', action: 'new', id: id + 1, processId });
      expect(elements.generation().id).toBe(id + 1);
    });

    it('of elements carry the port of their driver, the key and the times', () => {
      drain();
      const { key } = encodeKey('ipv4_addr', '192.0.2.1');
      elements.add(hosts, [{ key, timeoutMs: 60_000, comment: 'c' }]);
      elements.delete(hosts, [{ key }]);
      const [added, , deleted, generation] = drain();
      expect(added).toMatchObject({ kind: 'element', action: 'new', portId: elements.portId, set: 'hosts' });
      expect(added).toMatchObject({
        elements: [{ key, timeoutMs: 60_000, comment: 'c' }],
      });
      expect(deleted).toMatchObject({
        kind: 'element',
        action: 'delete',
        table: 'contract',
        elements: [{ key }],
      });
      expect(generation).toMatchObject({ kind: 'generation', portId: elements.portId });
    });

    it('tell what goes with a table', () => {
      nft.run([ruleIn('out', saddrIn('hosts'), { drop: null })]);
      elements.add(hosts, [encodeKey('ipv4_addr', '192.0.2.1')]);
      drain();
      nft.run([{ flush: { ruleset: null } }]);
      const gone = words(drain());
      expect(gone).toContain('delete table contract');
      expect(gone).toContain('delete set contract hosts');
      expect(gone).toContain('delete rule contract out');
      expect(gone).toContain('delete chain contract out');
      expect(gone.at(-1)).toBe('generation');
      expect(gone.filter((word) => word.includes('element'))).toEqual([]);
    });

    it('are not made of what is only checked or refused', () => {
      drain();
      nft.check([{ delete: { table: TABLE } }]);
      expect(() => nft.run([{ delete: { set: { ...IN_TABLE, name: 'absent' } } }])).toThrow(NftablesError);
      expect(drain()).toEqual([]);
    });

    it('may be taken in parts', () => {
      drain();
      nft.run(Array.from({ length: 20 }, (_, i) => ({ add: { chain: { ...IN_TABLE, name: `c${i}` } } })));
      const changes: RulesetChange[] = [];
      expect(monitor.drain((change) => changes.push(change), 1)).toMatchObject({ more: true });
      while (monitor.drain((change) => changes.push(change), 1).more);
      expect(changes).toHaveLength(21);
    });
  });
}
