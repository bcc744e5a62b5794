/**
 * What the drivers promise. The same tests run over the fake (unit) and over the real kernel (kernel), so that a
 * test of an application against the fake means something.
 */
import {
  type Addition,
  type Command,
  canonicalListing,
  encodeKey,
  isAlreadyExists,
  isBusy,
  isGenerationChanged,
  isNotFound,
  isSetFull,
  type ListedObject,
  MAX_BATCH_ELEMENTS,
  type MapDefinition,
  type NftablesDriver,
  NftablesError,
  type RulesetChange,
  type RulesetMonitorDriver,
  type SetDefinition,
  type SetElement,
  type SetElementsDriver,
} from 'node-nftables';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface Drivers extends Disposable {
  readonly nft: NftablesDriver;
  readonly elements: SetElementsDriver;
  readonly monitor: RulesetMonitorDriver;
  /** Let this much time pass. */
  pass(ms: number): Promise<void>;
}

const TABLE = { family: 'inet', name: 'contract' } as const;
const IN_TABLE = { family: 'inet', table: 'contract' } as const;

const hosts: SetDefinition = { ...IN_TABLE, name: 'hosts', type: 'ipv4_addr', flags: ['timeout'] };
const hosts6: SetDefinition = { ...IN_TABLE, name: 'hosts6', type: 'ipv6_addr', flags: ['timeout'] };
const flows: SetDefinition = {
  ...IN_TABLE,
  name: 'flows',
  type: ['ipv4_addr', 'ipv4_addr', 'inet_proto', 'inet_service'],
  flags: ['timeout'],
};
const flows6: SetDefinition = {
  ...IN_TABLE,
  name: 'flows6',
  type: ['ipv6_addr', 'ipv6_addr', 'inet_proto', 'inet_service'],
  flags: ['timeout'],
};
const nets: SetDefinition = { ...IN_TABLE, name: 'nets', type: 'ipv4_addr', flags: ['interval', 'timeout'] };
const nets6: SetDefinition = {
  ...IN_TABLE,
  name: 'nets6',
  type: 'ipv6_addr',
  flags: ['interval', 'timeout'],
};
const exceptions: SetDefinition = {
  ...IN_TABLE,
  name: 'exceptions',
  type: ['ipv4_addr', 'ipv4_addr'],
  flags: ['interval', 'timeout'],
};
const links: SetDefinition = { ...IN_TABLE, name: 'links', type: ['ifname', 'mark'] };
const ports: MapDefinition = { ...IN_TABLE, name: 'ports', type: 'inet_service', map: 'ipv4_addr' };
const verdicts: MapDefinition = { ...IN_TABLE, name: 'verdicts', type: 'ipv4_addr', map: 'verdict' };
const SETS = [hosts, hosts6, flows, flows6, nets, nets6, exceptions, links];
const MAPS = [ports, verdicts];

/** Two elements that can stand together, for each kind of set. */
const SAMPLES: [SetDefinition, SetElement, SetElement][] = [
  [hosts, encodeKey(hosts.type, '192.0.2.1'), encodeKey(hosts.type, '0.0.0.0')],
  [hosts6, encodeKey(hosts6.type, '2001:db8::1'), encodeKey(hosts6.type, '::')],
  [
    flows,
    encodeKey(flows.type, { concat: ['192.0.2.1', '203.0.113.9', 'tcp', 443] }),
    encodeKey(flows.type, { concat: ['192.0.2.1', '203.0.113.9', 'udp', 443] }),
  ],
  [
    flows6,
    encodeKey(flows6.type, { concat: ['2001:db8::1', '2001:db8::2', 'tcp', 443] }),
    encodeKey(flows6.type, { concat: ['2001:db8::1', '2001:db8::2', 'tcp', 80] }),
  ],
  [
    nets,
    encodeKey(nets.type, { prefix: { addr: '198.51.100.0', len: 24 } }),
    encodeKey(nets.type, { range: ['255.255.255.0', '255.255.255.255'] }),
  ],
  [
    nets6,
    encodeKey(nets6.type, { prefix: { addr: '2001:db8::', len: 32 } }),
    encodeKey(nets6.type, { range: ['2001:db9::', '2001:db9::7'] }),
  ],
  [
    exceptions,
    encodeKey(exceptions.type, { concat: ['192.0.2.1', { prefix: { addr: '10.0.0.0', len: 8 } }] }),
    encodeKey(exceptions.type, { concat: ['192.0.2.2', { prefix: { addr: '10.0.0.0', len: 8 } }] }),
  ],
];

