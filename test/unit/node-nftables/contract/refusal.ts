import {
  type Command,
  canonicalListing,
  isAlreadyExists,
  isBusy,
  isNotFound,
  type NftablesDriver,
  NftablesError,
  type SetElementsDriver,
} from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Drivers, hosts, IN_TABLE, regular, ruleIn, saddrIn, TABLE, thrown } from './table.ts';

export function refusalContract(current: () => Drivers): void {
  let nft: NftablesDriver;
  let elements: SetElementsDriver;
  beforeEach(() => {
    ({ nft, elements } = current());
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
}
