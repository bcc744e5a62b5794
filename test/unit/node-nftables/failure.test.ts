import { NetlinkError } from 'node-netlink';
import {
  isAlreadyExists,
  isBusy,
  isGenerationChanged,
  isInterrupted,
  isNotFound,
  isPermission,
  isSetFull,
  isTooLarge,
  NftablesError,
} from 'node-nftables';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../src/node-nftables/src/libnftables/failure.ts';

describe('what nft prints', () => {
  const cases: [string, Partial<ReturnType<typeof failureOf>>][] = [
    ['internal:0:0-0: Error: Could not process rule: Device or resource busy\n', { errno: 16 }],
    [
      'internal:0:0-0: Error: No such file or directory; did you mean chain ‘base’ in table inet ‘t’?\n',
      { errno: 2 },
    ],
    ['Error: Could not process rule: Operation not permitted\nadd table inet z\n^^^^\n', { errno: 1 }],
    [
      'netlink: Error: cache initialization failed: Operation not permitted (you must be root)\n',
      { errno: 1 },
    ],
    ['internal:0:0-0: Error: interval overlaps with an existing one\n', { errno: 17 }],
    ['internal:0:0-0: Error: conflicting intervals specified\n', { errno: 17 }],
    [
      "internal:0:0-0: Error: Unknown family 'foo'.\n\ninternal:0:0-0: Error: Parsing command array at index 2 failed.\n",
      { code: 'NFTABLES_REJECTED', index: 2, problem: "Unknown family 'foo'." },
    ],
    ['something else\n', { code: 'NFTABLES_REJECTED', problem: 'something else' }],
    ['', { code: 'NFTABLES_REJECTED', problem: 'nft failed without a word' }],
  ];
  it.each(cases)('is understood: %j', (output, failure) => {
    expect(failureOf('run', output)).toMatchObject({ operation: 'run', output, ...failure });
  });
});

describe('predicates', () => {
  const predicates = {
    isPermission: [isPermission, 1, 13],
    isNotFound: [isNotFound, 2],
    isInterrupted: [isInterrupted, 4],
    isBusy: [isBusy, 16],
    isAlreadyExists: [isAlreadyExists, 17],
    isSetFull: [isSetFull, 23],
    isGenerationChanged: [isGenerationChanged, 85],
    isTooLarge: [isTooLarge, 90],
  } as const;

  it.each(Object.entries(predicates))('%s goes by errno', (_, [predicate, ...numbers]) => {
    const every = Array.from({ length: 133 }, (_, i) => i + 1);
    const matching = every.filter((errno) =>
      predicate(new NftablesError({ operation: 'x', problem: 'x', errno })),
    );
    expect(matching).toEqual(numbers);
    expect(predicate(new NetlinkError({ operation: 'x', errno: numbers[0], code: 'X' }))).toBe(true);
    expect(predicate(Object.assign(new Error('x'), { errno: numbers[0] }))).toBe(false);
  });

  it('have the errno name as code', () => {
    expect(new NftablesError({ operation: 'x', problem: 'x', errno: 2 }).code).toBe('ENOENT');
    expect(new NftablesError({ operation: 'x', problem: 'x' }).code).toBe('NFTABLES_REJECTED');
  });
});
