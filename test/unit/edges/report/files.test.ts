/** HTML and CSV of a report in which every name is hostile. */
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { csvOf } from '../../../../src/edges/report/csv.ts';
import { htmlOf } from '../../../../src/edges/report/html.ts';
import { barPlot, escapeText, timePlot } from '../../../../src/edges/report/plot.ts';
import type { Report } from '../../../../src/edges/report/report.ts';
import { chaptersOf, tablesOf } from '../../../../src/edges/report/sections.ts';
import { columns, TABLE_NAMES } from '../../../../src/edges/report/table.ts';
import { bytesText, plain, spanText } from '../../../../src/edges/report/wording.ts';
import { EVIL, FROM, HOUR, lines, ReportScene, sums } from './scene.ts';

let report: Report;
let html: string;
beforeAll(() => {
  using scene = new ReportScene();
  report = scene.report();
  html = htmlOf(report);
});
const TAGS = new Set(
  'html head meta title style body header h1 h2 h3 p section ul li nav ol a main dl div dt dd figure svg line text rect table thead tbody tr th td'.split(
    ' ',
  ),
);

describe('HTML', () => {
  it('has no element that a name has brought', () => {
    const tags = [...html.matchAll(/<\/?([a-zA-Z][a-zA-Z0-9]*)/g)].map((match) => match[1]);
    expect([...new Set(tags)].filter((tag) => !TAGS.has(tag))).toEqual([]);
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
  });
  it('asks nobody for anything', () => {
    expect(html).toContain("default-src 'none'");
    const links = [...html.matchAll(/(?:href|src|url)\s*[=(]\s*["']?([^"')>\s]+)/g)].map((match) => match[1]);
    expect(links.every((link) => link.startsWith('#'))).toBe(true);
    expect(html).not.toMatch(/<(?:script|link|img|iframe|object)\b/);
  });
  it('has no character that turns the reading direction or moves a cursor', () => {
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
  it('has a heading for every chapter, and its plots', () => {
    for (const { id, title } of chaptersOf(report))
      expect(html).toContain(`<section id="${id}" class="chapter">\n<h2>${title}</h2>`);
    expect(html.match(/<svg /g)).toHaveLength(4);
    expect(html).toContain('No database is given to tell it by.');
    expect(html).toContain('What is missing');
  });
  it('is there without traffic and rules', () => {
    expect(htmlOf({ ...report, traffic: null, rules: null })).toContain(
      'No history of flows is there to tell it.',
    );
  });
});

describe('CSV', () => {
  it('has every table once, each with as many cells as heads in every row', () => {
    const tables = tablesOf(report);
    expect(tables.map(({ name }) => name).toSorted()).toEqual([...TABLE_NAMES].toSorted());
    for (const table of tables) {
      const rows = parse(csvOf(table), { relax_column_count: false }) as string[][];
      expect(rows).toHaveLength(table.rows.length + 1);
    }
  });
  it('has no cell that a spreadsheet would take for a formula', () => {
    for (const table of tablesOf(report)) {
      for (const row of parse(csvOf(table)) as string[][]) {
        for (const cell of row) expect(cell).not.toMatch(/^\s*[=+@\t]|^\s*-[^0-9]/);
      }
    }
  });
  it.each([
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    [' =1', `"' =1"`],
    ['\t=1', `"'\ufffd=1"`],
    ['\uff1d1', `"'\uff1d1"`],
    ['a"b', '"a""b"'],
    ['a,b', '"a,b"'],
    ['a\r\nb', '"a\ufffd\ufffdb"'],
    ['10.1.0.10', '"10.1.0.10"'],
  ])('writes %j as %s', (text, cell) => {
    const table = {
      name: 'hosts',
      title: '',
      columns: columns('A'),
      rows: [[text]],
      more: 0,
      empty: '',
    } as const;
    expect(csvOf(table)).toBe(`"A"\r\n${cell}\r\n`);
  });
  it('writes times as ISO 8601 and sizes as bytes', () => {
    const heads = columns('At:time', 'Sent:bytes', 'Took:span');
    const table = {
      name: 'hosts',
      title: '',
      columns: heads,
      rows: [[FROM, 1_500, null]],
      more: 0,
      empty: '',
    } as const;
    expect(csvOf(table)).toBe('"At","Sent (bytes)","Took (ms)"\r\n2026-09-28T00:00:00.000Z,1500,\r\n');
  });
});

describe('plots', () => {
  it('escape what they are labelled with', () => {
    expect(barPlot('t', lines([EVIL, 5]))).not.toContain('<script');
    expect(escapeText(`<&>"'`)).toBe('&lt;&amp;&gt;&quot;&#39;');
  });
  it('are nothing where there is nothing to plot', () => {
    expect([timePlot([], 'day'), barPlot('t', lines(['a', 0]))]).toEqual(['', '']);
  });
  it('have no number that is none', () => {
    const points = [0, 5, 1e15].map((bytes, i) => ({ atMs: FROM + i * HOUR, ...sums(bytes) }));
    expect(timePlot(points, 'hour') + timePlot(points.slice(0, 1), 'hour')).not.toMatch(/NaN|Infinity/);
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.00 kB'],
  [12_340, '12.3 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [4.2e12, '4.20 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
it.each([
  [500, '500 ms'],
  [45_000, '45 s'],
  [12 * 60_000, '12 min'],
  [200 * 60_000, '3 h 20 min'],
  [52 * HOUR, '2 d 4 h'],
])('%d ms are %s', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});
it('makes text plain', () => {
  expect(plain('a\u202eb\u0000c\ud800')).toBe('a\ufffdb\ufffdc\ufffd');
});
