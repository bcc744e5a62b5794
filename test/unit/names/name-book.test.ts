import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress, ipv4, parseAddress } from '../../../src/address/address.ts';
import { type AddressChange, NameBook } from '../../../src/names/name-book.ts';
import { NamePatterns } from '../../../src/policy/name-patterns.ts';

const PATTERNS = new NamePatterns([['a.example', '*.one.example'], ['**.deep.example'], ['a.example']]);

const at = (text: string, untilMs: number) => ({ address: parseAddress(text), untilMs });
const shown = (changes: AddressChange[]) =>
  changes.map(({ address, sets, untilMs }) => `${formatAddress(address)} ${sets.join('+')} ${untilMs}`);
const never = () => undefined;

describe('patterns', () => {
  it.each([
    ['a.example', [0, 2]],
    ['b.example', []],
    ['x.one.example', [0]],
    ['x.y.one.example', []],
    ['one.example', []],
    ['x.deep.example', [1]],
    ['x.y.z.deep.example', [1]],
    ['deep.example', []],
    ['xdeep.example', []],
    ['x.deep.example.net', []],
  ])('%s is of the sets %j', (name, sets) => {
    expect(PATTERNS.match(name)).toEqual(sets);
  });
});

describe('the book', () => {
  it('says which sets an address is in, and for how long', () => {
    const book = new NameBook(PATTERNS);
    expect(shown(book.learn('a.example', [0, 2], [at('192.0.2.1', 100)]))).toEqual(['192.0.2.1 0+2 100']);
    expect(shown(book.learn('x.deep.example', [1], [at('192.0.2.1', 50)]))).toEqual(['192.0.2.1 0+1+2 100']);
    expect(book.namesOf(parseAddress('192.0.2.1'))).toEqual(['a.example', 'x.deep.example']);
    expect(shown(book.expire(60, never))).toEqual(['192.0.2.1 0+2 100']);
    expect(shown(book.expire(100, never))).toEqual(['192.0.2.1  0']);
    expect(book.size).toEqual({ names: 0, addresses: 0, links: 0 });
  });

  it('never shortens what was told', () => {
    const book = new NameBook(PATTERNS);
    book.learn('a.example', [0], [at('192.0.2.1', 100)]);
    expect(book.learn('a.example', [0], [at('192.0.2.1', 50)])).toEqual([]);
    expect(shown(book.learn('a.example', [0], [at('192.0.2.1', 150)]))).toEqual(['192.0.2.1 0 150']);
  });

  it('keeps an address while a connection to it lives', () => {
    const book = new NameBook(PATTERNS);
    book.learn('a.example', [0], [at('192.0.2.1', 100), at('192.0.2.2', 100)]);
    const lives = (address: Address) => (formatAddress(address) === '192.0.2.1' ? 130 : undefined);
    expect(shown(book.expire(100, lives))).toEqual(['192.0.2.1 0 130', '192.0.2.2  0']);
    expect(shown(book.expire(130, never))).toEqual(['192.0.2.1  0']);
  });

  it('takes a name in the place of another while it was told to', () => {
    const book = new NameBook(PATTERNS);
    book.expectTarget('svc.elsewhere', [0], 100);
    expect(book.setsOfName('svc.elsewhere', 99)).toEqual([0]);
    expect(book.setsOfName('svc.elsewhere', 100)).toEqual([]);
  });

  it('keeps of another policy what that has as well', () => {
    const book = new NameBook(PATTERNS);
    book.learn('a.example', [0, 2], [at('192.0.2.1', 100)]);
    book.learn('x.deep.example', [1], [at('192.0.2.1', 200), at('192.0.2.2', 200)]);
    const changes = book.changePatterns(new NamePatterns([[], [], [], ['a.example']]));
    expect(shown(changes)).toEqual(['192.0.2.1 3 100', '192.0.2.2  0']);
  });

  it('is bounded, and a strange name pushes out no other', () => {
    const book = new NameBook(PATTERNS, { names: 2, addressesOfAName: 3, links: 4 });
    const many = Array.from({ length: 9 }, (_, i) => at(`192.0.2.${i}`, 100));
    book.learn('x.deep.example', [1], many);
    expect(book.size.links).toBe(3);
    book.learn('a.example', [0], many);
    book.learn('y.deep.example', [1], many);
    expect(book.size).toEqual({ names: 2, addresses: 3, links: 4 });
    expect(book.refused).toBe(6 + 8 + 9);
  });

  it('is what its links say, whatever is learnt and forgotten', () => {
    const names = ['a.example', 'x.one.example', 'y.deep.example'];
    const step = fc.record({
      name: fc.nat(2),
      address: fc.nat(4),
      until: fc.integer({ min: 1, max: 60 }),
      now: fc.nat(50),
      forget: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const book = new NameBook(PATTERNS);
        const model = new Map<string, number>();
        for (const { name, address, until, now, forget } of steps) {
          const key = `${names[name]} ${address}`;
          if (forget) {
            book.expire(now, never);
            for (const [link, untilMs] of model) if (untilMs <= now) model.delete(link);
          } else {
            book.learn(names[name], PATTERNS.match(names[name]), [
              { address: ipv4(address), untilMs: until },
            ]);
            model.set(key, Math.max(model.get(key) ?? 0, until));
          }
        }
        for (let address = 0; address < 5; address++) {
          const known = [...model.keys()].filter((link) => link.endsWith(` ${address}`));
          const sets = new Set(known.flatMap((link) => PATTERNS.match(link.split(' ')[0])));
          expect(book.setsOfAddress(ipv4(address))).toEqual([...sets].sort());
        }
        expect(book.size.links).toBe(model.size);
      }),
    );
  });
});
