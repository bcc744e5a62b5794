import { Nftables, SetElements } from 'node-nftables';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { DeniedSets, type RangesByFamily } from '../../../src/enforcement/deny/denied-sets.ts';
import { Enforcer } from '../../../src/enforcement/enforcer.ts';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { Touched } from '../../../src/enforcement/touched.ts';
import { DenyIndex } from '../../../src/policy/matcher/deny-index.ts';
import { packPrefixes } from '../../../src/policy/prefix-packing.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

let namespace: ThreadNamespace;
let resources: DisposableStack;
let table: KernelTable;

beforeEach(() => {
  namespace = new ThreadNamespace();
  resources = new DisposableStack();
  table = new KernelTable(resources.use(Nftables.open()), resources.use(SetElements.open()));
});

afterEach(() => {
  resources.dispose();
  namespace[Symbol.dispose]();
});

function rangesOf(...prefixes: string[]): RangesByFamily {
  const index = new DenyIndex([packPrefixes(prefixes.map(parsePrefix))]);
  return { 4: index.ranges(4), 6: index.ranges(6) };
}

function load(sets: DeniedSets, ranges: RangesByFamily, afterStep: () => void = () => {}): void {
  sets.want(ranges);
  while (!sets.isDone) {
    sets.step(Date.now());
    afterStep();
  }
}

function listed(set: string): string[] {
  const listing = JSON.parse(namespace.run('nft', '-j', 'list', 'set', 'inet', 'penstock', set));
  const found: unknown[] = listing.nftables.at(-1).set.elem ?? [];
  return found.map((each) => JSON.stringify(each));
}

/** Of both sets of IPv4. */
function listed4(): string[] {
  return [...listed('denied4'), ...listed('deniedsingle4')];
}

/** Whether nft says that one of the sets holds an address. */
function holds4(address: string): boolean {
  return holds('denied4', address) || holds('deniedsingle4', address);
}

function holds(set: string, address: string): boolean {
  try {
    namespace.run('nft', 'get', 'element', 'inet', 'penstock', set, `{ ${address} }`);
    return true;
  } catch {
    return false;
  }
}

