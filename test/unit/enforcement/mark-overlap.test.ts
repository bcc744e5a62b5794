import type { Listing, NftablesDriver } from 'node-nftables';
import { NftablesError } from 'node-nftables';
import { describe, expect, it } from 'vitest';
import { markBits, markOverlaps } from '../../../src/enforcement/mark-overlap.ts';

const mark = { ct: { key: 'mark' } };
const match = (left: unknown, right: unknown) => ({ match: { op: '==', left, right } });
const set = (value: unknown, key: unknown = mark) => ({ mangle: { key, value } });
const rules = (...statements: unknown[]): Listing =>
  statements.map((each) => ({ rule: { expr: [each] } })) as unknown as Listing;

describe('bits of the connection mark that rules use', () => {
  // As nft 1.0.6 lists these rules with --json.
  it.each<[string, unknown, number]>([
    ['tcp dport 22 accept', match({ payload: { protocol: 'tcp', field: 'dport' } }, 22), 0],
    ['ct mark 1', match(mark, 1), 0xffffffff],
    ['ct mark & 0xff == 1', match({ '&': [mark, 0xff] }, 1), 0xff],
    ['ct mark set 1', set(1), 0xffffffff],
    ['ct mark set ct mark | 0x10', set({ '|': [mark, 0x10] }), 0x10],
    ['ct mark set ct mark & 0xffffff00 | 1', set({ '|': [{ '&': [mark, 0xffffff00] }, 1] }), 0xff],
    ['ct mark set ct mark ^ 3', set({ '^': [mark, 3] }), 3],
    ['ct mark set meta mark', set({ meta: { key: 'mark' } }), 0xffffffff],
    ['meta mark set ct mark', set(mark, { meta: { key: 'mark' } }), 0xffffffff],
    ['meta mark set ct mark & 0xf', set({ '&': [mark, 0xf] }, { meta: { key: 'mark' } }), 0xf],
    ['ct mark vmap @v', { vmap: { key: mark, data: '@v' } }, 0xffffffff],
    ['ct state new', match({ ct: { key: 'state' } }, 'new'), 0],
  ])('%s', (_, statement, bits) => {
    expect(markBits(rules(statement))).toBe(bits);
  });

  it('of several rules are added up', () => {
    expect(markBits(rules(set({ '|': [mark, 1] }), match({ '&': [mark, 0x80000000] }, 0)))).toBe(0x80000001);
  });
});

describe('who else uses our bits', () => {
  const tables: Record<string, Listing | Error> = {
    penstock: rules(set(1)),
    mangle: rules(set({ '|': [mark, 0x10000001] })),
    low: rules(set({ '|': [mark, 0xff] })),
    old: rules({ xt: { type: 'target', name: 'CONNMARK' } }),
    gone: new NftablesError({ operation: 'list table', errno: 2, problem: 'no such table' } as never),
  };
  const nft = {
    listTables: () => Object.keys(tables).map((name) => ({ family: 'inet', name })),
    listTable: ({ name }: { name: string }) => {
      const found = tables[name];
      if (found instanceof Error) throw found;
      return found;
    },
  } as Pick<NftablesDriver, 'listTables' | 'listTable'>;

  it('is told by table, our own left out', () => {
    expect(markOverlaps(nft, 0xf0000000, [{ family: 'inet', name: 'penstock' }])).toEqual([
      'table inet mangle uses 0x10000000 of the connection mark, which are ours (0xf0000000)',
      'table inet old has rules of xtables about the connection mark: which bits is not told',
    ]);
  });
});
