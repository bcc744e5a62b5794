/** Letters to a real SMTP server in a process of its own, and read back there. */

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  type EmailSettings,
  EmailSink,
  emailSinks,
} from '../../../../../src/edges/alerts/email/email-sink.ts';
import { DEFAULT_GROUPING } from '../../../../../src/edges/alerts/grouping/grouping.ts';
import { anomaly, opened, proposed } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';
import { certificate, type Letter, SmtpServer } from './smtp-server.ts';

vi.setConfig({ testTimeout: 60_000 });
const never = new AbortController().signal;
const sender = { hostname: 'gateway', publicUrl: 'https://penstock.example' };
const everybody = [{ address: 'ops@site.example', minSeverity: 'low' as const }];

function sink(port: number, changes: Partial<EmailSettings> = {}): EmailSink {
  const server = { host: '127.0.0.1', port, tls: 'none' as const };
  const about = { name: 'email', server, from: 'penstock@gateway.example', to: everybody };
  return new EmailSink({ ...about, sender, grouping: DEFAULT_GROUPING, ...changes });
}

const header = ({ headers }: Letter, name: string) =>
  headers.find(([given]) => given.toLowerCase() === name)?.[1];
const alert = dispatch(opened(1, anomaly(1)));
const question = dispatch(
  proposed(1, { state: 'pending', target: { kind: 'host', host: '10.1.0.10', allowTo: [] } }),
);

async function failure(work: Promise<void>): Promise<Error & { code: string }> {
  return work.then(
    () => expect.unreachable('it was taken as sent'),
    (error) => error,
  );
}

test('a letter is complete as text and as HTML, and says where to answer', async () => {
  const server = await SmtpServer.start('none');
  await sink(server.port).deliver([alert, question], never);
  const letter = await server.letter();
  expect(letter).toMatchObject({
    sender: 'penstock@gateway.example',
    recipients: ['ops@site.example'],
    type: 'multipart/alternative',
    defects: [],
  });
  expect(Object.keys(letter.parts)).toEqual(['text/plain', 'text/html']);
  expect(header(letter, 'from')).toBe('Penstock <penstock@gateway.example>');
  expect(header(letter, 'subject')).toBe(
    '[Penstock high] D1: block of all traffic of 10.1.0.10 waits for you and 1 more alert',
  );
  expect(header(letter, 'auto-submitted')).toBe('auto-generated');
  for (const part of Object.values(letter.parts)) {
    const text = part.replaceAll(/\s+/g, ' ');
    for (const told of [
      'Malware asks its controller for orders like this.',
      'Find out which program it is.',
      '10.1.0.10 (web)',
      '97 % sure',
      'D1, pending',
      'penstock approve D1',
      'https://penstock.example/approvals#D1',
      'gateway, alerts 1',
    ])
      expect(text).toContain(told);
  }
  expect(letter.parts['text/html']).not.toMatch(/<(script|img|link|iframe|form)|src=/i);
});

test('letters about one incident are in one thread, and one sent again has the same id and bytes', async () => {
  const server = await SmtpServer.start('none');
  await sink(server.port).deliver([alert], never);
  await sink(server.port).deliver([alert], never);
  await sink(server.port).deliver([question], never);
  await vi.waitFor(() => expect(server.letters).toHaveLength(3), 20_000);
  const [first, again, other] = server.letters;
  expect(header(first, 'message-id')).toBe(`<${alert.id.slice(0, 40)}@gateway.example>`);
  expect(again.raw).toBe(first.raw);
  expect(header(other, 'message-id')).not.toBe(header(first, 'message-id'));
  for (const letter of server.letters) {
    expect(header(letter, 'in-reply-to')).toBe('<incident.I1.gateway@gateway.example>');
    expect(header(letter, 'references')).toBe('<incident.I1.gateway@gateway.example>');
  }
});

test('hostile text adds no header, no recipient and no markup', async () => {
  const server = await SmtpServer.start('none');
  const hostile =
    'x\r\nBcc: evil@evil.example\r\n\r\n.\r\nMAIL FROM:<e@e.example>\r\n<script>alert(1)</script><img src="https://evil.example/">';
  const story = { happened: hostile, normal: hostile, meaning: hostile, advice: hostile };
  const bad = anomaly(1, { groups: [hostile], host: hostile, story, cause: 'limit', source: hostile });
  await sink(server.port).deliver([dispatch(opened(1, bad))], never);
  const letter = await server.letter();
  expect(letter.recipients).toEqual(['ops@site.example']);
  expect(letter.defects).toEqual([]);
  expect(letter.headers.map(([name]) => name.toLowerCase())).not.toContain('bcc');
  expect(header(letter, 'subject')).not.toMatch(/[\r\n]/);
  expect(letter.parts['text/html']).not.toMatch(/<script|<img/);
  expect(letter.parts['text/plain']).toContain('<script>');
  expect(server.letters).toHaveLength(1);
});

test('the worst alert of a message says who gets it', async () => {
  const server = await SmtpServer.start('none');
  const to = [...everybody, { address: 'boss@site.example', minSeverity: 'critical' as const }];
  await sink(server.port, { to }).deliver([alert], never);
  await sink(server.port, { to }).deliver([dispatch(opened(2, { severity: 'critical' })), alert], never);
  await vi.waitFor(() => expect(server.letters).toHaveLength(2), 20_000);
  expect(server.letters.map(({ recipients }) => recipients)).toEqual([
    ['ops@site.example'],
    ['ops@site.example', 'boss@site.example'],
  ]);
});