describe('deny lists in the kernel', () => {
  it('hold what the lists hold, in both families, and mend what others change', () => {
    const enforcer = new Enforcer(table);
    const sets = new DeniedSets(table);
    enforcer.reconcile(Date.now());
    sets.adopt();
    enforcer.hold(sets);
    load(sets, rangesOf('198.51.100.0/24', '203.0.113.9/32', '255.255.255.255/32', '2001:db8:bad::/48'));
    expect([listed('denied4').length, listed('deniedsingle4').length]).toEqual([1, 2]);
    expect(['198.51.100.255', '203.0.113.9', '255.255.255.255'].map(holds4)).toEqual([true, true, true]);
    expect([holds4('203.0.113.8'), holds('denied6', '2001:db8:bad::1')]).toEqual([false, true]);
    expect(enforcer.reconcile(Date.now()).differences).toEqual([]);
    namespace.run('nft', 'delete', 'element', 'inet', 'penstock', 'deniedsingle4', '{ 203.0.113.9 }');
    namespace.run('nft', 'delete', 'element', 'inet', 'penstock', 'denied4', '{ 198.51.100.0/24 }');
    namespace.run('nft', 'add', 'element', 'inet', 'penstock', 'denied4', '{ 192.0.2.1 }');
    expect(enforcer.reconcile(Date.now()).differences).toHaveLength(3);
    expect(['203.0.113.9', '198.51.100.1', '192.0.2.1'].map(holds4)).toEqual([true, true, false]);
    namespace.run('nft', 'delete', 'table', 'inet', 'penstock');
    enforcer.reconcile(Date.now());
    expect([listed4().length, listed('denied6').length]).toEqual([3, 1]);
  });

  it('too many to be mended while all else waits come back in steps, after the rest of the table', () => {
    const enforcer = new Enforcer(table);
    const sets = new DeniedSets(table);
    enforcer.reconcile(Date.now());
    sets.adopt();
    enforcer.hold(sets);
    const many = Array.from(
      { length: 60_000 },
      (_, i) => `11.${i >> 8}.${i & 255}.${i % 3 === 0 ? '0/24' : '1/32'}`,
    );
    load(sets, rangesOf(...many, '2001:db8:bad::/48'));
    const harms = [
      ['delete table inet penstock', Touched.everything()],
      ['flush set inet penstock deniedsingle4', Touched.all(['deniedsingle4'])],
    ] as const;
    for (const [harm, touched] of harms) {
      namespace.nft(harm);
      const { differences } = enforcer.reconcile(Date.now(), touched);
      expect(differences).toContain('deniedsingle4 holds something else: it is loaded anew');
      expect([sets.isDone, holds4('11.0.1.1')]).toEqual([false, false]);
      while (!sets.isDone) sets.step(Date.now());
      expect(enforcer.reconcile(Date.now()).differences).toEqual([]);
    }
    expect([listed('denied4').length, listed('deniedsingle4').length]).toEqual([20_000, 40_000]);
  });

  it('a long one is counted as a matter of routine, and read when its number is another', () => {
    const enforcer = new Enforcer(table);
    const sets = new DeniedSets(table);
    enforcer.reconcile(Date.now());
    sets.adopt();
    enforcer.hold(sets);
    load(sets, rangesOf(...Array.from({ length: 3_000 }, (_, i) => `11.${i >> 8}.${i & 255}.1/32`)));
    const read = vi.spyOn(table, 'readRanges');
    expect(enforcer.reconcile(Date.now()).differences).toEqual([]);
    expect(read.mock.calls.map(([set]) => set)).not.toContain('deniedsingle4');
    namespace.nft('delete element inet penstock deniedsingle4 { 11.0.7.1 }');
    expect(enforcer.reconcile(Date.now()).differences).toEqual(['missing: deniedsingle4 11.0.7.1']);
  });

  it('change to another list in steps, and an address on both never leaves', () => {
    table.install();
    const sets = new DeniedSets(table);
    // One network, then ten thousand pieces of it, then the network again: every step cuts what stands.
    const pieces = Array.from({ length: 10_000 }, (_, i) => `10.${i >> 8}.${i & 255}.128/25`);
    load(sets, rangesOf('10.0.0.0/8', '198.51.100.66/32'));
    // And 198.51.100.66 goes from one set to the other.
    let steps = 0;
    const check = () => {
      steps += 1;
      for (const both of ['10.0.0.200', '10.10.3.129', '10.19.135.255', '198.51.100.66'])
        expect(holds4(both)).toBe(true);
      expect(holds4('192.0.2.1')).toBe(false);
    };
    load(sets, rangesOf(...pieces, '198.51.100.64/30'), check);
    expect(steps).toBeGreaterThan(2);
    expect(holds4('10.0.0.1')).toBe(false);
    expect([listed('denied4').length, listed('deniedsingle4').length]).toEqual([10_001, 0]);
    load(sets, rangesOf('10.0.0.0/8', '198.51.100.66/32'), check);
    expect([listed('denied4').length, listed('deniedsingle4').length]).toEqual([1, 1]);
  });

  it('are taken over by a new daemon without a gap, and a new list may come in the middle of another', () => {
    table.install();
    load(new DeniedSets(table), rangesOf('198.51.100.0/24', '2001:db8:bad::/48'));
    const next = new DeniedSets(table);
    next.adopt();
    expect(next.count).toBe(2);
    const many = Array.from({ length: 5_000 }, (_, i) => `11.${i >> 8}.${i & 255}.1/32`);
    next.want(rangesOf(...many, '198.51.100.0/24'));
    next.step(Date.now());
    expect([next.isDone, holds('denied4', '198.51.100.7')]).toEqual([false, true]);
    load(next, rangesOf('198.51.100.0/24'), () => expect(holds('denied4', '198.51.100.7')).toBe(true));
    expect([listed('denied4').length, listed('denied6').length]).toEqual([1, 0]);
  });

  it('a step that the kernel refuses changes nothing and is tried again', () => {
    table.install();
    const sets = new DeniedSets(table);
    sets.want(rangesOf('198.51.100.0/24'));
    namespace.run('nft', 'delete', 'table', 'inet', 'penstock');
    expect(() => sets.step(Date.now())).toThrow(/change elements/);
    expect([sets.isDone, [...sets.elements()]]).toEqual([false, []]);
    table.install();
    while (!sets.isDone) sets.step(Date.now());
    expect(holds('denied4', '198.51.100.7')).toBe(true);
  });
});
