import { describe, expect, it } from 'vitest';
import { formatAddress, ipv4 } from '../../../src/address/address.ts';
import { finish } from '../../../src/engine/job.ts';
import { listNames } from '../../../src/engine/name-listing.ts';
import { NameBook } from '../../../src/names/name-book.ts';
import { NOW } from '../policy/sources.ts';
import { POLICY } from './bench.ts';

const COUNTERS = {
  ...{ packets: 0, questions: 0, learnt: 0, unasked: 0, unusable: 0 },
  ...{ refused: 0, withheld: 0, lost: 0 },
};

/** Names with so many addresses each. */
function known(sizes: Record<string, number>) {
  const book = new NameBook({ match: () => [] });
  let next = 0xc000_0200;
  for (const [name, size] of Object.entries(sizes)) {
    const addresses = Array.from({ length: size }, () => ({ address: ipv4(next++), untilMs: NOW }));
    book.learn(name, [], addresses);
  }
  return { book, counters: COUNTERS, failure: undefined, means: undefined };
}

const all = { name: null };

describe('known names', () => {
  it('come by name, page by page', () => {
    const keeper = known({ 'c.example': 1, 'a.example': 2, 'b.example': 1 });
    const first = finish(listNames(keeper, POLICY, { ...all, limit: 2 }));
    expect(first.names.map(({ name, addresses }) => [name, addresses.length])).toEqual([
      ['a.example', 2],
      ['b.example', 1],
    ]);
    expect(first).toMatchObject({ known: 3, truncated: true, next: 'b.example', watching: null });
    const last = finish(listNames(keeper, POLICY, { ...all, limit: 2, after: 'b.example' }));
    expect(last).toMatchObject({ names: [{ name: 'c.example' }], truncated: false, next: null });
    expect(finish(listNames(keeper, POLICY, { ...all, limit: 9, after: 'c.example' }))).toMatchObject({
      ...{ names: [], next: null },
    });
  });

  it('are asked for one by one', () => {
    const keeper = known({ 'a.example': 2, 'b.example': 1 });
    const one = (name: string) => finish(listNames(keeper, POLICY, { name, limit: 9 }));
    expect(one('b.example')).toMatchObject({ names: [{ name: 'b.example' }], known: 1, next: null });
    expect(one('d.example')).toMatchObject({ names: [], known: 0, next: null });
  });

  it('with many addresses make a page short, and are read on', () => {
    const keeper = known({ 'a.example': 300, 'b.example': 300, 'c.example': 1 });
    const page = finish(listNames(keeper, POLICY, { ...all, limit: 9 }));
    expect([page.names.length, page.truncated, page.next]).toEqual([2, true, 'b.example']);
    const big = known({ 'a.example': 600 });
    expect(finish(listNames(big, POLICY, { ...all, limit: 9 }))).toMatchObject({
      truncated: false,
      next: null,
    });
  });

  it('that are forgotten while a page is made are left out, and those behind them are not', () => {
    const keeper = known({ 'a.example': 1, 'b.example': 1, 'c.example': 1 });
    const job = listNames(keeper, POLICY, { ...all, limit: 2 });
    let step = job.next();
    while (!step.done && keeper.book.size.names === 3) {
      step = job.next();
      keeper.book.expire(NOW, (address) => (formatAddress(address) === '192.0.2.2' ? NOW + 1 : undefined));
    }
    const { names, next } = step.done ? step.value : finish(job);
    const behind = finish(listNames(keeper, POLICY, { ...all, limit: 2, after: next ?? '' }));
    expect([...names, ...behind.names].map(({ name }) => name)).toEqual(['c.example']);
  });
});
