/** CSV as RFC 4180 has it. Times are ISO 8601, spans and sizes plain numbers (ms, bytes). */
import type { Table, Value } from './table.ts';
import { plain } from './wording.ts';

/** A spreadsheet would take it for a formula (https://owasp.org/www-community/attacks/CSV_Injection). */
const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;

export function csvOf({ columns, rows }: Table): string {
  const lines = [
    columns.map(({ head, kind }) => headOf(head, kind)),
    ...rows.map((row) => row.map((value, i) => cell(value, columns[i]?.kind))),
  ];
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}

const UNITS: Readonly<Record<string, string>> = { bytes: ' (bytes)', span: ' (ms)' };

function headOf(head: string, kind: string): string {
  return quoted(`${head}${UNITS[kind] ?? ''}`);
}

function cell(value: Value, kind: string | undefined): string {
  if (value === null) return '';
  if (typeof value === 'number') return kind === 'time' ? isoOf(value) : String(value);
  // Looked at before and after: what is made plain must not become a formula either.
  const text = plain(value);
  return quoted(FORMULA.test(value) || FORMULA.test(text.trimStart()) ? `'${text}` : text);
}

function isoOf(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
