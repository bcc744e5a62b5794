import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Geography } from '../../../../src/edges/history/geography.ts';
import { writeMmdb } from './mmdb-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'penstock-geo-'));
const country = join(folder, 'country.mmdb');
const as = join(folder, 'as.mmdb');
let geography: Geography;

beforeAll(() => {
  writeMmdb(country, {
    '203.0.113.0/24': { country: { iso_code: 'DE', names: { en: 'Germany' } } },
    '198.51.100.0/25': { country_code: 'SE', country: 'Sweden' },
    '198.51.100.128/25': { country: { iso_code: '<script>' } },
    '2001:db8::/32': { country: { iso_code: 'FR' } },
  });
  writeMmdb(as, {
    '203.0.113.0/24': {
      autonomous_system_number: 64_496,
      autonomous_system_organization: 'Example Networks',
    },
    '198.51.100.0/24': { asn: 'AS64497', as_name: `Long ${'x'.repeat(200)}` },
    '192.0.2.0/24': { asn: '<b>' },
  });
  geography = new Geography({ country, as });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('Geography', () => {
  it.each([
    ['country', '203.0.113.9', { key: 'DE', name: 'Germany' }],
    ['country', '198.51.100.1', { key: 'SE', name: 'Sweden' }],
    ['country', '2001:db8::1', { key: 'FR' }],
    ['country', '192.0.2.1', undefined],
    ['country', '2001:db9::1', undefined],
    ['country', '198.51.100.200', undefined],
    ['as', '203.0.113.9', { key: 'AS64496', name: 'Example Networks' }],
    ['as', '192.0.2.1', undefined],
  ] as const)('tells the %s of %s', (kind, address, expected) => {
    expect(geography.place(kind, address)).toEqual(expected);
  });
  it('keeps names short', () => {
    expect(geography.place('as', '198.51.100.1')?.name).toHaveLength(100);
  });
  it.each([
    ['a file that is not there', join(folder, 'none.mmdb')],
    ['a file of another kind', join(folder, 'text')],
  ])('says that it cannot read %s', (_, path) => {
    writeFileSync(join(folder, 'text'), 'no database\n'.repeat(100));
    expect(() => new Geography({ country: path }).place('country', '203.0.113.9')).toThrow(
      expect.objectContaining({ code: 'PENSTOCK_HISTORY_GEO', message: expect.stringContaining(path) }),
    );
  });
  it('says that none was given', () => {
    expect(() => new Geography({}).place('as', '203.0.113.9')).toThrow('no database of as is given');
  });
});
