import { canonicalListing, type Listing } from 'node-nftables';
import { describe, expect, it } from 'vitest';

const place = { family: 'inet', table: 't' };
const rule = (chain: string, handle: number, ...expr: unknown[]) => ({
  rule: { ...place, chain, handle, expr },
});
const set = (more: object) => ({ set: { ...place, name: 's', type: 'ipv4_addr', handle: 3, ...more } });
const text = (...objects: object[]) => canonicalListing(objects as unknown as Listing);

describe('canonical listing', () => {
  const same: [string, object[], object[]][] = [
    ['handles', [rule('c', 1, { drop: null })], [rule('c', 2, { drop: null })]],
    [
      'counted packets and bytes',
      [
        rule('c', 1, { counter: { packets: 5, bytes: 300 } }),
        { counter: { ...place, name: 'x', packets: 1, bytes: 2 } },
      ],
      [
        rule('c', 1, { counter: { packets: 0, bytes: 0 } }),
        { counter: { ...place, name: 'x', packets: 9, bytes: 8 } },
      ],
    ],
    [
      'the used part of a quota',
      [{ quota: { ...place, name: 'q', bytes: 10, used: 3 } }],
      [{ quota: { ...place, name: 'q', bytes: 10, used: 0 } }],
    ],
    [
      'what is left of a timeout',
      [set({ elem: [{ elem: { val: '1.1.1.1', timeout: 60, expires: 5 } }] })],
      [set({ elem: [{ elem: { val: '1.1.1.1', timeout: 60, expires: 50 } }] })],
    ],
    [
      'the order of elements',
      [set({ elem: ['1.1.1.1', '2.2.2.2'] })],
      [set({ elem: ['2.2.2.2', '1.1.1.1'] })],
    ],
    ['one element without an array', [set({ elem: '1.1.1.1' })], [set({ elem: ['1.1.1.1'] })]],
    [
      'the order of an anonymous set',
      [rule('c', 1, { match: { op: '==', left: 'x', right: { set: [80, 443] } } })],
      [rule('c', 1, { match: { op: '==', left: 'x', right: { set: [443, 80] } } })],
    ],
    ['one flag without an array', [set({ flags: 'timeout' })], [set({ flags: ['timeout'] })]],
    [
      'the order of flags',
      [set({ flags: ['timeout', 'interval'] })],
      [set({ flags: ['interval', 'timeout'] })],
    ],
    [
      'the flag that old versions do not list',
      [set({ flags: ['dynamic', 'timeout'] })],
      [set({ flags: ['timeout'] })],
    ],
    [
      'the flags of a table, which old versions garble',
      [{ table: { family: 'inet', name: 't', flags: 'Lester' } }],
      [{ table: { family: 'inet', name: 't' } }],
    ],
    [
      'the order of properties',
      [{ counter: { ...place, name: 'x' } }],
      [{ counter: { name: 'x', ...place } }],
    ],
    [
      'the order of objects',
      [
        { chain: { ...place, name: 'b' } },
        { chain: { ...place, name: 'a' } },
        { counter: { ...place, name: 'x' } },
      ],
      [
        { counter: { ...place, name: 'x' } },
        { chain: { ...place, name: 'a' } },
        { chain: { ...place, name: 'b' } },
      ],
    ],
    [
      'the order of chains, around their rules',
      [rule('b', 1, { drop: null }), rule('a', 2, { accept: null })],
      [rule('a', 1, { accept: null }), rule('b', 2, { drop: null })],
    ],
  ];
  it.each(same)('does not depend on %s', (_, x, y) => {
    expect(text(...x)).toBe(text(...y));
  });

  /**
   * The same set and chain as other versions of nft print them: flags as a string (1.1.5 and later, for one flag) or
   * an array, keys that did not exist before, `elem` wrapped or bare, `metainfo` in front.
   */
  const prints: [string, object[]][] = [
    [
      '1.0.6',
      [
        { metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 } },
        { table: { family: 'inet', name: 't', handle: 1 } },
        set({ flags: ['timeout'], elem: [{ elem: { val: '1.1.1.1', timeout: 60, expires: 59 } }] }),
        {
          chain: {
            ...place,
            name: 'c',
            handle: 4,
            type: 'filter',
            hook: 'output',
            prio: -5,
            policy: 'accept',
          },
        },
        rule('c', 5, { match: { op: '==', left: 'x', right: '@s' } }, { counter: 'n' }, { drop: null }),
      ],
    ],
    [
      '1.1.1, a table with an owner',
      [
        { metainfo: { version: '1.1.1', release_name: 'Commodore Bullmoose #2', json_schema_version: 1 } },
        { table: { family: 'inet', name: 't', handle: 9, flags: ['owner', 'persist'] } },
        {
          chain: {
            ...place,
            name: 'c',
            handle: 7,
            type: 'filter',
            hook: 'output',
            prio: -5,
            policy: 'accept',
          },
        },
        set({ flags: ['timeout'], elem: [{ elem: { val: '1.1.1.1', timeout: 60, expires: 12 } }] }),
        rule('c', 8, { match: { op: '==', left: 'x', right: '@s' } }, { counter: 'n' }, { drop: null }),
      ],
    ],
    [
      '1.1.5, one flag as a string',
      [
        { metainfo: { version: '1.1.5', release_name: 'Commodore Bullmoose #6', json_schema_version: 1 } },
        { table: { family: 'inet', name: 't', handle: 1, flags: 'owner' } },
        set({ flags: 'timeout', elem: { elem: { val: '1.1.1.1', timeout: 60, expires: 1 } } }),
        {
          chain: {
            ...place,
            name: 'c',
            handle: 4,
            type: 'filter',
            hook: 'output',
            prio: -5,
            policy: 'accept',
          },
        },
        rule('c', 5, { match: { op: '==', left: 'x', right: '@s' } }, { counter: 'n' }, { drop: null }),
      ],
    ],
  ];
  it('is the same for what every version of nft prints of one table', () => {
    const texts = prints.map(([, objects]) => text(...objects.filter((each) => !('metainfo' in each))));
    expect(new Set(texts).size).toBe(1);
  });

  const different: [string, object[], object[]][] = [
    [
      'the order of rules',
      [rule('c', 1, { drop: null }), rule('c', 2, { accept: null })],
      [rule('c', 1, { accept: null }), rule('c', 2, { drop: null })],
    ],
    ['the elements', [set({ elem: ['1.1.1.1'] })], [set({ elem: ['1.1.1.2'] })]],
    [
      'the timeout of an element',
      [set({ elem: [{ elem: { val: 1, timeout: 1 } }] })],
      [set({ elem: [{ elem: { val: 1, timeout: 2 } }] })],
    ],
    ['the flags of a set', [set({ flags: ['timeout'] })], [set({})]],
    [
      'the policy of a chain',
      [{ chain: { ...place, name: 'c', policy: 'drop' } }],
      [{ chain: { ...place, name: 'c', policy: 'accept' } }],
    ],
    [
      'a statement that it has no type for',
      [rule('c', 1, { synproxy: { mss: 1 } })],
      [rule('c', 1, { synproxy: { mss: 2 } })],
    ],
  ];
  it.each(different)('depends on %s', (_, x, y) => {
    expect(text(...x)).not.toBe(text(...y));
  });

  it('is one line of JSON an object', () => {
    expect(text(set({ elem: ['b', 'a'] }), { table: { name: 't', family: 'inet', handle: 1 } })).toBe(
      '{"table":{"family":"inet","name":"t"}}\n' +
        '{"set":{"elem":["a","b"],"family":"inet","name":"s","table":"t","type":"ipv4_addr"}}\n',
    );
  });
});
