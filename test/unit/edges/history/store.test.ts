import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, NOON, row, Scene } from './rows.ts';

const TABLES = ['minute', 'hour', 'day'].flatMap((step) => [`${step}_hosts`, `${step}_flows`]);
const SMALL = { hosts: 2, destinations: 2 };
const LIMITS = { minute: SMALL, hour: SMALL, day: SMALL };

describe('HistoryStore', () => {
  it('adds a drain to its minute, hour and day', () => {
    using scene = new Scene();
    scene.add([row()], NOON + 5 * MINUTE);
    scene.add([row({ bytesOut: 11 })], NOON + 5 * MINUTE + 30_000);
    scene.add([row({ bytesOut: 3 })], NOON + 2 * HOUR);
    expect(TABLES.map((table) => scene.count(table))).toEqual([2, 2, 2, 2, 1, 1]);
    for (const table of TABLES) expect(scene.sums(table)).toMatchObject({ bytes_out: 114, connections: 3 });
  });

  it('has what it had when it is opened again', () => {
    using scene = new Scene();
    scene.add([row()], NOON);
    scene.reopen();
    scene.add([row()], NOON);
    expect(scene.sums('minute_flows')).toMatchObject({ bytes_out: 200 });
  });

  it('has the last groups and names that were told', () => {
    using scene = new Scene();
    const facts = (group: string, name: string) => ({
      groups: { '10.1.0.10': [group] },
      names: { '203.0.113.9': name },
    });
    scene.add([row()], NOON, facts('old', 'a.example'));
    scene.add([row()], NOON, facts('new', 'b.example'));
    scene.add([row()], NOON);
    expect(scene.store.db.prepare('SELECT groups FROM hosts').get()).toEqual({ groups: '["new"]' });
    expect(scene.store.db.prepare('SELECT name FROM destinations').get()).toEqual({ name: 'b.example' });
  });

  it('writes all of a drain or nothing of it', () => {
    using scene = new Scene();
    scene.store.db.exec("CREATE TRIGGER full BEFORE INSERT ON day_flows BEGIN SELECT RAISE(FAIL, 'no'); END");
    expect(() => scene.add([row()], NOON)).toThrow(expect.objectContaining({ code: 'PENSTOCK_HISTORY_IO' }));
    scene.store.db.exec('DROP TRIGGER full');
    for (const table of [...TABLES, 'hosts', 'destinations', 'verdicts']) expect(scene.count(table)).toBe(0);
    scene.add([row()], NOON);
    expect(scene.sums('day_flows')).toMatchObject({ bytes_out: 100 });
  });

  it('folds the tail of an hour that is over, and of the day that is not', () => {
    using scene = new Scene({ limits: { ...LIMITS, minute: { hosts: 9, destinations: 9 } } });
    for (let i = 0; i < 5; i++)
      scene.add([row({ destination: `203.0.113.${i}`, bytesOut: i })], NOON + i * MINUTE);
    scene.store.tend(NOON + 5 * MINUTE);
    scene.add([row({ destination: '203.0.113.99', bytesOut: 1_000 })], NOON + HOUR);
    scene.store.tend(NOON + HOUR);
    const told = scene.store.db
      .prepare(
        'SELECT address, bytes_out AS bytes FROM hour_flows LEFT JOIN destinations ON id = destination ORDER BY at, bytes_out',
      )
      .all()
      .map(({ address, bytes }) => `${address} ${bytes}`);
    expect(told).toEqual(['null 3', '203.0.113.3 3', '203.0.113.4 4', '203.0.113.99 1000']);
    expect(scene.count('day_flows')).toBe(3);
    for (const table of TABLES) expect(scene.sums(table)).toMatchObject({ bytes_out: 1_010 });
  });

  it('folds what the daemon before has left when it stopped', () => {
    using scene = new Scene({ limits: { ...LIMITS, minute: { hosts: 9, destinations: 9 } } });
    for (let i = 0; i < 5; i++) scene.add([row({ destination: `203.0.113.${i}` })], NOON);
    scene.reopen();
    scene.store.tend(NOON + 3 * HOUR);
    expect(scene.count('hour_flows')).toBe(3);
  });

  it('loses nothing over folding, whatever comes when, clocks that jump among it', () => {
    const traffic = fc.record({
      host: fc.constantFrom('10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4', null),
      destination: fc.constantFrom('203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4', null),
      because: fc.constantFrom('web', 'mail'),
      bytesOut: fc.nat(1e9),
      denied: fc.nat(9),
    });
    const act = fc.record({
      rows: fc.array(traffic, { maxLength: 12 }),
      // Within two days, so that nothing is forgotten.
      atMs: fc.integer({ min: NOON, max: NOON + 2 * DAY }),
      tends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        using scene = new Scene({ limits: LIMITS, keep: { minute: 9 * DAY } });
        for (const { rows, atMs, tends } of acts) {
          scene.add(
            rows.map((each) => row(each)),
            atMs,
          );
          if (tends) scene.store.tend(atMs);
        }
        scene.store.tend(NOON + 2 * DAY + HOUR);
        const given = acts.flatMap(({ rows }) => rows);
        const bytes = given.reduce((all, { bytesOut }) => all + bytesOut, 0);
        const denied = given.reduce((all, each) => all + each.denied, 0);
        for (const table of TABLES) {
          expect(scene.sums(table)).toMatchObject({ bytes_out: bytes, denied, connections: given.length });
        }
        // What each host sent is the same in both tables of a width.
        for (const step of ['minute', 'hour', 'day']) {
          const of = (table: string) =>
            scene.store.db
              .prepare(
                `SELECT at, host, verdict, sum(bytes_out) AS sum FROM ${step}_${table} GROUP BY 1, 2, 3`,
              )
              .all();
          expect(of('flows')).toEqual(of('hosts'));
        }
      }),
      { numRuns: 15 },
    );
  });
});
