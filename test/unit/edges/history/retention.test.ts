import { describe, expect, it } from 'vitest';
import { fileBytes } from '../../../../src/edges/history/database.ts';
import { DAY, HOUR, MINUTE, NOON, row, Scene } from './rows.ts';

const MIB = 2 ** 20;

describe('what is forgotten', () => {
  it('goes by the age of each width', () => {
    using scene = new Scene({ keep: { minute: HOUR, hour: 2 * DAY, day: 10 * DAY } });
    for (const ageMs of [11 * DAY, 5 * DAY, 3 * HOUR, 0]) {
      scene.add([row()], NOON - ageMs);
    }
    scene.store.tend(NOON);
    expect(['minute', 'hour', 'day'].map((step) => scene.count(`${step}_flows`))).toEqual([1, 2, 2]);
    expect(['minute', 'hour', 'day'].map((step) => scene.count(`${step}_hosts`))).toEqual([1, 2, 2]);
  });

  it('is looked for once an hour', () => {
    using scene = new Scene({ keep: { minute: HOUR } });
    scene.store.tend(NOON);
    scene.add([row()], NOON - 2 * HOUR);
    scene.store.tend(NOON + MINUTE);
    expect(scene.count('minute_flows')).toBe(1);
    scene.store.tend(NOON + HOUR);
    expect(scene.count('minute_flows')).toBe(0);
  });

  it('is nothing after the clock has jumped, for a day of uptime', () => {
    let uptime = 0;
    using scene = new Scene({ uptimeMs: () => uptime });
    scene.add([row()], NOON);
    scene.store.tend(NOON);
    uptime = MINUTE;
    scene.store.tend(NOON + 1_000 * DAY);
    expect(scene.count('day_flows')).toBe(1);
    // Set right again.
    uptime += HOUR;
    scene.store.tend(NOON + HOUR);
    uptime += DAY;
    scene.store.tend(NOON + DAY + HOUR);
    expect([scene.count('minute_flows'), scene.count('day_flows')]).toEqual([1, 1]);
    uptime += DAY;
    scene.store.tend(NOON + 2 * DAY + HOUR);
    expect([scene.count('minute_flows'), scene.count('day_flows')]).toEqual([0, 1]);
  });

  it('is what a clock wrote that was far ahead', () => {
    let uptime = 0;
    using scene = new Scene({ uptimeMs: () => uptime });
    scene.store.tend(NOON);
    scene.add([row()], NOON + 900 * DAY);
    uptime = 2 * HOUR;
    scene.store.tend(NOON + 2 * HOUR);
    expect(scene.count('day_flows')).toBe(0);
  });

  it('takes the addresses along that no row names any more', () => {
    using scene = new Scene({ keep: { minute: HOUR, hour: DAY, day: 7 * DAY } });
    const many = Array.from({ length: 600 }, (_, i) => i);
    for (let batch = 0; batch < 20; batch++) {
      const of = (i: number) =>
        row({ host: `10.${batch}.${i >> 8}.${i & 255}`, destination: `198.51.${i >> 8}.${i & 255}` });
      scene.add(many.map(of), NOON - 20 * DAY);
    }
    scene.add([row()], NOON);
    scene.store.tend(NOON);
    expect([scene.count('hosts'), scene.count('destinations')]).toEqual([1, 1]);
    scene.add([row({ destination: '198.51.0.1' })], NOON);
    expect(scene.count('destinations')).toBe(2);
  });
});

describe('a file that is too large', () => {
  const fill = (scene: Scene, hours: number) => {
    const rows = Array.from({ length: 150 }, (_, i) =>
      row({ host: `10.1.0.${i}`, destination: `203.0.113.${i}` }),
    );
    for (let i = 0; i < hours; i++) {
      for (const minute of [0, 20, 40]) scene.add(rows, NOON + i * HOUR + minute * MINUTE);
      scene.store.tend(NOON + i * HOUR);
    }
  };

  it('loses the oldest minutes first, and stays below its limit', () => {
    using scene = new Scene({ maxBytes: 1 * MIB, keep: { minute: 400 * DAY } });
    fill(scene, 60);
    const { db } = scene.store;
    expect(fileBytes(db)).toBeLessThan(1.2 * MIB);
    const oldest = (step: string) =>
      db.prepare(`SELECT min(at) AS at FROM ${step}_hosts`).get()?.at as number;
    expect(oldest('minute') * MINUTE).toBeGreaterThan(NOON);
    expect(oldest('day') * DAY).toBe(NOON - 12 * HOUR);
    // Days are whole where hours are gone.
    expect(scene.sums('day_hosts').bytes_out).toBe(60 * 3 * 150 * 100);
  });

  it('gives up coarser widths too when it must', () => {
    using scene = new Scene({ maxBytes: 0.3 * MIB });
    fill(scene, 30);
    expect(fileBytes(scene.store.db)).toBeLessThan(0.5 * MIB);
    expect(scene.count('hour_hosts')).toBeLessThan(30 * 150);
  });
});
