import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REPORT_TABLES } from '../../../../src/edges/api/schema/report.ts';
import { TABLE_NAMES } from '../../../../src/edges/report/table.ts';
import { ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start();
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  api.reports.asked.length = 0;
});

const WEEK_MS = 7 * 86_400_000;
const send = (path: string) => api.send(path, { as: 'viewer' });

it('knows every table that a report has', () => {
  expect([...REPORT_TABLES]).toEqual([...TABLE_NAMES]);
});

describe('reports', () => {
  it('are on the last seven days when nothing else is said', async () => {
    const { status, json } = await api.ask('/v1/reports', { as: 'viewer' });
    expect([status, json.gaps]).toEqual([200, ['traffic: no history is kept']]);
    expect(api.reports.asked).toEqual([{ fromMs: api.nowMs - WEEK_MS, toMs: api.nowMs }]);
  });
  it('are files as HTML and as CSV', async () => {
    const html = await send('/v1/reports/html?from=0&to=86400000');
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(html.headers.get('content-disposition')).toBe(
      'attachment; filename="penstock-report-1970-01-02.html"',
    );
    expect(await html.text()).toContain('a report');
    const csv = await send('/v1/reports/csv?table=hosts&from=0&to=86400000');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="hosts-1970-01-02.csv"');
    expect(await csv.text()).toBe('"Host"\r\n');
    expect(api.reports.asked).toEqual([
      { fromMs: 0, toMs: 86_400_000 },
      { fromMs: 0, toMs: 86_400_000, table: 'hosts' },
    ]);
  });
  it.each([
    '/v1/reports?from=x',
    '/v1/reports/csv',
    '/v1/reports/csv?table=users',
    '/v1/reports/html?table=hosts',
  ])('are not asked for by %s', async (path) => {
    expect((await send(path)).status).toBe(422);
    expect(api.reports.asked).toEqual([]);
  });
  it.each(['/v1/reports', '/v1/reports/html', '/v1/reports/csv?table=hosts'])(
    'say why there is none at %s',
    async (path) => {
      api.reports.refusal = { code: 'failed', message: 'the ledger cannot be read' };
      const { status, json } = await api.ask(path, { as: 'viewer' });
      expect([status, json.detail]).toEqual([503, 'the ledger cannot be read']);
    },
  );
});

describe('reports that are kept', () => {
  it('are listed and taken away', async () => {
    const { json } = await api.ask('/v1/reports/kept', { as: 'viewer' });
    expect(json.reports).toMatchObject([{ name: 'penstock-2026-W40.html', bytes: 6 }]);
    const file = await send('/v1/reports/kept/penstock-2026-W40.html');
    expect([file.status, file.headers.get('content-type'), await file.text()]).toEqual([
      ...[200, 'text/html; charset=utf-8', '<html>'],
    ]);
  });
  it.each(['penstock-2026-W41.html', '..%2Fadmin.token', 'x'.repeat(65)])(
    'are not found as %s',
    async (name) => {
      expect((await send(`/v1/reports/kept/${name}`)).status).toBe(404);
    },
  );
});
