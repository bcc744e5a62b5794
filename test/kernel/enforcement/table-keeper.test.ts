/** What is taken for right at the first look must be ours, whoever is there at the same time. */
import { Nftables, SetElements } from 'node-nftables';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { expectedListing, KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { TableKeeper } from '../../../src/enforcement/table-keeper.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

const HARM = 'flush chain inet penstock judge4';

let resources: DisposableStack;
let namespace: ThreadNamespace;
let table: KernelTable;
beforeEach(() => {
  resources = new DisposableStack();
  namespace = resources.use(new ThreadNamespace());
  table = new KernelTable(resources.use(Nftables.open()), resources.use(SetElements.open()));
});
afterEach(() => resources.dispose());

type Method = 'listing' | 'capture' | 'install' | 'restore';

/** Somebody is there just after the n-th call. */
function harmAfter(method: Method, nth: number): void {
  after(method, (call) => {
    if (call === nth) namespace.nft(HARM);
  });
}

/** `then`: given the number of the call, from 1. */
function after(method: Method, then: (call: number) => void) {
  const real = table[method].bind(table) as (...args: unknown[]) => unknown;
  let calls = 0;
  return vi.spyOn(table, method as 'listing').mockImplementation(((...args: unknown[]) => {
    const result = real(...args);
    calls += 1;
    then(calls);
    return result;
  }) as () => string);
}

const mended = (keeper: TableKeeper) => keeper.mend(() => [], Date.now);

it.each([
  ['install', 1],
  ['listing', 2],
  ['capture', 1],
] as const)('a chain that is emptied after %s, while the table is made, is found', (method, nth) => {
  harmAfter(method, nth);
  const keeper = new TableKeeper(table);
  mended(keeper);
  mended(keeper);
  expect(table.listing()).toBe(expectedListing());
  expect(keeper.listing).toBe(expectedListing());
});

it.each([
  ['listing', 1],
  ['capture', 1],
] as const)('and after %s, while a table that is ours is taken over', (method, nth) => {
  table.install();
  harmAfter(method, nth);
  const keeper = new TableKeeper(table);
  mended(keeper);
  mended(keeper);
  expect(table.listing()).toBe(expectedListing());
});

it.each([
  ['restore', 1],
  ['listing', 3],
  ['capture', 4],
] as const)('and after %s, while a harmed table is mended for the first time', (method, nth) => {
  const keeper = new TableKeeper(table);
  harmAfter(method, nth);
  mended(keeper);
  namespace.nft(HARM);
  mended(keeper);
  mended(keeper);
  mended(keeper);
  expect(table.listing()).toBe(expectedListing());
});

it.each(['listing', 'capture'] as const)(
  'a table that somebody harms each time after %s is not taken for ours, and is once he has gone',
  (method) => {
    let isThere = true;
    after(method, () => {
      if (isThere) namespace.nft(HARM);
    });
    table.install();
    const keeper = new TableKeeper(table);
    mended(keeper);
    expect(keeper.doubt).toContain('looked at again soon');
    isThere = false;
    mended(keeper);
    expect(keeper.doubt).toBeUndefined();
    expect(table.listing()).toBe(expectedListing());
    expect(keeper.listing).toBe(expectedListing());
  },
);

it('a table is taken for ours at once though others change what is theirs all the time', () => {
  let changes = 0;
  const change = () => {
    changes += 1;
    namespace.nft(`add table inet other${changes}`);
  };
  const listings = after('listing', change);
  after('capture', change);
  const keeper = new TableKeeper(table);
  mended(keeper);
  expect(keeper.doubt).toBeUndefined();
  expect(listings.mock.calls.length).toBeLessThan(5);
  listings.mockClear();
  mended(keeper);
  expect(listings).not.toHaveBeenCalled();
  namespace.nft(HARM);
  expect(mended(keeper).difference).toBeDefined();
  expect(table.listing()).toBe(expectedListing());
});
