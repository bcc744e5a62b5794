/**
 * A message in Slack's Block Kit, for an incoming webhook (https://docs.slack.dev/reference/block-kit/blocks).
 *
 *   header            the title
 *   section, context  text and numbers of each alert, and links      (again and again)
 *   context           what had no room, which gateway, which alerts
 *
 * Hostile text cannot name anybody: `&`, `<` and `>` are escaped, so `<!channel>` and `<@U123>` are only text
 * (https://docs.slack.dev/messaging/formatting-message-text#escaping), texts are `plain_text`, and the words that Slack
 * knows as mentions are broken up. Links are mrkdwn, not buttons: a button calls an app back, which a webhook is not.
 */
import type { Link, Report, Section } from '../grouping/report.ts';
import { cut } from '../wording.ts';
import { unmentioned } from './mention.ts';
import { fitting } from './room.ts';

/** Characters that Slack takes: https://docs.slack.dev/reference/block-kit/blocks and .../text-object */
export const LIMITS = {
  blocks: 50,
  header: 150,
  text: 3_000,
  fields: 10,
  field: 2_000,
  elements: 10,
} as const;
const MAX_BYTES = 40_000;
const MAX_FALLBACK = 1_000;
const SIGNS = { low: '⚪', medium: '🟡', high: '🟠', critical: '🔴' } as const;

export function slackMessage(report: Report): Record<string, unknown> {
  return fitting(report, render, MAX_BYTES);
}

function render(report: Report): Record<string, unknown> {
  const { title, severity, sections, rest, origin } = report;
  const end = [rest, `Penstock on ${origin}`].filter((text) => text !== '');
  const blocks = [
    { type: 'header', text: plain(`${SIGNS[severity]} ${title}`, LIMITS.header) },
    ...sections.flatMap(sectionBlocks).slice(0, LIMITS.blocks - 2),
    { type: 'context', elements: end.map((text) => plain(text, LIMITS.field)) },
  ];
  // What notifications show; `mrkdwn: false` keeps it as it is.
  return { text: escaped(`${severity}: ${title}`, MAX_FALLBACK), mrkdwn: false, unfurl_links: false, blocks };
}

function sectionBlocks({ heading, severity, text, facts, links }: Section): unknown[] {
  const words = [`${SIGNS[severity]} ${heading}`, ...text].join('\n');
  const numbers = facts
    .map(([name, value]) => plain(`${name}: ${value}`, LIMITS.field))
    .slice(0, LIMITS.elements);
  return [
    { type: 'section', text: plain(words, LIMITS.text) },
    ...(numbers.length > 0 ? [{ type: 'context', elements: numbers }] : []),
    ...(links.length > 0 ? [{ type: 'section', text: linkText(links) }] : []),
  ];
}

function linkText(links: readonly Link[]) {
  const text = links.map(({ text, url }) => `<${address(url)}|${escaped(text, 75)}>`).join('   ');
  return { type: 'mrkdwn', text, verbatim: true };
}

function plain(text: string, length: number) {
  return { type: 'plain_text', text: escaped(text, length), emoji: false };
}

/** Ours; the signs that end a link are none of an address. */
function address(url: string): string {
  return url.replaceAll('&', '&amp;').replaceAll(/[<>|\s]/g, encodeURIComponent);
}

/** Cut before it is escaped as well as after, so that no escape is cut in two. */
function escaped(text: string, length: number): string {
  for (let most = length; ; most = Math.floor(most * 0.8)) {
    const result = unmentioned(cut(text, most))
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;');
    if (result.length <= length) return result;
  }
}
