import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Geography } from '../../../../src/edges/history/geography.ts';
import { HistoryQueries } from '../../../../src/edges/history/queries.ts';
import type { TopQuestion } from '../../../../src/edges/history/question.ts';
import { writeMmdb } from './mmdb-writer.ts';
import { DAY, HOUR, HTTPS, MINUTE, NOON, row, Scene } from './rows.ts';

const DNS = (17 << 16) | 53;
const GRE = 47 << 16;

let scene: Scene;
let queries: HistoryQueries;

beforeAll(() => {
  scene = new Scene();
  const groups = { '10.1.0.10': ['web', 'all'], '10.1.0.11': ['all'], '10.1.0.12': [] };
  const facts = { groups, names: { '203.0.113.9': 'shop.example' } };
  scene.add([row({ bytesOut: 1_000 }), row({ host: '10.1.0.11', bytesOut: 500, bytesIn: 0 })], NOON, facts);
  scene.add(
    [
      row({ bytesOut: 10, destination: '198.51.100.7', service: DNS, because: 'names' }),
      row({ host: '10.1.0.12', bytesOut: 5, service: GRE }),
      row({ kind: 'violation', because: '', bytesOut: 40, bytesIn: 0, denied: 1, destination: '192.0.2.1' }),
      row({ kind: 'denyList', because: 'c2', bytesOut: 0, bytesIn: 0, connections: 0, denied: 7 }),
      row({ destination: null, service: null, bytesOut: 3 }),
      row({ host: null, destination: null, service: null, bytesOut: 2 }),
    ],
    NOON + 2 * HOUR,
    facts,
  );
  const path = join(scene.folder, 'country.mmdb');
  writeMmdb(path, {
    '203.0.113.0/24': { country: { iso_code: 'DE', names: { en: 'Germany' } } },
    '198.51.100.0/24': { country: { iso_code: 'DE', names: { en: 'Germany' } } },
  });
  queries = new HistoryQueries(scene.store.db, new Geography({ country: path }));
});
afterAll(() => scene[Symbol.dispose]());

const ALL_DAY = { fromMs: NOON, toMs: NOON + 4 * HOUR };

function top(by: TopQuestion['by'], more: Partial<TopQuestion> = {}) {
  const { items, other } = queries.top({ by, limit: 50, ...ALL_DAY, ...more }, 'hour');
  return [...items.map(({ key, bytesOut }) => `${key} ${bytesOut}`), `rest ${other.bytesOut}`];
}

describe('series', () => {
  it('has a point a bucket, where nothing was sent too', () => {
    const { step, points } = queries.series({ step: 'hour', ...ALL_DAY });
    expect([step, points.length]).toEqual(['hour', 5]);
    expect(points.map(({ atMs }) => atMs - NOON)).toEqual([0, 1, 2, 3, 4].map((hours) => hours * HOUR));
    expect(points.map(({ bytesOut }) => bytesOut)).toEqual([1_500, 0, 60, 0, 0]);
    expect(points[2]).toMatchObject({ bytesIn: 200, connections: 5, denied: 8 });
  });
  it.each([
    ['a host', { host: '10.1.0.10' }, [1_000, 53]],
    ['an unknown host', { host: '10.9.9.9' }, [0, 0]],
    ['a group', { group: 'all' }, [1_500, 53]],
    ['a group nobody is in', { group: 'none' }, [0, 0]],
    ['a destination', { destination: '203.0.113.9' }, [1_500, 5]],
    ['a destination by its name', { destination: 'shop.example' }, [1_500, 5]],
    ['a rule', { rule: 'names' }, [0, 10]],
    ['a host and a destination', { host: '10.1.0.11', destination: '203.0.113.9' }, [500, 0]],
    ['a name made to break out', { destination: "' OR 1=1 --" }, [0, 0]],
  ])('is about %s', (_, filter, expected) => {
    const { points } = queries.series({ step: 'hour', ...ALL_DAY, ...filter });
    expect([points[0].bytesOut, points[2].bytesOut]).toEqual(expected);
  });
  it('takes whole buckets, those of both ends among them', () => {
    const asked = { fromMs: NOON + 59 * MINUTE, toMs: NOON + 2 * HOUR };
    expect(queries.series({ step: 'hour', ...asked }).points.map(({ bytesOut }) => bytesOut)).toEqual([
      1_500, 0, 60,
    ]);
    expect(queries.series({ step: 'day', ...asked }).points).toMatchObject([
      { atMs: NOON - 12 * HOUR, bytesOut: 1_560 },
    ]);
  });
});

describe('top', () => {
  it.each<[TopQuestion['by'], Partial<TopQuestion>, string[]]>([
    ['host', {}, ['10.1.0.10 1053', '10.1.0.11 500', '10.1.0.12 5', 'rest 2']],
    ['host', { limit: 1 }, ['10.1.0.10 1053', 'rest 507']],
    ['destination', {}, ['203.0.113.9 1505', '192.0.2.1 40', '198.51.100.7 10', 'rest 5']],
    ['group', {}, ['all 1553', 'web 1053', '(no group) 5', 'rest 2']],
    ['rule', {}, ['web 1510', '(violation) 40', 'names 10', '(denyList c2) 0', 'rest 0']],
    ['service', {}, ['tcp/443 1540', 'udp/53 10', 'gre 5', 'rest 5']],
    ['country', {}, ['DE 1515', '(unknown) 40', 'rest 5']],
    ['destination', { host: '10.1.0.10' }, ['203.0.113.9 1000', '192.0.2.1 40', '198.51.100.7 10', 'rest 3']],
    ['service', { group: 'web', rule: 'names' }, ['udp/53 10', 'rest 0']],
    ['host', { fromMs: NOON - DAY, toMs: NOON - HOUR }, ['rest 0']],
  ])('by %s %j', (by, more, expected) => {
    expect(top(by, more)).toEqual(expected);
  });
  it('comes to the same in all by every key but the group', () => {
    for (const by of ['host', 'destination', 'rule', 'service', 'country'] as const) {
      const sum = top(by).reduce((all, line) => all + Number(line.split(' ').at(-1)), 0);
      expect(sum).toBe(1_560);
    }
  });
  it('tells names, and when it was seen by the bucket', () => {
    const { items } = queries.top({ by: 'destination', limit: 1, ...ALL_DAY }, 'hour');
    expect(items).toMatchObject([
      { key: '203.0.113.9', name: 'shop.example', firstSeenMs: NOON, lastSeenMs: NOON + 3 * HOUR },
    ]);
  });
});

it('tells what each rule was used for, the heaviest first', () => {
  expect(queries.ruleUses(ALL_DAY, 'hour', 2)).toMatchObject([
    { rule: 'names', uses: [{ destination: '198.51.100.7', service: DNS }], truncated: false },
    {
      rule: 'web',
      uses: [
        { destination: '203.0.113.9', name: 'shop.example', service: HTTPS, bytesOut: 1_500 },
        // Of those that have no row of their own.
        { destination: null, service: null, bytesOut: 5, bytesIn: 100 },
      ],
      truncated: true,
    },
  ]);
});
