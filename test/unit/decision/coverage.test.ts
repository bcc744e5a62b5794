/** What a quarantine covers, on a made-up network: lan (a bridge), dmz (a link of its own), ppp (no stations). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../../src/address/address.ts';
import { type Coverage, cover, isNews } from '../../../src/decision/coverage.ts';
import { MAX_STATIONS } from '../../../src/decision/covered-stations.ts';
import { LinkTable } from '../../../src/neighbour/link-table.ts';
import { CONTESTED_MS, NeighbourBook } from '../../../src/neighbour/neighbour-book.ts';

const HOST = '10.1.0.10';
const H = '02:00:00:00:00:0a';
const LAN = 2;
const DMZ = 3;
const PPP = 4;
const SERVER = '10.1.0.53';
const MAX_ADDRESSES = 8;

const mac = (number: number) => `02:00:00:00:01:${number.toString(16).padStart(2, '0')}`;

class Segment {
  readonly book = new NeighbourBook();
  readonly links = new LinkTable();
  readonly guarded = new Map([[SERVER, 'it is a name server']]);
  nowMs = 10_000_000;
  coverage: Coverage | undefined;

  constructor() {
    const link = { isEthernet: true, below: 0, master: 0 };
    this.links.put({ ...link, index: LAN, name: 'lan', kind: 'bridge', mac: '02:00:00:00:00:01' });
    this.links.put({ ...link, index: DMZ, name: 'dmz', kind: '', mac: '02:00:00:00:00:02' });
    this.links.put({ ...link, index: PPP, name: 'ppp', kind: '', isEthernet: false, mac: undefined });
  }

  sees(address: string, station: string, link = LAN): this {
    this.book.note({ address: parseAddress(address), interfaceIndex: link, mac: station }, this.nowMs);
    return this;
  }

  later(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  /** What is covered now, given what was. */
  cover(host = HOST): Coverage {
    const { book, links } = this;
    this.coverage = cover({
      host: parseAddress(host),
      before: this.coverage,
      attachment: {
        find: (address, index) => book.find(address, index),
        at: (station) => book.at(station),
        link: (index) => links.get(index),
        links: () => links.values(),
        bridgeOf: (index) => links.bridgeOf(index),
        isOurs: (station) => links.isOurs(station),
      },
      protection: (address) => this.guarded.get(formatAddress(address)),
      maxAddresses: MAX_ADDRESSES,
      nowMs: this.nowMs,
    });
    return this.coverage;
  }
}

const reasons = ({ gaps }: Coverage) => gaps.map(({ reason }) => reason);
const macs = ({ stations }: Coverage) => stations.map((station) => station.mac);

describe('a quarantine covers', () => {
  it("the host's station and its other addresses, of both families, link-local ones too", () => {
    const segment = new Segment()
      .sees(HOST, H)
      .sees('fd00:1::10', H)
      .sees('fe80::10', H)
      .sees('10.1.0.11', mac(1));
    expect(segment.cover()).toEqual({
      stations: [{ mac: H, link: 'lan', bridge: 'lan' }],
      addresses: ['fd00:1::10', 'fe80::10'],
      released: [],
      gaps: [],
    });
  });

  it('IPv4 addresses of a host that is named by an IPv6 address, also by a link-local one', () => {
    expect(new Segment().sees(HOST, H).sees('fd00:1::10', H).cover('fd00:1::10').addresses).toEqual([HOST]);
    expect(new Segment().sees(HOST, H).sees('fe80::10', H).cover('fe80::10').addresses).toEqual([HOST]);
  });

  it('an address that the host takes later', () => {
    const segment = new Segment().sees(HOST, H);
    expect(segment.cover().addresses).toEqual([]);
    expect(segment.later(5).sees('10.1.0.77', H).cover().addresses).toEqual(['10.1.0.77']);
    expect(segment.later(5).sees('fd00:1::abcd', H).cover().addresses).toEqual(['10.1.0.77', 'fd00:1::abcd']);
  });

  it('the station that the host changes to, with the addresses that go along, in whatever order they are seen', () => {
    for (const order of [
      [HOST, 'fd00:1::10'],
      ['fd00:1::10', HOST],
    ]) {
      const segment = new Segment().sees(HOST, H).sees('fd00:1::10', H);
      segment.cover();
      for (const address of order) {
        segment.later(5).sees(address, mac(9)).cover();
      }
      const coverage = segment.sees('fe80::99', mac(9)).cover();
      expect(macs(coverage)).toEqual([H, mac(9)]);
      expect(coverage.addresses).toEqual(['fd00:1::10', 'fe80::99']);
    }
  });

  it('a new station whose own link-local address was seen before it', () => {
    const segment = new Segment().sees(HOST, H);
    segment.cover();
    const coverage = segment.later(100_000).sees('fe80::99', mac(9)).later(500).sees(HOST, mac(9)).cover();
    expect([macs(coverage), coverage.addresses]).toEqual([[H, mac(9)], ['fe80::99']]);
  });

  it('what it covered, when the neighbour table forgets', () => {
    const segment = new Segment().sees(HOST, H).sees('fd00:1::10', H);
    const { coverage } = { coverage: segment.cover() };
    const emptied = new Segment();
    emptied.coverage = coverage;
    expect(emptied.cover()).toEqual(coverage);
  });

  it('and says that neighbours on a link without a bridge of ours talk past this machine', () => {
    const coverage = new Segment().sees(HOST, H, DMZ).cover();
    expect(coverage.stations).toEqual([{ mac: H, link: 'dmz', bridge: null }]);
    expect(coverage.gaps).toEqual([
      {
        reason: 'segment',
        text: 'what it says to neighbours on dmz does not pass this machine and is not stopped',
      },
    ]);
  });
});

