/** `penstock report`: what is shown, and what is written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { momentOf } from '../../../../src/edges/cli/report-period.ts';
import { TABLE_NAMES } from '../../../../src/edges/report/table.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, reaching } from './penstock.ts';

const NOW = Date.parse('2026-10-05T12:00:30Z');
const MINUTE = Date.parse('2026-10-05T12:00:00Z');
const DAY_MS = 86_400_000;

async function served(): Promise<ServedApi> {
  const api = await ServedApi.start();
  onTestFinished(() => api[Symbol.asyncDispose]());
  return api;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'penstock-report-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('the last seven days are told in short', async () => {
  const api = await served();
  const ran = await penstock(['report'], reaching(api, 'viewer'), { nowMs: NOW });
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toContain('whole, 1 entries');
  expect(ran.out).toContain('traffic: no history is kept');
  expect(api.reports.asked).toEqual([{ fromMs: MINUTE - 7 * DAY_MS, toMs: MINUTE }]);
});

test('files are written for their owner only, all of the same time', async () => {
  const api = await served();
  const path = folder();
  const args = ['--from', '2026-10-01', '--to', '2026-10-03', '--html', join(path, 'a.html')];
  const more = ['--csv', join(path, 'tables'), '--save', join(path, 'a.json')];
  const ran = await penstock(['report', ...args, ...more], reaching(api, 'viewer'), { nowMs: NOW });
  expect(ran.code).toBe(0);
  expect(ran.err.split('\n').filter((line) => line.startsWith('written: '))).toHaveLength(22);
  expect(readFileSync(join(path, 'a.html'), 'utf8')).toContain('a report');
  expect(JSON.parse(readFileSync(join(path, 'a.json'), 'utf8'))).toMatchObject({ host: 'gateway' });
  expect(readdirSync(join(path, 'tables')).toSorted()).toEqual(
    TABLE_NAMES.map((name) => `${name}.csv`).toSorted(),
  );
  expect(statSync(join(path, 'a.html')).mode & 0o777).toBe(0o600);
  const times = new Set(api.reports.asked.map((asked) => JSON.stringify(asked).replace(/,"table.*/, '}')));
  expect([...times]).toEqual([
    JSON.stringify({ fromMs: Date.parse('2026-10-01'), toMs: Date.parse('2026-10-03') }),
  ]);
});

test('all of it is one JSON document', async () => {
  const api = await served();
  const ran = await penstock(['report', '--json'], reaching(api, 'viewer'), { nowMs: NOW });
  expect(JSON.parse(ran.out)).toMatchObject({ audit: { sound: true } });
});

test('what is no time or no place is refused', async () => {
  const api = await served();
  const ran = (...args: string[]) => penstock(['report', ...args], reaching(api, 'viewer'), { nowMs: NOW });
  expect(await ran('--from', 'yesterday')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/is no time/),
  });
  expect(await ran('--html', join(folder(), 'a', '\0'))).toMatchObject({ code: 1 });
  api.reports.refusal = { code: 'refused', message: 'the time ends before it begins' };
  expect(await ran('--from', '1d', '--to', '2d')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/ends before/),
  });
});

test('kept reports are listed and taken away', async () => {
  const api = await served();
  const file = join(folder(), 'week.html');
  const list = await penstock(['report', 'kept'], reaching(api, 'viewer'), { nowMs: NOW });
  expect(list.out).toMatch(/penstock-2026-W40\.html/);
  const taken = ['report', 'kept', 'penstock-2026-W40.html', '--output', file];
  expect(await penstock(taken, reaching(api, 'viewer'))).toMatchObject({ code: 0 });
  expect(readFileSync(file, 'utf8')).toBe('<html>');
  expect(await penstock(['report', 'kept', 'other.html'], reaching(api, 'viewer'))).toMatchObject({
    code: 2,
  });
});

test.each([
  ['7d', NOW - 7 * DAY_MS],
  ['36h', NOW - 1.5 * DAY_MS],
  ['2w', NOW - 14 * DAY_MS],
  ['2026-10-01', Date.UTC(2026, 9, 1)],
  ['2026-10-01T12:30', Date.UTC(2026, 9, 1, 12, 30)],
  ['2026-10-01T12:30:00+02:00', Date.UTC(2026, 9, 1, 10, 30)],
])('%s is a time', (text, atMs) => {
  expect(momentOf(text, NOW)).toBe(atMs);
});
test.each(['', '7', '0d', '7x', '2026-13-01', '2026-1-1', 'now', '2026-10-01T99:00Z'])(
  '%s is none',
  (text) => {
    expect(() => momentOf(text, NOW)).toThrow('is no time');
  },
);
