import { encodeKey, isAlreadyExists, type SetElement, type SetElementsDriver } from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Drivers, exceptions, nets, thrown } from './table.ts';

export function intervalsContract(current: () => Drivers): void {
  let elements: SetElementsDriver;
  beforeEach(() => {
    ({ elements } = current());
  });

  describe('intervals', () => {
    const net = (first: string, last: string) => encodeKey('ipv4_addr', { range: [first, last] });
    const there = net('10.0.0.0', '10.0.0.255');
    const overlapping: [string, SetElement][] = [
      ['the lower part', net('10.0.0.0', '10.0.0.127')],
      ['the upper part', net('10.0.0.128', '10.0.0.255')],
      ['the inside', net('10.0.0.5', '10.0.0.6')],
      ['one address', net('10.0.0.255', '10.0.0.255')],
      ['across the lower end', net('9.255.255.0', '10.0.0.0')],
      ['across the upper end', net('10.0.0.255', '10.0.1.0')],
      ['around', net('9.0.0.0', '11.0.0.0')],
      ['the same and more', net('10.0.0.0', '10.0.1.255')],
    ];
    it.each(overlapping)('must not overlap: %s', (_, element) => {
      elements.add(nets, [there]);
      for (const action of ['add', 'create', 'refresh', 'discard'] as const) {
        const error = thrown(() => elements[action](nets, [net('1.0.0.0', '1.0.0.1'), element]));
        expect(isAlreadyExists(error), action).toBe(true);
        expect(error).toMatchObject({ index: 1 });
      }
      expect(elements.list(nets)).toEqual([there]);
    });

    it('may touch, and are found by any key inside', () => {
      const below = net('9.255.255.255', '9.255.255.255');
      const above = net('10.0.1.0', '10.0.1.0');
      elements.add(nets, [above, there, below]);
      expect(elements.list(nets)).toEqual([below, there, above]);
      const at = (address: string) => elements.get(nets, encodeKey('ipv4_addr', address).key);
      expect(at('10.0.0.0')).toEqual(there);
      expect(at('10.0.0.77')).toEqual(there);
      expect(at('10.0.0.255')).toEqual(there);
      expect(at('9.255.255.255')).toEqual(below);
      expect(at('10.0.1.0')).toEqual(above);
      expect(at('10.0.1.1')).toBeUndefined();
      expect(at('9.255.255.254')).toBeUndefined();
      elements.delete(nets, [there]);
      expect(elements.list(nets)).toEqual([below, above]);
    });

    it('are told one by one, as bytes, and by number', () => {
      const [low, high] = [net('0.0.0.0', '0.0.0.9'), net('250.0.0.0', '255.255.255.255')];
      elements.add(nets, [high, there, low]);
      const scanned: SetElement[] = [];
      elements.scan(nets, () => {
        scanned.length = 0;
        return (element) => scanned.push(element);
      });
      expect(scanned).toEqual([low, there, high]);
      const ends = [low, there, high].flatMap(({ key, keyEnd = key }) => [key, keyEnd]);
      expect(Buffer.from(elements.ranges(nets))).toEqual(Buffer.concat(ends));
      const before = elements.count(nets);
      elements.delete(nets, [there]);
      if (before !== undefined) expect(elements.count(nets)).toBeLessThan(before);
    });

    it('may span everything', () => {
      const all = net('0.0.0.0', '255.255.255.255');
      elements.add(nets, [all]);
      expect(elements.list(nets)).toEqual([all]);
      expect(elements.get(nets, encodeKey('ipv4_addr', '255.255.255.255').key)).toEqual(all);
      elements.delete(nets, [all]);
      expect(elements.list(nets)).toEqual([]);
    });

    it('of concatenations are refused when an end of the new one is taken', () => {
      const pair = (first: string, last: string) =>
        encodeKey(exceptions.type, { concat: ['192.0.2.1', { range: [first, last] }] });
      elements.add(exceptions, [pair('10.0.0.0', '10.0.0.255')]);
      for (const [first, last] of [
        ['10.0.0.0', '10.0.0.7'],
        ['10.0.0.7', '10.0.0.255'],
        ['10.0.0.255', '10.0.1.0'],
        ['9.0.0.0', '10.0.0.0'],
      ]) {
        expect(isAlreadyExists(thrown(() => elements.add(exceptions, [pair(first, last)])))).toBe(true);
      }
      elements.add(exceptions, [pair('9.0.0.0', '11.0.0.0')]);
      expect(elements.list(exceptions)).toHaveLength(2);
    });
  });
}