describe('a quarantine does not cover, and says so', () => {
  it('the station of a host that has no neighbour entry', () => {
    const coverage = new Segment().cover();
    expect(coverage).toMatchObject({ stations: [], addresses: [] });
    expect(reasons(coverage)).toEqual(['notAttached']);
  });

  it.each([
    ['group', '01:00:5e:00:00:01', LAN, 'noStation'],
    ['nothing', '00:00:00:00:00:00', LAN, 'noStation'],
    ['a link without stations', H, PPP, 'noStation'],
    ['this machine', '02:00:00:00:00:01', LAN, 'ownStation'],
  ] as const)('the address of %s', (_, station, link, reason) => {
    const coverage = new Segment().sees(HOST, station, link).cover();
    expect([macs(coverage), reasons(coverage)]).toEqual([[], [reason]]);
  });

  it('a station that has a protected address', () => {
    const coverage = new Segment().sees(SERVER, H).sees(HOST, H).cover();
    expect([macs(coverage), coverage.addresses]).toEqual([[], []]);
    expect(coverage.gaps).toEqual([
      {
        reason: 'protectedStation',
        text: `station ${H} is not covered: it is a name server; by address alone`,
      },
    ]);
  });

  it.each([
    ['IPv4', (i: number) => `10.1.7.${i}`, 3],
    ['IPv6', (i: number) => `fd00:1::7:${i}`, 24],
  ])('a station with more %s addresses than a host has', (_, address, most) => {
    const named = address(1);
    const few = new Segment();
    for (let i = 1; i <= most; i++) few.sees(address(i), H);
    expect(macs(few.cover(named))).toEqual([H]);
    const many = new Segment();
    for (let i = 1; i <= most + 1; i++) many.sees(address(i), H);
    const coverage = many.cover(named);
    expect([macs(coverage), coverage.addresses, reasons(coverage)]).toEqual([[], [], ['sharedStation']]);
  });

  it('a station whose addresses the host may only have claimed to share', () => {
    // The neighbour's station is there, with its own address; the host lets its address point there.
    const segment = new Segment().sees('10.1.0.11', mac(1)).sees(HOST, H);
    segment.cover();
    const coverage = segment.later(100_000).sees(HOST, mac(1)).cover();
    expect([macs(coverage), coverage.addresses, reasons(coverage)]).toEqual([[H], [], ['othersStation']]);
  });

  it('more than a few stations', () => {
    const segment = new Segment().sees(HOST, H);
    segment.cover();
    for (let i = 1; i < 10; i++) segment.later(5).sees(HOST, mac(i)).cover();
    const coverage = segment.cover();
    expect(macs(coverage)).toEqual([H, mac(1), mac(2), mac(3)]);
    expect(coverage.stations).toHaveLength(MAX_STATIONS);
    expect(reasons(coverage)).toEqual(['tooManyStations']);
  });

  it("another host's address that it claims; after an hour it counts as moved", () => {
    const segment = new Segment().sees('10.1.0.11', mac(1)).sees(HOST, H);
    segment.cover();
    const coverage = segment.later(5).sees('10.1.0.11', H).cover();
    expect([coverage.addresses, reasons(coverage)]).toEqual([[], ['contestedAddress']]);
    const later = segment.later(CONTESTED_MS).cover();
    expect([later.addresses, reasons(later)]).toEqual([['10.1.0.11'], []]);
  });

  it('a protected address that it claims; its station stays covered', () => {
    const segment = new Segment().sees(HOST, H);
    segment.cover();
    const coverage = segment.later(5).sees(SERVER, H).cover();
    expect([macs(coverage), coverage.addresses, reasons(coverage)]).toEqual([[H], [], ['protectedAddress']]);
  });

  it('a link-local address that somebody else has on another link', () => {
    const segment = new Segment().sees(HOST, H).sees('fe80::1', H).sees('fe80::1', mac(1), DMZ);
    const coverage = segment.cover();
    expect([coverage.addresses, reasons(coverage)]).toEqual([[], ['ambiguousAddress']]);
  });

  it('ever more addresses; its station stays covered, however many', () => {
    const segment = new Segment().sees(HOST, H);
    for (let i = 0; i < 200; i++) {
      segment.later(5).sees(`fd00:1::7:${i}`, H).cover();
    }
    const coverage = segment.cover();
    expect(coverage.addresses).toHaveLength(MAX_ADDRESSES);
    expect([macs(coverage), reasons(coverage)]).toEqual([[H], ['tooManyAddresses']]);
  });
});

