/** What we send as a real rsyslogd reads it. */
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { z } from 'zod';
import type { Dispatch } from '../../../../../src/edges/alerts/dispatch.ts';
import { FORMATS } from '../../../../../src/edges/alerts/format/format.ts';
import { Outbox } from '../../../../../src/edges/alerts/outbox.ts';
import type { AlertSink } from '../../../../../src/edges/alerts/sink.ts';
import { syslogSinks } from '../../../../../src/edges/alerts/syslog/syslog-sink.ts';
import { oneLine } from '../../../../../src/edges/alerts/wording.ts';
import { until } from '../../../../network/waiting.ts';
import { freshPath, openLedger, openReader } from '../../../ledger/files.ts';
import { opened } from '../../../ledger/samples.ts';
import { dispatch, everything, OBSERVER } from '../entries.ts';
import { HOSTILE } from '../made-up.ts';
import { Authority } from './authority.ts';
import { type Noted, Rsyslog } from './rsyslog.ts';

vi.setConfig({ testTimeout: 60_000 });
const never = new AbortController().signal;

function open(rsyslog: Rsyslog, settings: Partial<z.input<typeof syslogSinks.settings>>): AlertSink {
  const address = `127.0.0.1:${rsyslog.port}`;
  const given = syslogSinks.settings.parse({ type: 'syslog', address, ...settings });
  const path = (name: string) => join(rsyslog.folder, name);
  const sink = syslogSinks.open('syslog', given, { path, stderr: process.stderr } as never);
  onTestFinished(() => void sink.close?.());
  return sink;
}

/** One with each hostile text, as message, reason and rule. */
function hostile(): Dispatch[] {
  return HOSTILE.map((text, i) => {
    const made = dispatch(opened(i + 1));
    const facts = { ...made.facts, reasons: [text], rule: text.slice(0, 200) };
    return { ...made, message: oneLine(text).slice(0, 1_000), facts };
  });
}

async function arrived(rsyslog: Rsyslog, count: number): Promise<Noted[]> {
  await until(`${count} messages at rsyslogd`, () => rsyslog.noted().length >= count);
  return rsyslog.noted();
}

function expectAsSent(noted: readonly Noted[], sent: readonly Dispatch[]): void {
  for (const [i, { id, sequence, severity, message, facts }] of sent.entries()) {
    expect(noted[i]).toMatchObject({
      priority: '163',
      time: '2025-10-09T08:53:20.000Z',
      hostname: 'gateway',
      app: 'penstock',
      msgId: 'incident.opened',
    });
    // What rsyslog passes on begins with the mark, where there is one.
    expect(noted[i].message.replace(/^\uFEFF/, '')).toBe(message);
    const { 'penstock@32473': data, origin } = JSON.parse(noted[i].data);
    expect(origin).toEqual({ software: 'Penstock', swVersion: '0.1.0' });
    expect(data).toMatchObject({
      id,
      sequence: String(sequence),
      severity,
      host: facts.host,
      incident: facts.incident,
    });
    expect(data.reason ?? '').toBe(oneLine(facts.reasons[0]));
    expect(data.rule).toBe(oneLine(facts.rule ?? ''));
  }
}

test.each(['udp', 'tcp'] as const)('over %s every field arrives as it was sent', async (transport) => {
  const rsyslog = new Rsyslog();
  await rsyslog.start();
  const sent = hostile();
  await open(rsyslog, { transport, maxBytes: 60_000 }).deliver(sent, never);
  const noted = await arrived(rsyslog, sent.length);
  expect(noted).toHaveLength(sent.length);
  expectAsSent(noted, sent);
});

