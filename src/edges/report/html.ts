/**
 * A report as one HTML file that asks nobody for anything and prints on A4. Eta escapes all that is put into the
 * template; the plots are escaped where they are drawn (plot.ts).
 */
import { readFileSync } from 'node:fs';
import { Eta } from 'eta';
import type { Report } from './report.ts';
import { chaptersOf } from './sections.ts';
import { worded } from './table.ts';
import { plain, timeText } from './wording.ts';

const read = (name: string) => readFileSync(new URL(`./template/${name}`, import.meta.url), 'utf8');

export function htmlOf(report: Report): string {
  const { period, policy } = report;
  const chapters = chaptersOf(report).map(({ intro, facts, tables, ...rest }) => ({
    ...rest,
    intro: intro.map(plain),
    facts: facts.map(([label, value]) => [label, plain(value)]),
    tables: tables
      .filter(({ onlyAsFile }) => onlyAsFile !== true)
      .map((table) => ({
        ...table,
        rows: table.rows.map((row) => row.map((value, i) => worded(value, table.columns[i]?.kind ?? 'text'))),
      })),
  }));
  const from = timeText(period.fromMs);
  const to = timeText(period.toMs);
  const facts = {
    title: `Penstock report ${from} to ${to}`,
    style: read('report.css'),
    ...{ from, to, chapters },
    host: plain(report.host),
    version: plain(report.version),
    made: timeText(report.madeAtMs),
    policy:
      policy &&
      plain(
        `${policy.name} (${policy.digest.slice(0, 12)}), revision ${policy.revision}, mode ${policy.mode}`,
      ),
    gaps: report.gaps.map(plain),
  };
  return new Eta().renderString(read('report.eta'), facts);
}
