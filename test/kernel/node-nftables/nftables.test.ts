import {
  type Command,
  canonicalListing,
  isAlreadyExists,
  isNotFound,
  Nftables,
  NftablesError,
  SetElements,
  type Statement,
} from 'node-nftables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { thrown } from '../../unit/node-nftables/contract/table.ts';

let namespace: ThreadNamespace;
let nft: Nftables;
beforeAll(() => {
  namespace = new ThreadNamespace();
  nft = Nftables.open();
});
afterAll(() => {
  nft.close();
  namespace[Symbol.dispose]();
});

const TABLE = { family: 'inet', name: 'every' } as const;
const IN_TABLE = { family: 'inet', table: 'every' } as const;
const saddr = { payload: { protocol: 'ip', field: 'saddr' } } as const;
const daddr = { payload: { protocol: 'ip', field: 'daddr' } } as const;
const dport = { payload: { protocol: 'tcp', field: 'dport' } } as const;

/** Each as nft lists it again, so that what is read equals what was written. */
const RULES: Record<string, Statement[]> = {
  'connection state': [
    { match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'related'] } },
    { accept: null },
  ],
  'address before translation': [
    { match: { op: '==', left: { ct: { key: 'ip daddr', dir: 'original' } }, right: '@hosts' } },
    { drop: null },
  ],
  concatenation: [
    {
      match: {
        op: '==',
        left: {
          concat: [
            saddr,
            daddr,
            { meta: { key: 'l4proto' } },
            { payload: { protocol: 'th', field: 'dport' } },
          ],
        },
        right: '@flows',
      },
    },
    { counter: 'hits' },
    { drop: null },
  ],
  'prefix and not': [
    { match: { op: '!=', left: saddr, right: { prefix: { addr: '10.0.0.0', len: 8 } } } },
    { return: null },
  ],
  range: [
    { match: { op: '==', left: dport, right: { range: [1_000, 2_000] } } },
    { counter: { packets: 0, bytes: 0 } },
  ],
  'anonymous set': [
    { match: { op: '==', left: dport, right: { set: [22, { range: [80, 90] }] } } },
    { jump: { target: 'judge' } },
  ],
  bits: [
    { match: { op: '==', left: { '&': [{ ct: { key: 'mark' } }, 255] }, right: 1 } },
    { mangle: { key: { meta: { key: 'mark' } }, value: 5 } },
  ],
  'verdict map': [
    {
      vmap: {
        key: { meta: { key: 'nfproto' } },
        data: {
          set: [
            ['ipv4', { jump: { target: 'judge' } }],
            ['ipv6', { return: null }],
          ],
        },
      },
    },
  ],
  'named verdict map': [{ vmap: { key: saddr, data: '@verdicts' } }],
  'map lookup': [
    { mangle: { key: { meta: { key: 'mark' } }, value: { map: { key: saddr, data: '@marks' } } } },
  ],
  limit: [{ limit: { rate: 10, burst: 5, per: 'second' } }, { log: { prefix: 'over: ', group: 3 } }],
  'named limit and quota': [{ limit: 'slow' }, { quota: 'month' }, { continue: null }],
  quota: [{ quota: { val: 10, val_unit: 'mbytes', inv: true } }, { drop: null }],
  reject: [{ reject: { type: 'icmpx', expr: 'admin-prohibited' } }],
  'added to a set': [
    { set: { op: 'add', elem: { elem: { val: saddr, timeout: 300 } }, set: '@hosts' } },
    { set: { op: 'update', elem: daddr, set: '@hosts' } },
  ],
  'routing table': [
    { match: { op: '==', left: { fib: { result: 'type', flags: ['daddr'] } }, right: 'local' } },
    { goto: { target: 'judge' } },
  ],
  interface: [{ match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'lo' } }, { notrack: null }],
};

const OBJECTS: Command[] = [
  { add: { table: TABLE } },
  { add: { counter: { ...IN_TABLE, name: 'hits' } } },
  { add: { quota: { ...IN_TABLE, name: 'month', bytes: 1 << 30, inv: true } } },
  { add: { limit: { ...IN_TABLE, name: 'slow', rate: 5, per: 'minute', burst: 3, unit: 'packets' } } },
  {
    add: {
      set: { ...IN_TABLE, name: 'hosts', type: 'ipv4_addr', flags: 'timeout', timeout: 60, size: 1_000 },
    },
  },
  {
    add: {
      set: {
        ...IN_TABLE,
        name: 'flows',
        type: ['ipv4_addr', 'ipv4_addr', 'inet_proto', 'inet_service'],
      },
    },
  },
  { add: { map: { ...IN_TABLE, name: 'verdicts', type: 'ipv4_addr', map: 'verdict' } } },
  { add: { map: { ...IN_TABLE, name: 'marks', type: 'ipv4_addr', map: 'mark', elem: [['192.0.2.1', 7]] } } },
  { add: { chain: { ...IN_TABLE, name: 'judge' } } },
  {
    add: {
      chain: { ...IN_TABLE, name: 'forward', type: 'filter', hook: 'forward', prio: -5, policy: 'drop' },
    },
  },
  { add: { chain: { ...IN_TABLE, name: 'raw', type: 'filter', hook: 'prerouting', prio: -300 } } },
];

