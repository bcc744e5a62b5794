import fc from 'fast-check';
import {
  decodeKey,
  encodeKey,
  isAlreadyExists,
  Nftables,
  type SetDefinition,
  type SetElement,
  SetElements,
} from 'node-nftables';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { thrown } from '../../unit/node-nftables/contract/table.ts';

const IN_TABLE = { family: 'inet', table: 'kept' } as const;
const SETS: SetDefinition[] = [
  { ...IN_TABLE, name: 'hosts', type: 'ipv4_addr', flags: ['timeout'] },
  { ...IN_TABLE, name: 'hosts6', type: 'ipv6_addr', flags: ['timeout'] },
  {
    ...IN_TABLE,
    name: 'flows',
    type: ['ipv4_addr', 'ipv4_addr', 'inet_proto', 'inet_service'],
    flags: ['timeout'],
  },
  { ...IN_TABLE, name: 'nets', type: 'ipv4_addr', flags: ['interval', 'timeout'] },
  { ...IN_TABLE, name: 'nets6', type: 'ipv6_addr', flags: ['interval', 'timeout'] },
  { ...IN_TABLE, name: 'pairs', type: ['ipv4_addr', 'ipv4_addr'], flags: ['interval', 'timeout'] },
  { ...IN_TABLE, name: 'pairs6', type: ['ipv6_addr', 'ipv6_addr'], flags: ['interval', 'timeout'] },
  { ...IN_TABLE, name: 'marks', type: 'mark', flags: ['timeout'] },
  { ...IN_TABLE, name: 'links', type: ['ifname', 'inet_service'], flags: ['timeout'] },
];
const named = new Map(SETS.map((set) => [set.name, set]));
const setNamed = (name: string) => named.get(name) as SetDefinition;

let namespace: ThreadNamespace;
let nft: Nftables;
let elements: SetElements;
beforeAll(() => {
  namespace = new ThreadNamespace();
  nft = Nftables.open();
  elements = SetElements.open();
  nft.run([{ add: { table: { family: 'inet', name: 'kept' } } }, ...SETS.map((set) => ({ add: { set } }))]);
});
afterEach(() => {
  nft.run(SETS.map((set) => ({ flush: { set } })));
});
afterAll(() => {
  elements.close();
  nft.close();
  namespace[Symbol.dispose]();
});

/** Lines of the `elements` of `nft list set`, which each element is one of. */
function printed(set: SetDefinition): string[] {
  const text = namespace.run('nft', 'list', 'set', 'inet', 'kept', set.name);
  const inside = /elements = \{([^}]*)\}/.exec(text)?.[1] ?? '';
  return inside
    .split(',')
    .map((part) => part.trim().replace(/\s+/g, ' '))
    .filter((part) => part !== '');
}

describe('what is added raw', () => {
  const cases: [string, Parameters<typeof encodeKey>[1], string][] = [
    ['hosts', '192.0.2.1', '192.0.2.1'],
    ['hosts6', '2001:db8::1', '2001:db8::1'],
    ['flows', { concat: ['192.0.2.1', '203.0.113.9', 6, 443] }, '192.0.2.1 . 203.0.113.9 . tcp . 443'],
    ['nets', { prefix: { addr: '10.0.0.0', len: 8 } }, '10.0.0.0/8'],
    ['nets', { range: ['10.0.0.1', '10.0.0.9'] }, '10.0.0.1-10.0.0.9'],
    ['nets', '10.0.0.1', '10.0.0.1'],
    ['nets', { prefix: { addr: '240.0.0.0', len: 4 } }, '240.0.0.0/4'],
    ['nets', { prefix: { addr: '0.0.0.0', len: 0 } }, '0.0.0.0/0'],
    ['nets6', { prefix: { addr: '2001:db8::', len: 32 } }, '2001:db8::/32'],
    ['nets6', { prefix: { addr: 'ff00::', len: 8 } }, 'ff00::/8'],
    ['pairs', { concat: ['192.0.2.1', { prefix: { addr: '10.0.0.0', len: 8 } }] }, '192.0.2.1 . 10.0.0.0/8'],
    ['pairs', { concat: ['192.0.2.1', '10.0.0.1'] }, '192.0.2.1 . 10.0.0.1'],
    ['pairs6', { concat: ['2001:db8::1', { prefix: { addr: 'fd00::', len: 8 } }] }, '2001:db8::1 . fd00::/8'],
    ['marks', 0x1234, '0x00001234'],
    ['links', { concat: ['eth0', 80] }, '"eth0" . 80'],
  ];

  it.each(cases)('is what nft lists: %s %j', (name, expression, text) => {
    const set = setNamed(name);
    elements.add(set, [encodeKey(set.type, expression)]);
    expect(printed(set)).toEqual([text]);
    expect(nft.listSet(set).elem).toEqual([expression]);
    expect(elements.list(set).map((element) => decodeKey(set.type, element))).toEqual([expression]);
  });

  it.each(SETS.map(({ name }) => name))('has its timeout, rest and comment in nft: %s', (name) => {
    const set = setNamed(name);
    const expression = cases.find(([of]) => of === name)?.[1] as (typeof cases)[0][1];
    const key = encodeKey(set.type, expression);
    elements.add(set, [{ ...key, timeoutMs: 3_600_000, expiresInMs: 2_400_000, comment: 'incident 7' }]);
    const [text] = printed(set);
    expect(text).toMatch(/timeout 1h expires (40m|39m59s\d*m?s?) comment "incident 7"$/);
    expect(nft.listSet(set).elem).toEqual([
      {
        elem: { val: expression, timeout: 3_600, expires: expect.closeTo(2_400, -1), comment: 'incident 7' },
      },
    ]);
  });

  it('is deleted by nft, and the other way round', () => {
    const set = setNamed('nets');
    const net = encodeKey(set.type, { prefix: { addr: '10.0.0.0', len: 8 } });
    elements.add(set, [net]);
    namespace.nft('delete element inet kept nets { 10.0.0.0/8 }');
    expect(elements.list(set)).toEqual([]);
    // nft puts an end without a start at 0.0.0.0.
    namespace.nft('add element inet kept nets { 10.0.0.0/8 timeout 1h, 192.0.2.1, 240.0.0.0/4 }');
    expect(elements.list(set).map((element) => decodeKey(set.type, element))).toEqual([
      { prefix: { addr: '10.0.0.0', len: 8 } },
      '192.0.2.1',
      { prefix: { addr: '240.0.0.0', len: 4 } },
    ]);
    elements.delete(set, elements.list(set));
    expect(printed(set)).toEqual([]);
  });
});