test('over TLS, each side with a certificate that the other checks', async () => {
  const rsyslog = new Rsyslog();
  const authority = new Authority(rsyslog.folder);
  authority.certify('server', 'IP:127.0.0.1,DNS:siem.example');
  authority.certify('gateway', 'DNS:gateway.example');
  await rsyslog.start({ ca: 'ca.pem', cert: 'server.pem', key: 'server.key', peer: 'gateway.example' });
  const tls = {
    transport: 'tls',
    caFile: 'ca.pem',
    certFile: 'gateway.pem',
    keyFile: 'gateway.key',
  } as const;
  const sent = hostile();
  await open(rsyslog, { ...tls, maxBytes: 60_000 }).deliver(sent, never);
  await open(rsyslog, { ...tls, serverName: 'siem.example' }).deliver([dispatch(opened(99))], never);
  const noted = await arrived(rsyslog, sent.length + 1);
  expectAsSent(noted, sent);

  new Authority(rsyslog.folder, 'stranger');
  await expect(open(rsyslog, { ...tls, caFile: 'stranger.pem' }).deliver(sent, never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: expect.stringMatching(/cannot be reached: (UNABLE_TO_VERIFY|SELF_SIGNED|DEPTH_ZERO)/),
  });
  await expect(
    open(rsyslog, { ...tls, serverName: 'other.example' }).deliver(sent, never),
  ).rejects.toMatchObject({
    message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  });

  // TLS 1.3 tells a client that it is not wanted only after the client is done.
  const { certFile: _, keyFile: __, ...nobody } = tls;
  const unknown = open(rsyslog, nobody);
  const refused = new Promise<Error>((lost) => unknown.watch?.(lost));
  const outcome = await Promise.race([
    refused,
    unknown.deliver(sent, never).then(
      () => refused,
      (error) => error,
    ),
  ]);
  expect(outcome).toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED' });
  expect(rsyslog.noted()).toHaveLength(sent.length + 1);
});

test('the formats of SIEMs arrive as the whole text of a message', async () => {
  const rsyslog = new Rsyslog();
  await rsyslog.start();
  const made = dispatch(opened(1));
  for (const format of FORMATS) await open(rsyslog, { transport: 'tcp', format }).deliver([made], never);
  const noted = await arrived(rsyslog, FORMATS.length);
  const texts = noted.map(({ message }) => message).sort();
  expect(texts[0]).toMatch(/^CEF:0\|Penstock\|Penstock\|/);
  expect(texts[1]).toMatch(/^LEEF:2\.0\|Penstock\|Penstock\|.*\|x09\|/);
  for (const text of texts) expect(text).toContain(made.id);
});

test('rsyslogd is killed again and again while alerts go out: all arrive, in order', async () => {
  const ALERTS = 600;
  const rsyslog = new Rsyslog();
  await rsyslog.start();
  const path = freshPath();
  const ledger = openLedger(path);
  const outbox = new Outbox({
    cursorPath: join(path, '../alerts.db'),
    ledger: openReader(path),
    subscriptions: everything(open(rsyslog, { transport: 'tcp', resendWindow: '30s' })),
    observer: OBSERVER,
    record: () => {},
    backoff: { firstMs: 5, longestMs: 50 },
  });
  onTestFinished(() => outbox.stop(0));
  for (let n = 1; n <= ALERTS; n++) {
    ledger.append([opened(n)], { sync: false });
    outbox.wake();
    if (n % 150 !== 0) continue;
    await until('some alerts', () => rsyslog.noted().length > n / 2);
    await rsyslog.stop('SIGKILL');
    await rsyslog.start();
  }
  const texts = () => new Map(rsyslog.noted().map((noted) => [noted.structuredData, noted.message]));
  await until('all alerts', () => texts().size === ALERTS, { timeoutMs: 40_000 });
  const sequences = rsyslog.noted().map(({ data }) => Number(JSON.parse(data)['penstock@32473'].sequence));
  let highest = 0;
  for (const sequence of sequences) {
    expect(sequence).toBeLessThanOrEqual(highest + 1);
    highest = Math.max(highest, sequence);
  }
  expect(highest).toBe(ALERTS);
});
