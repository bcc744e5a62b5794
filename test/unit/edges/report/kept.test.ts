/** Reports that come by themselves. */
import { createHash } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { lastPeriod, nextEnd } from '../../../../src/edges/report/calendar.ts';
import { KeptReports } from '../../../../src/edges/report/kept-reports.ts';
import { ReportSchedule } from '../../../../src/edges/report/schedule.ts';
import { reportSettings } from '../../../../src/edges/report/settings.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { DAY, MINUTE, ReportScene } from './scene.ts';

const at = (text: string) => Date.parse(text);
const iso = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);

describe('the calendar', () => {
  it.each([
    ['day', '2026-10-05T12:00Z', '2026-10-04', '2026-10-04', '2026-10-05', '2026-10-06'],
    ['week', '2026-10-05T00:00Z', '2026-W40', '2026-09-28', '2026-10-05', '2026-10-12'],
    ['week', '2026-10-04T23:59Z', '2026-W39', '2026-09-21', '2026-09-28', '2026-10-05'],
    ['week', '2027-01-06T00:00Z', '2026-W53', '2026-12-28', '2027-01-04', '2027-01-11'],
    ['month', '2026-01-15T00:00Z', '2025-12', '2025-12-01', '2026-01-01', '2026-02-01'],
    ['month', '2028-03-01T00:00Z', '2028-02', '2028-02-01', '2028-03-01', '2028-04-01'],
  ] as const)('by the %s at %s', (every, now, name, from, to, next) => {
    const period = lastPeriod(every, at(now));
    expect([period.name, iso(period.fromMs), iso(period.toMs)]).toEqual([name, from, to]);
    expect(iso(nextEnd(every, at(now)))).toBe(next);
  });
});

let folder: string;
let kept: KeptReports;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-kept-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  kept = new KeptReports(join(folder, 'reports'));
});

describe('the folder', () => {
  it('is made when it is first needed, for its owner only', () => {
    expect(kept.list()).toEqual([]);
    const written = kept.write('2026-W40', 'html', '<html>');
    expect(written).toEqual({
      name: 'penstock-2026-W40.html',
      bytes: 6,
      sha256: createHash('sha256').update('<html>').digest('hex'),
    });
    expect(statSync(join(folder, 'reports')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'reports', written.name)).mode & 0o777).toBe(0o600);
    expect(kept.list()).toMatchObject([{ name: written.name, bytes: 6 }]);
    expect(kept.read(written.name)?.toString()).toBe('<html>');
  });
  it('keeps the newest of each kind of time', () => {
    for (const week of ['2026-W38', '2026-W39', '2026-W40']) {
      for (const kind of ['json', 'html'] as const) kept.write(week, kind, week);
    }
    kept.write('2026-09', 'html', 'month');
    kept.prune('2026-W40', 2);
    expect(readdirSync(join(folder, 'reports')).toSorted()).toEqual([
      'penstock-2026-09.html',
      'penstock-2026-W39.html',
      'penstock-2026-W39.json',
      'penstock-2026-W40.html',
      'penstock-2026-W40.json',
    ]);
  });
  it('gives out nothing that is not ours', () => {
    kept.write('2026-W40', 'html', 'x');
    writeFileSync(join(folder, 'secret'), 'no');
    writeFileSync(join(folder, 'reports', 'other.html'), 'no');
    symlinkSync('../secret', join(folder, 'reports', 'penstock-2026-W41.htm'));
    for (const name of [
      'other.html',
      '../secret',
      'penstock-2026-W41.htm',
      '.',
      '',
      'penstock-2026-W40.html\0',
    ])
      expect(kept.read(name)).toBeUndefined();
    expect(kept.list()).toHaveLength(1);
  });
  it('says that it cannot be written, and leaves nothing half', () => {
    writeFileSync(join(folder, 'file'), '');
    const broken = new KeptReports(join(folder, 'file'));
    expect(() => broken.write('2026-W40', 'html', 'x')).toThrow(
      expect.objectContaining({ code: 'PENSTOCK_REPORT_UNWRITABLE' }),
    );
  });
});

describe('the schedule', () => {
  const MONDAY = at('2026-10-05T00:05Z');
  let nowMs = MONDAY;
  let records: EntryDraft[];
  let warnings: string[];
  let fails: boolean;

  const open = (first: number | undefined = MONDAY - 30 * DAY) => {
    using scene = new ReportScene([]);
    const report = scene.report({ period: lastPeriod('week', nowMs) });
    records = [];
    warnings = [];
    fails = false;
    nowMs = MONDAY;
    return new ReportSchedule({
      every: 'week',
      keep: 2,
      kept,
      report: async () =>
        fails ? { ok: false, refusal: { code: 'failed', message: 'not now' } } : { ok: true, result: report },
      record: async (draft) => void records.push(draft),
      firstEntryMs: () => first,
      warn: (_, message) => void warnings.push(message),
      now: () => nowMs,
    });
  };

  it('makes the report of the last week once, and records what it wrote', async () => {
    const schedule = open();
    expect(await schedule.look()).toBe(7 * DAY - 3 * MINUTE);
    await schedule.look();
    expect(kept.list().map(({ name }) => name)).toEqual(['penstock-2026-W40.json', 'penstock-2026-W40.html']);
    expect(records.map(({ type, body }) => [type, 'name' in body && body.name])).toEqual([
      ['report.made', 'penstock-2026-W40.json'],
      ['report.made', 'penstock-2026-W40.html'],
    ]);
    const html = readFileSync(join(folder, 'reports', 'penstock-2026-W40.html'));
    expect(records[1].body).toMatchObject({
      sha256: createHash('sha256').update(html).digest('hex'),
      fromMs: at('2026-09-28'),
      toMs: at('2026-10-05'),
    });
  });
  it('waits until the last minute of a week is in the history', async () => {
    const schedule = open();
    nowMs = at('2026-10-05T00:01Z');
    expect(await schedule.look()).toBe(MINUTE);
    expect(kept.has('2026-W40')).toBe(false);
    expect(kept.has('2026-W39')).toBe(true);
  });
  it('makes none of a time in which nothing was recorded yet', async () => {
    for (const first of [undefined, MONDAY]) {
      await open(first === undefined ? Number.POSITIVE_INFINITY : first).look();
      expect(kept.list()).toEqual([]);
    }
  });
  it('tries again when it fails', async () => {
    const schedule = open();
    fails = true;
    expect(await schedule.look()).toBe(10 * MINUTE);
    expect(warnings).toEqual([expect.stringMatching(/2026-W40 could not be made/)]);
    fails = false;
    await schedule.look();
    expect(kept.has('2026-W40')).toBe(true);
  });
});

it.each([{ every: 'year' }, { every: 'day', keep: 0 }, {}, { every: 'day', folder: 'x' }])(
  'does not take %j for settings',
  (given) => {
    expect(reportSettings.safeParse(given).success).toBe(false);
  },
);
