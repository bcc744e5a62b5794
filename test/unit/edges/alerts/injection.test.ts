/**
 * What an attacker can have us say (names and comments in a feed, rules, host names, programs, reasons), in every kind
 * of alert, in every place that alerts go to: it stays text there. How each format reads back as a whole is tested
 * beside it.
 */
import { describe, expect, test } from 'vitest';
import { mattermostMessage } from '../../../../src/edges/alerts/chat/mattermost.ts';
import { slackMessage } from '../../../../src/edges/alerts/chat/slack.ts';
import { teamsMessage } from '../../../../src/edges/alerts/chat/teams.ts';
import type { Dispatch } from '../../../../src/edges/alerts/dispatch.ts';
import { letterHeaders } from '../../../../src/edges/alerts/email/headers.ts';
import { letterHtml, letterText } from '../../../../src/edges/alerts/email/letter.ts';
import { asLine, asObject } from '../../../../src/edges/alerts/format/format.ts';
import { reportOf } from '../../../../src/edges/alerts/grouping/report.ts';
import { toldAtOnce } from '../../../../src/edges/alerts/grouping/told-at-once.ts';
import { syslogMessage } from '../../../../src/edges/alerts/syslog/message.ts';
import { dispatch } from './entries.ts';
import { everyAlert } from './every-alert.ts';
import { parseMessage } from './syslog/parse-message.ts';

const PAYLOADS: readonly (readonly [name: string, text: string])[] = [
  ['HTML', `<script>alert(1)</script><img src=x onerror="alert(1)"></td>'`],
  ['a formula', '=HYPERLINK("https://evil.example")'],
  ['a header of an email', 'x\r\nBcc: evil@evil.example\r\n\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n'],
  ['another message of syslog', 'x\n<13>1 2026-01-01T00:00:00.000Z evil evil - - - forged\n'],
  ['structured data', 'x"] [evil@1 a="b"] \\'],
  ['fields of CEF and LEEF', 'x|10|act=allowed dst=192.0.2.1\tsrc=192.0.2.2 \\| \\= \\'],
  ['what a terminal obeys', '\u001b]0;evil\u0007\u001b[2J\u009b31m\u202egnp.exe\u2028'],
  ['a mention and a link', '@channel <!here> <@U123> [click](https://evil.example) `x` **bold**'],
  ['a lone surrogate', 'x\ud800'],
];

/** Besides the one that LEEF stands between its attributes. */
const CONTROLS = /[\p{Cf}\p{Zl}\p{Zp}]|(?!\t)\p{Cc}/u;
const SENDER = { hostname: 'gateway', publicUrl: 'https://penstock.example' };

const messageOf = (made: Dispatch) => toldAtOnce([made]);
const reportFor = (made: Dispatch) => reportOf(messageOf(made), SENDER);

/** Every string in it but those that are never rendered. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'fallback' ? [] : strings(inner)));
}

const withoutOurLinks = (text: string) => text.replaceAll('https://penstock.example', '');

function expectNamesNobody(text: string): void {
  expect(text).not.toMatch(/[@＠](?!\u200b)/);
  expect(withoutOurLinks(text).replace(/^http:\/\/adaptivecards\.io\S*$/, '')).not.toContain('://');
}

const OUTPUTS: Readonly<Record<string, (made: Dispatch) => void>> = {
  'a line of ECS': (made) => expectJson(asLine('ecs', made), asObject('ecs', made)),
  'a line of OCSF': (made) => expectJson(asLine('ocsf', made), asObject('ocsf', made)),
  CEF(made) {
    const line = asLine('cef', made);
    expect(line).not.toMatch(CONTROLS);
    const header = /^CEF:0\|Penstock\|Penstock\|[^|]+\|[\w.]+\|(?:[^|\\]|\\.)*\|\d+\|/.exec(line)?.[0];
    expect(header).toBeDefined();
    const keys = [...line.slice(header?.length).matchAll(/(?:^| )(\w+)=/g)].map(([, key]) => key);
    expect(new Set(keys).size).toBe(keys.length);
  },
  LEEF(made) {
    const line = asLine('leef', made);
    expect(line).not.toMatch(CONTROLS);
    expect(line).toMatch(/^LEEF:2\.0\|Penstock\|Penstock\|[^|]+\|[\w.]+\|x09\|/);
    const keys = line.split('\t').map((pair) => pair.slice(0, pair.indexOf('=')));
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys.slice(1)) expect(key).toMatch(/^[a-zA-Z]+$/);
  },
  syslog(made) {
    const shape = { format: 'rfc5424', facility: 'local4', enterpriseId: 32_473, maxBytes: 8_192 } as const;
    const { data, message } = parseMessage(syslogMessage(made, shape));
    expect(Object.keys(data)).toEqual(['penstock@32473', 'origin']);
    expect(message).not.toMatch(CONTROLS);
  },
  Slack(made) {
    for (const text of strings(slackMessage(reportFor(made)))) {
      expectNamesNobody(text);
      expect(text).not.toMatch(/<(?!https:\/\/penstock\.example\/)/);
    }
  },
  Teams(made) {
    const card = teamsMessage(reportFor(made));
    strings(card).forEach(expectNamesNobody);
    expect(JSON.stringify(card)).not.toMatch(/"TextBlock"|"entities"/);
  },
  Mattermost(made) {
    for (const text of strings(mattermostMessage(reportFor(made)))) {
      expectNamesNobody(text);
      expect(text).not.toMatch(/(?<!\\)[<`]|(?<!\\)\]\((?!https:\/\/penstock\.example\/)/);
    }
  },
  'the head of an email'(made) {
    const { subject, headers } = letterHeaders(messageOf(made), reportFor(made), SENDER, 'gateway.example');
    for (const text of [subject, ...Object.values(headers)]) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  },
  'an email as HTML'(made) {
    const html = letterHtml(reportFor(made));
    expect(html).not.toMatch(/<(script|img)|onerror="/i);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
    expect(links.filter((link) => !link.startsWith('https://penstock.example/'))).toEqual([]);
  },
  'an email as text'(made) {
    expect(letterText(reportFor(made))).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
  },
};

/** Means what it should, and is safe to look at. */
function expectJson(line: string, event: object): void {
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(event)));
}

describe.each(PAYLOADS)('%s', (_, text) => {
  const alerts = everyAlert(text).map((draft) => dispatch(draft));

  test.each(Object.entries(OUTPUTS))('is only text in %s', (_, expectSafe) => {
    alerts.forEach(expectSafe);
  });
});
