/**
 * A message for an incoming webhook of Mattermost: attachments, one an alert
 * (https://developers.mattermost.com/integrate/reference/message-attachments/). All of it is Markdown there, so hostile
 * text is escaped, and nothing in it can name anybody (mention.ts).
 */
import type { Link, Report, Section } from '../grouping/report.ts';
import { cut } from '../wording.ts';
import { unmentioned } from './mention.ts';
import { fitting } from './room.ts';

/** A post takes 16,383 characters, and its attachments a little more: one limit below both. */
const MAX_BYTES = 15_000;
const MAX_TEXT = 4_000;
const COLOURS = { low: '#8a8f98', medium: '#d9a400', high: '#e06c00', critical: '#c81e1e' } as const;

export function mattermostMessage(report: Report): Record<string, unknown> {
  return fitting(report, render, MAX_BYTES);
}

function render({ title, severity, sections, rest, origin }: Report): Record<string, unknown> {
  const footer = [rest, `Penstock on ${origin}`].filter((text) => text !== '').join(' · ');
  return {
    text: `**${severity}**: ${escaped(title)}`,
    attachments: [
      ...sections.map(attachment),
      { fallback: unmentioned(footer), color: COLOURS[severity], text: escaped(footer) },
    ],
  };
}

function attachment({ heading, severity, text, facts, links }: Section) {
  const words = [...text.map(escaped), links.map(link).join(' · ')].filter((part) => part !== '');
  return {
    fallback: unmentioned(heading),
    color: COLOURS[severity],
    title: escaped(heading),
    text: words.join('\n\n'),
    fields: facts.map(([name, value]) => ({ short: true, title: name, value: escaped(value) })),
  };
}

function link({ text, url }: Link): string {
  return `[${escaped(text)}](${url.replaceAll(/[()\\<> ]/g, percent)})`;
}

/** Every sign that means something in Markdown (https://spec.commonmark.org/0.31.2/#backslash-escapes). */
function escaped(text: string): string {
  return unmentioned(cut(text, MAX_TEXT)).replaceAll(/[\\`*_{}[\]()#+!|<>~&$^]/g, '\\$&');
}

/** encodeURIComponent leaves brackets as they are. */
function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16)}`;
}