const base: Addition = {
  chain: { ...IN_TABLE, name: 'out', type: 'filter', hook: 'output', prio: 0, policy: 'accept' },
};
const regular: Addition = { chain: { ...IN_TABLE, name: 'judge' } };

function saddrIn(set: string) {
  return {
    match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: `@${set}` },
  } as const;
}

function ruleIn(chain: string, ...expr: Extract<Addition, { rule: unknown }>['rule']['expr']): Command {
  return { add: { rule: { ...IN_TABLE, chain, expr } } };
}

/** What `action` throws. */
export function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function rulesOf(listing: readonly ListedObject[], chain: string) {
  return listing.flatMap((object) => ('rule' in object && object.rule.chain === chain ? [object.rule] : []));
}

function byKey(elements: readonly SetElement[]): SetElement[] {
  return elements.toSorted((x, y) => Buffer.compare(x.key, y.key));
}

export function contract(open: () => Drivers): void {
  let drivers: Drivers;
  let nft: NftablesDriver;
  let elements: SetElementsDriver;
  beforeEach(() => {
    drivers = open();
    ({ nft, elements } = drivers);
    nft.run([
      { add: { table: TABLE } },
      ...SETS.map((set): Command => ({ add: { set } })),
      ...MAPS.map((map): Command => ({ add: { map } })),
      { add: base },
      { add: regular },
    ]);
  });
  afterEach(() => {
    drivers[Symbol.dispose]();
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

  describe('refusal', () => {
    const cases: [string, (error: unknown) => boolean, Command[]][] = [
      ['creating a table that is there', isAlreadyExists, [{ create: { table: TABLE } }]],
      ['creating a chain that is there', isAlreadyExists, [{ create: regular }]],
      ['creating a set that is there', isAlreadyExists, [{ create: { set: hosts } }]],
      [
        'adding a set with another type',
        isAlreadyExists,
        [{ add: { set: { ...hosts, type: 'ipv6_addr' } } }],
      ],
      [
        'creating an element that is there',
        isAlreadyExists,
        [
          { add: { element: { ...IN_TABLE, name: 'hosts', elem: '192.0.2.1' } } },
          { create: { element: { ...IN_TABLE, name: 'hosts', elem: '192.0.2.1' } } },
        ],
      ],
      [
        'deleting a table that is not there',
        isNotFound,
        [{ delete: { table: { family: 'ip', name: 'contract' } } }],
      ],
      [
        'deleting a chain that is not there',
        isNotFound,
        [{ delete: { chain: { ...IN_TABLE, name: 'absent' } } }],
      ],
      [
        'deleting a set that is not there',
        isNotFound,
        [{ delete: { set: { ...IN_TABLE, name: 'absent' } } }],
      ],
      [
        'deleting an element that is not there',
        isNotFound,
        [{ delete: { element: { ...IN_TABLE, name: 'hosts', elem: '192.0.2.1' } } }],
      ],
      ['a rule in a chain that is not there', isNotFound, [ruleIn('absent', { accept: null })]],
      ['a rule with a set that is not there', isNotFound, [ruleIn('out', saddrIn('absent'), { drop: null })]],
      ['a rule with a chain that is not there', isNotFound, [ruleIn('out', { jump: { target: 'absent' } })]],
      ['a rule with a counter that is not there', isNotFound, [ruleIn('out', { counter: 'absent' })]],
      ['flushing a set that is not there', isNotFound, [{ flush: { set: { ...IN_TABLE, name: 'absent' } } }]],
      [
        'renaming to a name that is taken',
        isAlreadyExists,
        [{ rename: { chain: { ...IN_TABLE, name: 'judge', newname: 'out' } } }],
      ],
      [
        'deleting a set that a rule looks into',
        isBusy,
        [
          ruleIn('out', saddrIn('hosts'), { drop: null }),
          { delete: { set: { ...IN_TABLE, name: 'hosts' } } },
        ],
      ],
      [
        'deleting a chain that a rule jumps to',
        isBusy,
        [ruleIn('out', { jump: { target: 'judge' } }), { delete: { chain: { ...IN_TABLE, name: 'judge' } } }],
      ],
      [
        'deleting a chain that a verdict map jumps to',
        isBusy,
        [
          {
            add: {
              element: {
                ...IN_TABLE,
                name: 'verdicts',
                elem: [['192.0.2.1', { goto: { target: 'judge' } }]],
              },
            },
          },
          { delete: { chain: { ...IN_TABLE, name: 'judge' } } },
        ],
      ],
      [
        'deleting a counter that a rule uses',
        isBusy,
        [
          { add: { counter: { ...IN_TABLE, name: 'hits' } } },
          ruleIn('out', { counter: 'hits' }),
          { delete: { counter: { ...IN_TABLE, name: 'hits' } } },
        ],
      ],
    ];
    it.each(cases)('of %s', (_, predicate, commands) => {
      const before = canonicalListing(nft.listTable(TABLE));
      const error = thrown(() => nft.run(commands));
      expect(error).toBeInstanceOf(NftablesError);
      expect(predicate(error), String(error)).toBe(true);
      expect(canonicalListing(nft.listTable(TABLE))).toBe(before);
    });

    it('of listing what is not there', () => {
      const reads = [
        () => nft.listTable({ family: 'inet', name: 'absent' }),
        () => nft.listChain({ ...IN_TABLE, name: 'absent' }),
        () => nft.listSet({ ...IN_TABLE, name: 'absent' }),
        () => nft.listMap({ ...IN_TABLE, name: 'absent' }),
        () => elements.list({ ...hosts, name: 'absent' }),
      ];
      for (const read of reads) expect(isNotFound(thrown(read))).toBe(true);
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
        await drivers.pass(100);
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

    it('goes by the generation it was made for', () => {
      const { id } = elements.generation();
      elements.apply([{ action: 'add', set: hosts, elements: [{ key }] }], { generation: id });
      const error = thrown(() =>
        elements.apply([{ action: 'delete', set: hosts, elements: [{ key }] }], { generation: id }),
      );
      expect(isGenerationChanged(error)).toBe(true);
      expect(elements.list(hosts)).toHaveLength(1);
    });

    it('takes no more than one batch', () => {
      const many = Array<SetElement>(MAX_BATCH_ELEMENTS + 1).fill({ key });
      const error = thrown(() => elements.apply([{ action: 'add', set: hosts, elements: many }]));
      expect(error).toMatchObject({ code: 'NFTABLES_INVALID' });
      elements.apply([]);
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

  describe('announcements', () => {
    const drain = () => {
      const changes: RulesetChange[] = [];
      expect(drivers.monitor.drain((change) => changes.push(change))).toEqual({ lost: false, more: false });
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
        elements: [{ key, timeoutMs: 60_000, comment: 'c', isIntervalEnd: false }],
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
      expect(drivers.monitor.drain((change) => changes.push(change), 1)).toMatchObject({ more: true });
      while (drivers.monitor.drain((change) => changes.push(change), 1).more);
      expect(changes).toHaveLength(21);
    });
  });
}