describe('intervals that touch', () => {
  const set = setNamed('nets');
  /** Cut 10.0.0.0 - 10.0.0.63 at some places; every piece is there or not. */
  const pieces = fc
    .record({
      cuts: fc.uniqueArray(fc.integer({ min: 1, max: 63 }), { maxLength: 12 }),
      there: fc.array(fc.boolean(), { minLength: 13, maxLength: 13 }),
      order: fc.array(fc.nat(), { minLength: 13, maxLength: 13 }),
    })
    .map(({ cuts, there, order }) => {
      const bounds = [0, ...cuts.toSorted((x, y) => x - y), 64];
      const all = bounds
        .slice(0, -1)
        .map((first, i) => ({ first, last: bounds[i + 1] - 1, order: order[i] }));
      return all.filter((_, i) => there[i]);
    });
  const key = (low: number) => Uint8Array.of(10, 0, 0, low);
  const elementOf = ({ first, last }: { first: number; last: number }): SetElement => ({
    key: key(first),
    keyEnd: key(last),
  });

  it('are listed and found each by itself, in whatever order they came', () => {
    fc.assert(
      fc.property(pieces, (intervals) => {
        nft.run([{ flush: { set } }]);
        for (const interval of intervals.toSorted((x, y) => x.order - y.order))
          elements.add(set, [elementOf(interval)]);
        expect(elements.list(set)).toEqual(intervals.map(elementOf));
        for (let low = 0; low < 64; low++) {
          const holder = intervals.find(({ first, last }) => first <= low && low <= last);
          expect(elements.get(set, key(low))).toEqual(holder && elementOf(holder));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('an interval that reaches the last key', () => {
  const set = setNamed('nets');
  const net = (first: string, last: string) => encodeKey(set.type, { range: [first, last] });

  it('is not checked for overlaps by the kernel when it starts where another does', () => {
    elements.add(set, [net('10.0.0.0', '10.0.0.255')]);
    expect(isAlreadyExists(thrown(() => elements.create(set, [net('10.0.0.0', '255.255.255.255')])))).toBe(
      true,
    );
    elements.add(set, [net('10.0.0.0', '255.255.255.255')]);
    expect(elements.list(set)).toEqual([net('10.0.0.0', '10.0.0.255')]);
  });
});

describe('a table', () => {
  it('shows its flags', () => {
    namespace.nft('add table inet asleep { flags dormant; }');
    expect(elements.findTable({ family: 'inet', name: 'asleep' })?.flags).toEqual(['dormant']);
  });
});

it('reads what elements have counted', () => {
  const set: SetDefinition = { ...IN_TABLE, name: 'counting', type: 'ipv4_addr', stmt: [{ counter: null }] };
  const place = { ...IN_TABLE, chain: 'out' };
  const daddr = { payload: { protocol: 'ip', field: 'daddr' } };
  nft.run([
    { add: { set } },
    { add: { chain: { ...IN_TABLE, name: 'out', type: 'filter', hook: 'output', prio: 0 } } },
    { add: { rule: { ...place, expr: [{ match: { op: '==', left: daddr, right: '@counting' } }] } } },
  ]);
  elements.add(set, [encodeKey(set.type, '127.0.0.7')]);
  namespace.run('ping', '-q', '-c3', '-i0.01', '-W1', '127.0.0.7');
  expect(elements.list(set)).toMatchObject([{ counter: { packets: 3, bytes: 3 * 84 } }]);
});

it('does not confirm what it could not hear, and goes on', () => {
  using deaf = SetElements.open({ receiveBufferBytes: 8_192 });
  const set = setNamed('hosts');
  const many = Array.from({ length: 2_000 }, (_, i) => ({ key: Uint8Array.of(10, 0, i >> 8, i & 255) }));
  expect(deaf.apply([{ action: 'create', set, elements: many }], { confirm: true })).toBe(false);
  expect(deaf.list(set)).toHaveLength(many.length);
  const change = { action: 'discard', set, elements: many.slice(0, 10) } as const;
  expect(deaf.apply([change], { confirm: true })).toBe(true);
});
