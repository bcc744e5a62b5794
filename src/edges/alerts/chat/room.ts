/** Keeping a message within what a service takes: whole parts are left out before anything is cut. */
import type { Report } from '../grouping/report.ts';
import { cut } from '../wording.ts';

/**
 * The report with fewer sections, then with shorter ones, until it fits.
 * @param render what is sent; its JSON is measured
 * @param maxBytes of UTF-8
 */
export function fitting<T>(report: Report, render: (report: Report) => T, maxBytes: number): T {
  const { sections } = report;
  for (let kept = sections.length; kept > 1; kept -= 1) {
    const rendered = render(withSections(report, kept));
    if (bytes(rendered) <= maxBytes) return rendered;
  }
  for (const most of [600, 200, 80]) {
    const rendered = render(shortened(withSections(report, 1), most));
    if (bytes(rendered) <= maxBytes) return rendered;
  }
  return render({ ...shortened(report, 80), sections: [], rest: 'Look: penstock audit' });
}

function withSections(report: Report, kept: number): Report {
  const left = report.sections.length - kept;
  if (left === 0) return report;
  const rest = `${report.rest} ${left} more had no room here.`.trim();
  return { ...report, sections: report.sections.slice(0, kept), rest };
}

function shortened(report: Report, most: number): Report {
  const sections = report.sections.map((section) => ({
    ...section,
    text: section.text.map((text) => cut(text, most)),
    facts: section.facts.map(([name, value]) => [name, cut(value, most)] as const),
  }));
  return { ...report, title: cut(report.title, most), sections, origin: cut(report.origin, most) };
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
