import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, ipv4, parseAddress } from '../../../src/address/address.ts';
import {
  CONTESTED_MS,
  isContested,
  isLinkLocal,
  NeighbourBook,
} from '../../../src/neighbour/neighbour-book.ts';

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
const LAN = 2;
const WAN = 3;

function neighbour(address: string, mac: string | undefined, interfaceIndex = LAN) {
  return { address: parseAddress(address), interfaceIndex, mac };
}

const at = (book: NeighbourBook, mac: string) => book.at(mac).map(({ address }) => formatAddress(address));
const find = (book: NeighbourBook, address: string, index = LAN) => book.find(parseAddress(address), index);

describe('a book of neighbours', () => {
  it('knows the station of an address and the addresses of a station', () => {
    const book = new NeighbourBook();
    for (const address of ['10.1.0.10', 'fd00:1::10', 'fe80::10']) book.note(neighbour(address, A), 0);
    book.note(neighbour('10.1.0.11', B), 0);
    expect(find(book, '10.1.0.10')).toMatchObject({ mac: A, moved: undefined, interfaceIndex: LAN });
    expect(at(book, A)).toEqual(['10.1.0.10', 'fd00:1::10', 'fe80::10']);
    expect(at(book, B)).toEqual(['10.1.0.11']);
    expect(find(book, '10.1.0.12')).toBeUndefined();
  });

  it('says what is news', () => {
    const book = new NeighbourBook();
    const told = (mac: string | undefined) => book.note(neighbour('10.1.0.10', mac), 0);
    expect([told(undefined), told(A), told(A), told(undefined), told(A), told(B), told(B)]).toEqual([
      false,
      true,
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it('remembers an address that the kernel forgets', () => {
    const book = new NeighbourBook();
    book.note(neighbour('10.1.0.10', A), 0);
    book.note(neighbour('10.1.0.10', undefined), 1);
    expect(find(book, '10.1.0.10')?.mac).toBe(A);
  });

  it('takes a moved address from the station that had it, and calls it contested for an hour', () => {
    const book = new NeighbourBook();
    book.note(neighbour('10.1.0.10', A), 1_000);
    book.note(neighbour('10.1.0.10', B), 5_000);
    book.note(neighbour('10.1.0.10', B), 6_000);
    expect([at(book, A), at(book, B)]).toEqual([[], ['10.1.0.10']]);
    const sighting = book.find(parseAddress('10.1.0.10'));
    if (!sighting) throw new Error('not found');
    const contested = [4_000, 5_000, 5_000 + CONTESTED_MS - 1, 5_000 + CONTESTED_MS];
    expect(contested.map((nowMs) => isContested(sighting, nowMs))).toEqual([true, true, true, false]);
  });

  it('tells a link-local address on one link from the same on another', () => {
    const book = new NeighbourBook();
    book.note(neighbour('fe80::1', A, LAN), 0);
    book.note(neighbour('fe80::1', B, WAN), 0);
    expect([find(book, 'fe80::1', LAN)?.mac, find(book, 'fe80::1', WAN)?.mac]).toEqual([A, B]);
  });

  it.each([
    ['fe80::1', true],
    ['febf:ffff::1', true],
    ['fec0::1', false],
    ['fd00::1', false],
    ['169.254.7.1', true],
    ['169.253.255.255', false],
    ['10.1.0.1', false],
  ])('%s is link-local: %s', (address, expected) =>
    expect(isLinkLocal(parseAddress(address))).toBe(expected),
  );

  it('keeps 64 addresses of a station, those seen last; others keep theirs', () => {
    const book = new NeighbourBook();
    book.note(neighbour('10.1.0.11', B), 0);
    for (let i = 0; i < 10_000; i++) book.note({ address: ipv4(i), interfaceIndex: LAN, mac: A }, i);
    expect(book.at(A).map(({ address }) => address.d)).toEqual(
      Array.from({ length: 64 }, (_, i) => 9_936 + i),
    );
    expect(at(book, B)).toEqual(['10.1.0.11']);
    expect(book.size).toBe(65);
  });

  it('keeps 16,384 addresses in all, those seen last', () => {
    const book = new NeighbourBook();
    const mac = (i: number) =>
      `02:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`;
    for (let i = 0; i < 20_000; i++) book.note({ address: ipv4(i), interfaceIndex: LAN, mac: mac(i) }, i);
    expect(book.size).toBe(16_384);
    expect([book.find(ipv4(3_615)), book.at(mac(3_615))]).toEqual([undefined, []]);
    expect(book.find(ipv4(3_616))?.mac).toBe(mac(3_616));
  });

  it('agrees in both directions, whatever is noted', () => {
    const macs = fc.constantFrom(A, B, '02:00:00:00:00:0c', undefined);
    const note = fc.record({ d: fc.nat(100), mac: macs });
    fc.assert(
      fc.property(fc.array(note, { maxLength: 300, size: 'max' }), (notes) => {
        const book = new NeighbourBook();
        const plain = new Map<number, string>();
        for (const { d, mac } of notes) {
          book.note({ address: ipv4(d), interfaceIndex: LAN, mac }, 0);
          if (mac) plain.set(d, mac);
        }
        const found = [A, B, '02:00:00:00:00:0c'].flatMap((mac) => book.at(mac));
        expect(found.length).toBe(book.size);
        for (const { address, mac } of found) {
          expect(plain.get(address.d)).toBe(mac);
          expect(book.find(address)?.mac).toBe(mac);
        }
      }),
    );
  });
});
