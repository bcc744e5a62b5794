/**
 * A message for Microsoft Teams: an Adaptive Card 1.4, wrapped as the workflow "Post to a channel when a webhook
 * request is received" wants it
 * (https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
 * Hostile text stands in text runs, which know no Markdown (https://adaptivecards.io/explorer/TextRun.html); a mention
 * would need an entity of its own, and there is none.
 */
import type { Link, Report, Section } from '../grouping/report.ts';
import { cut } from '../wording.ts';
import { unmentioned } from './mention.ts';
import { fitting } from './room.ts';

/** A message takes 28 KB. */
const MAX_BYTES = 27_000;
const MAX_RUN = 3_000;
/** A card shows six actions at most. */
const MAX_ACTIONS = 6;
const COLOURS = { low: 'Default', medium: 'Accent', high: 'Warning', critical: 'Attention' } as const;

export function teamsMessage(report: Report): Record<string, unknown> {
  return fitting(report, render, MAX_BYTES);
}

function render({ title, severity, sections, rest, origin }: Report): Record<string, unknown> {
  const end = [rest, `Penstock on ${origin}`].filter((text) => text !== '');
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: unmentioned(title),
    body: [
      rich([run(`${severity}: ${title}`, { weight: 'Bolder', size: 'Medium', color: COLOURS[severity] })]),
      ...sections.flatMap(sectionParts),
      ...end.map((text) => rich([run(text, { isSubtle: true, size: 'Small' })])),
    ],
    actions: actions(sections.flatMap(({ links }) => links)),
    msteams: { width: 'Full' },
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
  return { type: 'message', attachments: [attachment] };
}

function sectionParts({ heading, severity, text, facts }: Section): unknown[] {
  return [
    rich([run(heading, { weight: 'Bolder', color: COLOURS[severity] })], { separator: true }),
    ...text.map((words) => rich([run(words)])),
    ...facts.map(([name, value]) =>
      rich([run(`${name}: `, { weight: 'Bolder' }), run(value)], { spacing: 'None' }),
    ),
  ];
}

function actions(links: readonly Link[]): unknown[] {
  const once = [...new Map(links.map((link) => [link.url, link])).values()];
  return once.slice(0, MAX_ACTIONS).map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url }));
}

function rich(inlines: readonly unknown[], more: Record<string, unknown> = {}) {
  return { type: 'RichTextBlock', inlines, ...more };
}

function run(text: string, more: Record<string, unknown> = {}) {
  return { type: 'TextRun', text: unmentioned(cut(text, MAX_RUN)), ...more };
}