describe('a covered address', () => {
  it('is let go when it moves to somebody else, and not taken back by a claim', () => {
    const segment = new Segment().sees(HOST, H).sees('10.1.0.77', H);
    segment.cover();
    const moved = segment.later(5).sees('10.1.0.77', mac(1)).cover();
    expect([moved.addresses, moved.released]).toEqual([[], ['10.1.0.77']]);
    const claimed = segment.later(5).sees('10.1.0.77', H).cover();
    expect([claimed.addresses, reasons(claimed)]).toEqual([[], ['contestedAddress']]);
  });

  it('is let go when another policy protects it, with its station', () => {
    const segment = new Segment().sees(HOST, H).sees('10.1.0.77', H);
    segment.cover();
    segment.guarded.set('10.1.0.77', 'it is a never-block source');
    const coverage = segment.cover();
    expect([macs(coverage), coverage.addresses]).toEqual([[], []]);
    expect(reasons(coverage)).toEqual(['protectedStation', 'protectedAddress']);
  });

  it('counts against the bound once let go: a host cannot make changes without end', () => {
    const segment = new Segment().sees(HOST, H);
    let changes = 0;
    for (let i = 0; i < 100; i++) {
      for (const station of [H, mac(1)]) {
        const before = segment.coverage;
        segment.later(5).sees(`fd00:1::7:${i}`, station);
        const isChange = isNews(segment.cover(), before);
        changes += isChange ? 1 : 0;
        if (!isChange) segment.coverage = before;
      }
    }
    expect(changes).toBeLessThan(2 * MAX_ADDRESSES + 5);
  });
});

it('whatever is claimed: bounds hold, nothing protected is covered, and what is looked at again is the same', () => {
  const addresses = [HOST, SERVER, '10.1.0.11', '10.1.0.12', 'fd00:1::10', 'fe80::10', 'fe80::1'];
  const claim = fc.record({
    address: fc.constantFrom(...addresses),
    station: fc.constantFrom(H, mac(1), mac(2), mac(3), mac(4), mac(5), '02:00:00:00:00:01'),
    link: fc.constantFrom(LAN, DMZ),
    waitMs: fc.constantFrom(1, 1_000, CONTESTED_MS),
  });
  fc.assert(
    fc.property(fc.array(claim, { maxLength: 60, size: 'max' }), (claims) => {
      const segment = new Segment();
      for (const { address, station, link, waitMs } of claims) {
        const coverage = segment.later(waitMs).sees(address, station, link).cover();
        expect(coverage.stations.length).toBeLessThanOrEqual(MAX_STATIONS);
        expect(coverage.addresses.length + coverage.released.length).toBeLessThanOrEqual(MAX_ADDRESSES);
        for (const never of [SERVER, HOST]) expect(coverage.addresses).not.toContain(never);
        expect(macs(coverage)).not.toContain('02:00:00:00:00:01');
        expect(new Set(coverage.addresses).size).toBe(coverage.addresses.length);
        expect(isNews(segment.cover(), coverage)).toBe(false);
      }
    }),
  );
});
