/** The three services, each to a real server, with hostile text. */
import { describe, expect, test, vi } from 'vitest';
import { type ChatService, ChatSink } from '../../../../../src/edges/alerts/chat/chat-sink.ts';
import type { Dispatch } from '../../../../../src/edges/alerts/dispatch.ts';
import { DEFAULT_GROUPING } from '../../../../../src/edges/alerts/grouping/grouping.ts';
import { anomaly, incident, opened, proposed } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';
import { type Answer, accept, Receiver, status } from '../receiver.ts';

vi.setConfig({ testTimeout: 30_000 });
const never = new AbortController().signal;
const SERVICES: ChatService[] = ['slack', 'teams', 'mattermost'];
const HOSTILE =
  '<!channel> <@U123> @here @channel @everyone @all <https://evil.example|click> [click](https://evil.example) **bold** `x` & "quoted" </at> https://evil.example';

function sink(type: ChatService, url: string, timeoutMs = 10_000): ChatSink {
  const sender = { hostname: 'gateway', publicUrl: 'https://penstock.example' };
  const settings = { type, name: type, sender, grouping: DEFAULT_GROUPING, timeoutMs };
  return new ChatSink({ ...settings, url: { readToken: () => url } });
}

async function posted(
  type: ChatService,
  ...dispatches: Dispatch[]
): Promise<{ text: string; body: unknown }> {
  const receiver = await Receiver.start();
  await sink(type, receiver.url).deliver(dispatches, never);
  expect(receiver.received).toHaveLength(1);
  const text = receiver.received[0].body;
  return { text, body: JSON.parse(text) };
}

