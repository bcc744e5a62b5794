/** `penstock report --html FILE --csv DIR --save FILE`: what the daemon made, on the disk of who asked. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Query } from 'penstock-client';
import { answered } from './client.ts';
import type { Context } from './context.ts';
import { CommandError } from './errors.ts';

export interface ReportFiles {
  readonly html?: string;
  /** A folder. */
  readonly csv?: string;
  /** JSON. */
  readonly save?: string;
}

type Period = Query<'/v1/reports'>;
type Report = Answer<'get', '/v1/reports'>;
type TableName = NonNullable<Query<'/v1/reports/csv'>>['table'];

/** Every table of a report, each a file. */
const TABLES = {
  summary: true,
  traffic: true,
  groups: true,
  hosts: true,
  destinations: true,
  services: true,
  rules: true,
  countries: true,
  systems: true,
  'unused-rules': true,
  'expiring-rules': true,
  'wide-rules': true,
  approvals: true,
  approvers: true,
  causes: true,
  incidents: true,
  vetoes: true,
  changes: true,
  changers: true,
  culprits: true,
} satisfies Record<TableName, true>;

/** @returns the names of what was written @throws CommandError */
export async function writeReport(
  context: Context,
  period: Period,
  report: Report,
  { html, csv, save }: ReportFiles,
): Promise<string[]> {
  const api = await context.api();
  const written: string[] = [];
  const write = (file: string, text: string) => {
    replaceFile(file, text);
    written.push(file);
  };
  if (save !== undefined) write(save, `${JSON.stringify(report, null, 2)}\n`);
  if (html !== undefined) {
    const asked = api.GET('/v1/reports/html', { params: { query: period }, parseAs: 'text' });
    write(html, await answered(asked));
  }
  for (const table of csv === undefined ? [] : (Object.keys(TABLES) as TableName[])) {
    const query = { ...period, table };
    const text = await answered(api.GET('/v1/reports/csv', { params: { query }, parseAs: 'text' }));
    write(join(csv ?? '.', `${table}.csv`), text);
  }
  return written;
}

/** Whole or not at all; an existing file is replaced. @throws CommandError */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.new`;
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, file);
  } catch (cause) {
    removeQuietly(temporary);
    throw new CommandError('PENSTOCK_FILE_UNWRITABLE', 1, `${file}: ${(cause as Error).message}`, { cause });
  }
}

/** It may never have been there. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Why it could not be written says more.
  }
}