describe('a document with every statement', () => {
  beforeAll(() => {
    nft.run(OBJECTS);
    for (const [comment, expr] of Object.entries(RULES)) {
      const chain = comment === 'interface' ? 'raw' : 'forward';
      // The hook of the routing table question must know the interface; notrack belongs before conntrack.
      nft.run([{ add: { rule: { ...IN_TABLE, chain, expr, comment } } }]);
    }
  });

  it.each(Object.entries(RULES))('is listed as it was written: %s', (comment, expr) => {
    const rules = nft.listTable(TABLE).flatMap((object) => ('rule' in object ? [object.rule] : []));
    expect(rules.find((rule) => rule.comment === comment)?.expr).toEqual(expr);
  });

  it('is listed as the nft command lists it', () => {
    const printed = JSON.parse(namespace.run('nft', '-jpT', 'list', 'table', 'inet', 'every'));
    expect(nft.listTable(TABLE)).toEqual(printed.nftables.slice(1));
  });

  it('has the same canonical listing when it is made again, and another when a rule is missing', () => {
    const before = canonicalListing(nft.listTable(TABLE));
    const rules = nft.listTable(TABLE).flatMap((object) => ('rule' in object ? [object.rule] : []));
    nft.run([
      { delete: { table: TABLE } },
      ...OBJECTS,
      ...rules.map(({ handle: _, ...rule }): Command => ({ add: { rule: rule as never } })),
    ]);
    expect(canonicalListing(nft.listTable(TABLE))).toBe(before);
    const [{ handle, chain }] = nft
      .listTable(TABLE)
      .flatMap((object) => ('rule' in object ? [object.rule] : []));
    nft.run([{ delete: { rule: { ...IN_TABLE, chain, handle } } }]);
    expect(canonicalListing(nft.listTable(TABLE))).not.toBe(before);
  });
});

describe('flags', () => {
  it('given as a string are not lost', () => {
    nft.run([
      { add: { table: { family: 'inet', name: 'flags' } } },
      { add: { set: { family: 'inet', table: 'flags', name: 's', type: 'ipv4_addr', flags: 'timeout' } } },
    ]);
    expect(nft.listSet({ family: 'inet', table: 'flags', name: 's' }).flags).toEqual(['timeout']);
  });

  it('of a table are set or refused, but not ignored', () => {
    using elements = SetElements.open();
    const asleep = { family: 'inet', name: 'asleep' } as const;
    try {
      nft.run([{ add: { table: { ...asleep, flags: ['dormant'] } } }]);
      expect(elements.findTable(asleep)?.flags).toEqual(['dormant']);
    } catch (error) {
      expect(error).toMatchObject({ code: 'NFTABLES_UNSUPPORTED' });
      expect(elements.findTable(asleep)).toBeUndefined();
    }
  });
});

describe('errors', () => {
  it('of a document tell the command', () => {
    const broken = { add: { rule: { ...IN_TABLE, chain: 'forward', expr: [{ bogus: null }] } } };
    const error = thrown(() => nft.run([{ add: { table: TABLE } }, broken as never]));
    expect(error).toBeInstanceOf(NftablesError);
    expect(error).toMatchObject({ code: 'NFTABLES_REJECTED', index: 1, operation: 'run', errno: undefined });
    expect((error as NftablesError).message).toContain('bogus');
  });

  it('that nft finds by itself count as those of the kernel', () => {
    const set = { family: 'inet', table: 'overlap', name: 'nets' } as const;
    const net = (addr: string, len: number): Command => ({
      add: { element: { ...set, elem: [{ prefix: { addr, len } }] } },
    });
    nft.run([
      { add: { table: { family: 'inet', name: 'overlap' } } },
      { add: { set: { ...set, type: 'ipv4_addr', flags: ['interval'] } } },
      net('10.0.0.0', 8),
    ]);
    expect(isAlreadyExists(thrown(() => nft.run([net('10.1.0.0', 16)])))).toBe(true);
    expect(isAlreadyExists(thrown(() => nft.run([net('20.0.0.0', 8), net('20.1.0.0', 16)])))).toBe(true);
    const hint = thrown(() => nft.listTable({ family: 'inet', name: 'overlaps' }));
    expect(isNotFound(hint)).toBe(true);
  });

  it('say when the context is closed', () => {
    const closed = Nftables.open();
    closed.close();
    closed.close();
    expect(thrown(() => closed.listTables())).toMatchObject({ code: 'NFTABLES_LIBRARY' });
  });
});