/** Every string in it but those that are never rendered. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'fallback' ? [] : strings(inner)));
}

const alert = dispatch({ ...opened(1), type: 'incident.opened', body: { incident: anomaly(1) } } as never);
const question = dispatch(
  proposed(1, { state: 'pending', target: { kind: 'host', host: '10.1.0.10', allowTo: [] } }),
);

describe.each(SERVICES)('%s', (type) => {
  test('tells story, numbers, state and where to answer', async () => {
    const { body } = await posted(type, alert, question);
    const all = strings(body).join('\n').replaceAll('\\', '').replaceAll('\u200b', '');
    expect(all).toContain('I1: Calls at regular times, like malware its controller (10.1.0.10)');
    expect(all).toContain('Malware asks its controller for orders like this.');
    expect(all).toContain('Find out which program it is.');
    expect(all).toContain('10.1.0.10 (web)');
    expect(all).toContain('high (97 % sure)');
    expect(all).toContain('D1, pending');
    expect(all).toContain('https://penstock.example/approvals#D1');
    expect(all).toContain('https://penstock.example/incidents/I1');
    expect(all).toContain('gateway, alerts 1');
  });

  test('hostile text names nobody and links nowhere', async () => {
    const hostile = anomaly(1, {
      groups: [HOSTILE],
      story: { happened: HOSTILE, normal: HOSTILE, meaning: HOSTILE, advice: HOSTILE },
    });
    const rule = incident(2, { cause: 'limit', source: HOSTILE, reasons: [HOSTILE] });
    const { body } = await posted(type, dispatch(opened(1, hostile)), dispatch(opened(2, rule)));
    for (const text of strings(body)) {
      expect(text).not.toMatch(/@(?!\u200b)/);
      expect(
        text.replaceAll('https://penstock.example', '').replaceAll(/^http:\/\/adaptivecards\S*/g, ''),
      ).not.toContain('://');
      if (type === 'slack') expect(text).not.toMatch(/<[^h]|<https:(?!\/\/penstock\.example\/)/);
      if (type === 'mattermost')
        expect(text).not.toMatch(/(?<!\\)[<`]|(?<!\\)\]\((?!https:\/\/penstock\.example\/)/);
    }
    if (type === 'teams') expect(JSON.stringify(body)).not.toMatch(/"TextBlock"|"entities"/);
  });

  test('the largest alerts stay within what the service takes', async () => {
    const long = '€"\\<&@_'.repeat(400);
    const story = { happened: long, normal: long, meaning: long, advice: long };
    const many = Array.from({ length: 30 }, (_, n) =>
      dispatch(opened(n + 1, anomaly(n + 1, { groups: [long, long], story, reasons: [long] }))),
    );
    const { text, body } = await posted(type, ...many);
    const most = { slack: 40_000, teams: 28_000, mattermost: 16_000 }[type];
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
    expect(strings(body).join(' ').replaceAll('\\', '')).toMatch(/30 alerts|more had no room/);
    if (type === 'slack') expectSlackLimits(body as { blocks: unknown[] });
  });

  test('without a public URL there are no links', async () => {
    const receiver = await Receiver.start();
    const settings = { type, name: type, grouping: DEFAULT_GROUPING, url: { readToken: () => receiver.url } };
    await new ChatSink({ ...settings, sender: { hostname: 'gateway', publicUrl: null } }).deliver(
      [question],
      never,
    );
    expect(receiver.received[0].body).not.toMatch(/approvals/);
    expect(receiver.received[0].body.replaceAll('\\\\', '')).toContain('penstock approve D1');
  });

  test('a repeated message is told by its key, the entry of its first alert', async () => {
    const receiver = await Receiver.start();
    await sink(type, receiver.url).deliver([alert], never);
    expect(receiver.received[0].headers['idempotency-key']).toBe(alert.id);
  });
});

interface Block {
  type: string;
  text?: { text: string };
  elements?: { text: string }[];
}

/** https://docs.slack.dev/reference/block-kit/blocks */
function expectSlackLimits({ blocks }: { blocks: unknown[] }): void {
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const { type, text, elements = [] } of blocks as Block[]) {
    if (text) expect(text.text.length).toBeLessThanOrEqual(type === 'header' ? 150 : 3_000);
    expect(elements.length).toBeLessThanOrEqual(10);
    for (const element of elements) expect(element.text.length).toBeLessThanOrEqual(2_000);
  }
}

const told = async (answer: Answer, type: ChatService = 'slack') => {
  const receiver = await Receiver.start(answer);
  return sink(type, receiver.url, 300)
    .deliver([alert], never)
    .then(
      () => undefined,
      (error) => error as Error & { code: string; retryAfterMs?: number },
    );
};

test('a service that wants to be left alone says for how long', async () => {
  const later =
    (value: string): Answer =>
    (response) =>
      response.writeHead(429, { 'Retry-After': value }).end();
  expect(await told(later('17'))).toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED', retryAfterMs: 17_000 });
  const date = new Date(Date.now() + 60_000).toUTCString();
  expect((await told(later(date)))?.retryAfterMs).toBeGreaterThan(50_000);
  for (const nonsense of ['soon', '-5', '1e9', 'Thu, 01 Jan 1970 00:00:00 GMT'])
    expect((await told(later(nonsense)))?.retryAfterMs).toBeUndefined();
});

test('what Slack says of a message it does not take is told', async () => {
  expect(await told(status(400, 'invalid_blocks'))).toMatchObject({
    code: 'PENSTOCK_ALERT_REFUSED',
    message: expect.stringMatching(/^slack 127\.0\.0\.1:\d+ refused the alert: 400 invalid_blocks$/),
  });
  expect(await told(status(404, 'no_service'))).toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED' });
  expect(await told(accept)).toBeUndefined();
  expect(await told(() => {})).toMatchObject({ message: expect.stringMatching(/did not answer in time/) });
});

test('a file without a URL is refused, without telling what is in it', () => {
  for (const text of ['hidden', 'ftp://hidden.example', 'https://user:hidden@a.example'])
    expect(() => sink('slack', text)).toThrow(
      expect.objectContaining({
        code: 'PENSTOCK_ALERT_SINK_INVALID',
        message: expect.not.stringMatching(/hidden/),
      }),
    );
});
