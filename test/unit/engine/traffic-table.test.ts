import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, ipv4, ipv6, mutableAddress } from '../../../src/address/address.ts';
import { BYTES_OUT, DENIED, TrafficTable } from '../../../src/engine/traffic-table.ts';

const HOST = ipv4(0x0a01000a);
const PLACE = ipv4(0xcb007109);

/** `host > destination service verdict = bytes`, others as `*`. */
function told(table: TrafficTable): string[] {
  const address = mutableAddress();
  const rows: string[] = [];
  for (let row = 0; row < table.size; row++) {
    if (table.isEmpty(row)) continue;
    const host = table.readHost(row, address) ? formatAddress(address) : '*';
    const destination = table.readDestination(row, address) ? formatAddress(address) : '*';
    const what = `${table.service(row)} ${table.verdict(row)}`;
    rows.push(`${host} > ${destination} ${what} = ${table.sum(row, BYTES_OUT)}`);
  }
  return rows;
}

describe('TrafficTable', () => {
  it('adds what is alike, and tells apart what differs in one word', () => {
    const table = new TrafficTable({ rows: 100, ofAHost: 50 });
    const v6 = ipv6(0x20010db8, 0, 0, 1);
    for (const [host, destination, service, verdict] of [
      [HOST, PLACE, 443, 0],
      [HOST, PLACE, 443, 0],
      [HOST, PLACE, 80, 0],
      [HOST, PLACE, 443, 1],
      [PLACE, HOST, 443, 0],
      [HOST, v6, 443, 0],
      [v6, v6, 443, 0],
      [HOST, ipv6(0, 0, 0, PLACE.d), 443, 0],
    ] as const) {
      table.add(table.row(host, destination, service, verdict), BYTES_OUT, 1);
    }
    expect(told(table)).toEqual([
      '10.1.0.10 > 203.0.113.9 443 0 = 2',
      '10.1.0.10 > 203.0.113.9 80 0 = 1',
      '10.1.0.10 > 203.0.113.9 443 1 = 1',
      '203.0.113.9 > 10.1.0.10 443 0 = 1',
      '10.1.0.10 > 2001:db8::1 443 0 = 1',
      '2001:db8::1 > 2001:db8::1 443 0 = 1',
      '10.1.0.10 > ::cb00:7109 443 0 = 1',
    ]);
  });

  it('folds the long tail of one host, and leaves the others their rows', () => {
    const table = new TrafficTable({ rows: 1_000, ofAHost: 10 });
    for (let i = 0; i < 100_000; i++) table.add(table.row(HOST, ipv4(i), 22, 3), DENIED, 1);
    const quiet = table.row(ipv4(0x0a01000b), PLACE, 443, 0);
    table.add(quiet, BYTES_OUT, 7);
    expect(table.size).toBeLessThan(20);
    expect(told(table)).toContain('10.1.0.11 > 203.0.113.9 443 0 = 7');
    expect(table.sum(table.row(HOST, ipv4(99_999), 22, 3), DENIED)).toBe(99_990);
  });

  it('keeps known rows when it is full', () => {
    const table = new TrafficTable({ rows: 40, ofAHost: 5 });
    const known = table.row(HOST, PLACE, 443, 0);
    for (let i = 0; i < 1_000; i++) table.add(table.row(ipv4(i), ipv4(i), 443, i), BYTES_OUT, 1);
    expect(table.size).toBeLessThanOrEqual(40);
    expect(table.row(HOST, PLACE, 443, 0)).toBe(known);
  });

  it('is as new after it was cleared', () => {
    const table = new TrafficTable({ rows: 40, ofAHost: 5 });
    for (let i = 0; i < 1_000; i++) table.add(table.row(ipv4(i), ipv4(i), 443, i), BYTES_OUT, 1);
    table.clear();
    expect([table.size, told(table)]).toEqual([1, []]);
    table.add(table.row(HOST, PLACE, 443, 0), BYTES_OUT, 5);
    expect(told(table)).toEqual(['10.1.0.10 > 203.0.113.9 443 0 = 5']);
  });

  it('loses nothing, whatever comes and however little fits', () => {
    const word = fc.integer({ min: 0, max: 30 });
    const one = fc.tuple(
      word,
      word,
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 40 }),
      fc.nat(1_000),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 300 }), fc.integer({ min: 8, max: 60 }), (all, rows) => {
        const table = new TrafficTable({ rows, ofAHost: 4 });
        const ofVerdict = new Map<number, number>();
        for (const [host, destination, service, verdict, bytes] of all) {
          table.add(table.row(ipv4(host), ipv4(destination), service, verdict), BYTES_OUT, bytes);
          ofVerdict.set(verdict, (ofVerdict.get(verdict) ?? 0) + bytes);
        }
        let kept = 0;
        const keptOf = new Map<number, number>();
        for (let row = 0; row < table.size; row++) {
          kept += table.sum(row, BYTES_OUT);
          const verdict = table.verdict(row);
          keptOf.set(verdict, (keptOf.get(verdict) ?? 0) + table.sum(row, BYTES_OUT));
        }
        expect(table.size).toBeLessThanOrEqual(rows);
        expect(kept).toBe(all.reduce((sum, [, , , , bytes]) => sum + bytes, 0));
        // What kept its verdict is no more than was added under it.
        for (const [verdict, sum] of keptOf)
          if (verdict !== -1) expect(sum).toBeLessThanOrEqual(ofVerdict.get(verdict) ?? 0);
      }),
    );
  });
});
