import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { z } from 'zod';
import { ecsEvent } from '../../../../../src/edges/alerts/ecs.ts';
import { ocsfEvent } from '../../../../../src/edges/alerts/format/ocsf.ts';
import { httpSinks } from '../../../../../src/edges/alerts/http/http-sink.ts';
import { freshPath } from '../../../ledger/files.ts';
import { opened } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';
import { Receiver, status } from '../receiver.ts';
import { Authority } from '../syslog/authority.ts';

const never = new AbortController().signal;
const [one, two] = [1, 2].map((n) => dispatch(opened(n)));

function open(settings: Partial<z.input<typeof httpSinks.settings>>, folder = '/nonexistent') {
  const given = httpSinks.settings.parse({ type: 'http', url: 'http://127.0.0.1:1', ...settings });
  const sink = httpSinks.open('siem', given, { path: (name: string) => join(folder, name) } as never);
  onTestFinished(() => void sink.close?.());
  return sink;
}

test('one alert is one request, with its id and the token from a file', async () => {
  const receiver = await Receiver.start();
  const folder = dirname(freshPath());
  writeFileSync(join(folder, 'token'), 's3cret\n');
  const headers = { 'X-Scope-OrgID': 'net' };
  const sink = open({ url: receiver.url, secretFile: 'token', scheme: 'Splunk', headers }, folder);
  expect(sink.batch).toBe(1);
  await sink.deliver([one], never);
  expect(receiver.received[0]).toMatchObject({
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Splunk s3cret',
      'x-scope-orgid': 'net',
      'idempotency-key': one.id,
    },
  });
  expect(JSON.parse(receiver.received[0].body)).toEqual(ecsEvent(one));
  // A token that was changed is used at once.
  writeFileSync(join(folder, 'token'), 'other');
  await sink.deliver([two], never);
  expect(receiver.received[1].headers.authorization).toBe('Splunk other');
});

test.each([
  ['array', 'ocsf', 'application/json', JSON.stringify([ocsfEvent(one), ocsfEvent(two)])],
  [
    'lines',
    'ecs',
    'application/x-ndjson',
    `${JSON.stringify(ecsEvent(one))}\n${JSON.stringify(ecsEvent(two))}\n`,
  ],
] as const)('a batch as %s of %s', async (body, format, type, text) => {
  const receiver = await Receiver.start();
  const sink = open({ url: receiver.url, body, format, batchSize: 7 });
  expect(sink.batch).toBe(7);
  await sink.deliver([one, two], never);
  expect(receiver.received[0].body).toBe(text);
  expect(receiver.received[0].headers).toMatchObject({ 'content-type': type });
  expect(receiver.received[0].headers['idempotency-key']).toBeUndefined();
});

test('CEF is lines of plain text', async () => {
  const receiver = await Receiver.start();
  await open({ url: receiver.url, body: 'lines', format: 'cef' }).deliver([one, two], never);
  expect(receiver.received[0].headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(receiver.received[0].body).toMatch(/^CEF:0\|.*\nCEF:0\|.*\n$/);
});

test('a receiver that wants none for a while says how long', async () => {
  const receiver = await Receiver.start((response) =>
    response.writeHead(429, { 'Retry-After': '7' }).end('slow'),
  );
  await expect(open({ url: receiver.url }).deliver([one], never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    retryAfterMs: 7_000,
    message: expect.not.stringContaining('hidden'),
  });
  receiver.answer = status(400, 'no');
  await expect(open({ url: receiver.url }).deliver([one], never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_REFUSED',
  });
});

test('what cannot be reached, and what does not answer in time, is said without the path', async () => {
  await expect(open({ url: 'http://127.0.0.1:1/x?key=hidden' }).deliver([one], never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: 'http 127.0.0.1:1 cannot be reached: ECONNREFUSED',
  });
  const receiver = await Receiver.start(() => {});
  await expect(open({ url: receiver.url, timeout: '1s' }).deliver([one], never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: `http 127.0.0.1:${receiver.port} did not answer in time`,
  });
});

test('over TLS only whom our authority vouches for gets it, and we show who we are', async () => {
  const folder = dirname(freshPath());
  const authority = new Authority(folder);
  authority.certify('server', 'IP:127.0.0.1');
  authority.certify('gateway', 'DNS:gateway.example');
  const file = (name: string) => readFileSync(join(folder, name));
  const clients: string[] = [];
  const security = {
    ca: file('ca.pem'),
    cert: file('server.pem'),
    key: file('server.key'),
    requestCert: true,
  };
  const server = createServer({ ...security, rejectUnauthorized: true }, (request, response) => {
    clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
    response.writeHead(200).end('{}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/intake?key=hidden`;
  const files = { caFile: 'ca.pem', certFile: 'gateway.pem', keyFile: 'gateway.key' };
  await open({ url, ...files }, folder).deliver([one], never);
  expect(clients).toEqual(['gateway']);
  await expect(open({ url }).deliver([one], never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: expect.not.stringContaining('hidden'),
  });
  expect(clients).toEqual(['gateway']);
});

test.each([
  [{ caFile: 'ca.pem' }, /caFile: only with https/],
  [{ url: 'https://a.example', certFile: 'x' }, /certFile and keyFile go together/],
  [{ batchSize: 5 }, /batchSize: only with/],
  [{ body: 'array', format: 'cef' }, /cef is no JSON/],
  [{ scheme: 'Splunk' }, /scheme: only with secretFile/],
  [{ secretFile: 'no' }, /secret: ENOENT/],
  [{ url: 'http://user:hidden@a.example' }, /holds a user or password/],
] as const)('%j is refused', (settings, message) => {
  expect(() => open(settings)).toThrow(expect.objectContaining({ code: 'PENSTOCK_ALERT_SINK_INVALID' }));
  expect(() => open(settings)).toThrow(message);
});

test.each(['Authorization', 'Content-Type', 'Host', 'bad name', 'X\r\nY'])(
  'header %j is not taken',
  (name) => {
    const { success } = httpSinks.settings.safeParse({
      type: 'http',
      url: 'http://a.example',
      headers: { [name]: 'x' },
    });
    expect(success).toBe(false);
  },
);