test.each(['starttls', 'implicit'] as const)('%s with password, and nothing without it', async (tls) => {
  const { cert, key } = certificate();
  const login = ['--user', 'penstock', '--password', 'pass word'];
  const server = await SmtpServer.start(tls, '--cert', cert, '--key', key, ...login);
  const given = { host: '127.0.0.1', port: server.port, tls };
  const ca = readFileSync(cert, 'utf8');
  const auth = { read: () => 'penstock\npass word' };

  const unknown = await failure(sink(server.port, { server: given, auth }).deliver([alert], never));
  expect(unknown).toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: expect.stringMatching(/certificate/),
  });
  const wrong = sink(server.port, { server: { ...given, ca }, auth: { read: () => 'penstock\nhidden' } });
  const refused = await failure(wrong.deliver([alert], never));
  expect(refused).toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED' });
  expect(refused.message).not.toMatch(/hidden/);
  expect(server.letters).toEqual([]);

  await sink(server.port, { server: { ...given, ca }, auth }).deliver([alert], never);
  expect(await server.letter()).toMatchObject({ tls: true, authenticated: true });
});

test('to a server without STARTTLS nothing is said', async () => {
  const server = await SmtpServer.start('none');
  const given = { host: '127.0.0.1', port: server.port, tls: 'starttls' as const };
  const error = await failure(sink(server.port, { server: given }).deliver([alert], never));
  expect(error).toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED' });
  expect(server.letters).toEqual([]);
});

test('what the server does not take is told: the letter, one of two recipients, all recipients', async () => {
  const spam = await SmtpServer.start('none', '--refuse');
  expect(await failure(sink(spam.port).deliver([alert], never))).toMatchObject({
    code: 'PENSTOCK_ALERT_REFUSED',
    message: expect.stringMatching(/554 5\.7\.1 this looks like spam/),
  });
  const server = await SmtpServer.start('none', '--reject', 'gone@site.example');
  const gone = { address: 'gone@site.example', minSeverity: 'low' as const };
  expect(
    await failure(sink(server.port, { to: [...everybody, gone] }).deliver([alert], never)),
  ).toMatchObject({
    code: 'PENSTOCK_ALERT_REFUSED',
    message: expect.stringMatching(/refused gone@site\.example; the other recipients have it/),
  });
  expect((await server.letter()).recipients).toEqual(['ops@site.example']);
  expect(await failure(sink(server.port, { to: [gone] }).deliver([alert], never))).toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
  });
});

test('a server that hangs is left when it is asked for, and nobody at the address is told', async () => {
  const server = await SmtpServer.start('none', '--hang');
  const cut = new AbortController();
  const attempt = failure(sink(server.port).deliver([alert], cut.signal));
  await vi.waitFor(() => expect(server.said).toHaveLength(1), 20_000);
  cut.abort();
  expect(await attempt).toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED' });
  expect(await failure(sink(1).deliver([alert], never))).toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: expect.stringMatching(/^mail server 127\.0\.0\.1:1 .*ECONNREFUSED/),
  });
});

test('a server that says a byte now and then is given up after the time limit, and its connection closed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const attempt = failure(sink((server.address() as AddressInfo).port).deliver([alert], never));
  while (sockets.length === 0) await new Promise(setImmediate);
  for (let second = 0; second < 40; second += 1) {
    sockets[0].write('2');
    await new Promise(setImmediate);
    vi.advanceTimersByTime(1_000);
  }
  expect((await attempt).code).toBe('PENSTOCK_ALERT_UNDELIVERED');
  while (!sockets[0].destroyed) await new Promise(setImmediate);
});

test.each([
  [{ to: ['a@b.example\r\nBcc: evil@evil.example'] }],
  [{ to: ['a@b.example, evil@evil.example'] }],
  [{ to: ['<a@b.example>'] }],
  [{ from: 'Penstock <a@b.example>' }],
  [{ to: [] }],
  [{ server: 'mail.example' }],
  [{ server: 'mail.example:587', rate: { perMinute: 1 } }],
])('settings that are refused: %j', (changes) => {
  const good = { type: 'email', server: 'mail.example:587', from: 'a@b.example', to: ['c@d.example'] };
  expect(emailSinks.settings.safeParse(good).success).toBe(true);
  expect(emailSinks.settings.safeParse({ ...good, ...changes }).success).toBe(false);
});

test('without TLS only to this machine; a file to log in with holds two lines', () => {
  const context = { path: (name: string) => name, stderr: process.stderr, sender };
  const base = { type: 'email', from: 'a@b.example', to: ['c@d.example'] };
  const open = (changes: object) =>
    emailSinks.open('mail', emailSinks.settings.parse({ ...base, ...changes }), context);
  expect(() => open({ server: 'mail.example:25', tls: 'none' })).toThrow(/for a server on this machine/);
  expect(open({ server: '[::1]:25', tls: 'none' }).name).toBe('mail');
  const path = join(dirname(certificate().cert), 'auth');
  writeFileSync(path, 'hidden');
  expect(() => open({ server: 'mail.example:25', authFile: path })).toThrow(
    expect.objectContaining({
      message: expect.not.stringMatching(/hidden/),
      code: 'PENSTOCK_ALERT_SINK_INVALID',
    }),
  );
});
