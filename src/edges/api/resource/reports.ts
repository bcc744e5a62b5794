import { z } from 'zod';
import type { Outcome } from '../../../engine/commands.ts';
import type { Download } from '../download.ts';
import { RequestError } from '../errors.ts';
import { refusalError } from '../problem-document.ts';
import { checkRequest, type DownloadRoute, jsonRoute, NOTHING, type Route } from '../route.ts';
import {
  keptReports,
  periodOf,
  type REPORT_TABLES,
  reportCsvQuery,
  reportQuery,
  reportSchema,
} from '../schema/report.ts';

interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

type KeptReport = z.input<typeof keptReports>['reports'][number];

/** Who makes reports, and keeps those that come by themselves. */
export interface ReportSource {
  report(period: Period): Promise<Outcome<z.input<typeof reportSchema>>>;
  html(period: Period): Promise<Outcome<string>>;
  csv(period: Period, table: (typeof REPORT_TABLES)[number]): Promise<Outcome<string>>;
  /** The newest first. */
  kept(): readonly KeptReport[];
  read(name: string): Uint8Array | undefined;
}

interface Parts {
  readonly reports?: ReportSource | undefined;
  readonly now: () => number;
}

const params = z.strictObject({ name: z.string().max(64).meta({ example: 'penstock-2026-W40.html' }) });
const HTML = 'text/html; charset=utf-8';
const CSV = 'text/csv; charset=utf-8; header=present';

export function reportRoutes({ reports, now }: Parts): Route[] {
  const source = () => {
    if (reports === undefined) throw new RequestError('failed', 'no reports are made here');
    return reports;
  };
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/reports',
      role: 'viewer',
      summary: 'A report on a time, made now',
      request: { ...NOTHING, query: reportQuery },
      answer: reportSchema,
      handle: async ({ query }) => answered(await source().report(periodOf(query, now()))),
    }),
    file('/v1/reports/html', 'The same as one HTML file that prints', HTML, reportQuery, async (query) => {
      const period = periodOf(query, now());
      return {
        text: answered(await source().html(period)),
        fileName: `penstock-report-${dayOf(period)}.html`,
      };
    }),
    file('/v1/reports/csv', 'One table of it as CSV', CSV, reportCsvQuery, async ({ table, ...query }) => {
      const period = periodOf(query, now());
      return { text: answered(await source().csv(period, table)), fileName: `${table}-${dayOf(period)}.csv` };
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/reports/kept',
      role: 'viewer',
      summary: 'Reports that came by themselves, the newest first',
      request: NOTHING,
      answer: keptReports,
      handle: () => ({ reports: source().kept() }),
    }),
    keptRoute((name) => source().read(name)),
  ];
}

/** @throws RequestError */
function answered<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw refusalError(outcome.refusal);
  return outcome.result;
}

/** When it ends. */
function dayOf({ toMs }: Period): string {
  return new Date(toMs).toISOString().slice(0, 10);
}

function file<Q extends z.ZodObject>(
  path: string,
  summary: string,
  contentType: string,
  query: Q,
  make: (query: z.output<Q>) => Promise<{ text: string; fileName: string }>,
): DownloadRoute {
  const request = { ...NOTHING, query };
  const schema = z.object(request);
  return {
    kind: 'download',
    ...{ method: 'get', path, role: 'viewer', summary, contentTypes: [contentType], request },
    async open(raw): Promise<Download> {
      const asked = checkRequest(schema, raw) as { query: z.output<Q> };
      const { text, fileName } = await make(asked.query);
      return { contentType, fileName, content: Buffer.from(text) };
    },
  };
}

function keptRoute(read: (name: string) => Uint8Array | undefined): DownloadRoute {
  const request = { ...NOTHING, params };
  const schema = z.object(request);
  return {
    kind: 'download',
    method: 'get',
    path: '/v1/reports/kept/{name}',
    role: 'viewer',
    summary: 'One of them',
    contentTypes: [HTML, 'application/json'],
    request,
    async open(raw): Promise<Download> {
      const { name } = checkRequest(schema, raw).params;
      const content = read(name);
      if (content === undefined) throw new RequestError('not-found', 'there is no such report');
      return { contentType: name.endsWith('.html') ? HTML : 'application/json', fileName: name, content };
    },
  };
}
