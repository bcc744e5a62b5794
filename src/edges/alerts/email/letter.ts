/** A message as an email: a text that is complete in itself, and the same as HTML, with nothing from outside. */
import type { Link, Report, Section } from '../grouping/report.ts';

const WIDTH = 76;
const COLOURS = { low: '#5f6670', medium: '#8a6a00', high: '#b35400', critical: '#b01818' } as const;

/** Lines of text, RFC 3676 aside: no reader needs them flowed. */
export function letterText({ title, sections, rest, origin }: Report): string {
  const parts = [
    ...(sections.length === 1 ? [] : [wrapped(title)]),
    ...sections.map(sectionText),
    ...(rest === '' ? [] : [wrapped(rest)]),
    `-- \nPenstock on ${origin}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function sectionText({ heading, severity, text, facts, links }: Section): string {
  const head = `${severity.toUpperCase()}  ${heading}`;
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  const table = facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  const where = links.map(({ text, url }) => `${text}:\n  ${url}`);
  return [head, ...text.map(wrapped), ...(table.length > 0 ? [table.join('\n')] : []), ...where].join('\n\n');
}

function wrapped(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== '' && last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}

export function letterHtml({ title, sections, rest, origin }: Report): string {
  const parts = [
    ...(sections.length === 1 ? [] : [`<h1 style="font-size:18px">${escaped(title)}</h1>`]),
    ...sections.map(sectionHtml),
    ...(rest === '' ? [] : [paragraph(rest)]),
    `<p style="color:#5f6670;font-size:12px">Penstock on ${escaped(origin)}</p>`,
  ];
  const style =
    'font-family:sans-serif;font-size:14px;line-height:1.45;max-width:42em;margin:0 auto;padding:12px';
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title></head>\n<body style="${style}">\n${parts.join('\n')}\n</body></html>\n`;
}

function sectionHtml({ heading, severity, text, facts, links }: Section): string {
  const rows = facts.map(
    ([name, value]) =>
      `<tr><th style="text-align:left;padding-right:1em;font-weight:600">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  const colour = COLOURS[severity];
  return [
    `<section style="border-left:4px solid ${colour};padding-left:12px;margin:16px 0">`,
    `<h2 style="font-size:16px;margin:0 0 4px"><span style="color:${colour}">${severity}</span> ${escaped(heading)}</h2>`,
    ...text.map(paragraph),
    ...(rows.length > 0
      ? [`<table style="font-size:13px;border-collapse:collapse">${rows.join('')}</table>`]
      : []),
    ...(links.length > 0 ? [`<p>${links.map(anchor).join(' &middot; ')}</p>`] : []),
    '</section>',
  ].join('\n');
}

function paragraph(text: string): string {
  return `<p style="margin:4px 0">${escaped(text)}</p>`;
}

/** Ours, and http or https: see `publicUrl`. */
function anchor({ text, url }: Link): string {
  return `<a href="${escaped(url)}">${escaped(text)}</a>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
