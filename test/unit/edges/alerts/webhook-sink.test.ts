import { getEventListeners, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ecsEvent } from '../../../../src/edges/alerts/ecs.ts';
import { SecretFile } from '../../../../src/edges/alerts/secret-file.ts';
import { WebhookSink } from '../../../../src/edges/alerts/webhook-sink.ts';
import { freshPath } from '../../ledger/files.ts';
import { opened } from '../../ledger/samples.ts';
import { dispatch } from './entries.ts';
import { type Answer, Receiver, status } from './receiver.ts';

const alert = dispatch(opened(1));
const event = ecsEvent(alert);
vi.setConfig({ testTimeout: 30_000 });
const never = new AbortController().signal;
const SECRET = 's3cret-token';
const secret = { readToken: () => SECRET };

/** The error of one attempt, which must come. */
async function failure(url: string, timeoutMs = 20_000): Promise<Error & { code?: string }> {
  return new WebhookSink({ url, secret, timeoutMs }).deliver([alert], never).then(
    () => expect.unreachable('it was taken as delivered'),
    (error) => error,
  );
}

test('an alert is posted as JSON with its id and the secret', async () => {
  const receiver = await Receiver.start();
  await new WebhookSink({ url: receiver.url, secret }).deliver([alert], never);
  expect(receiver.received).toHaveLength(1);
  const [{ method, headers, body }] = receiver.received;
  expect(method).toBe('POST');
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': event.event.id,
    authorization: `Bearer ${SECRET}`,
  });
  expect(JSON.parse(body)).toEqual(event);
});

test('without a secret there is no authorization', async () => {
  const receiver = await Receiver.start();
  await new WebhookSink({ url: receiver.url }).deliver([alert], never);
  expect(receiver.received[0].headers.authorization).toBeUndefined();
});

test.each([
  [500, 'PENSTOCK_ALERT_UNDELIVERED'],
  [503, 'PENSTOCK_ALERT_UNDELIVERED'],
  [429, 'PENSTOCK_ALERT_UNDELIVERED'],
  [401, 'PENSTOCK_ALERT_UNDELIVERED'],
  [404, 'PENSTOCK_ALERT_UNDELIVERED'],
  [400, 'PENSTOCK_ALERT_REFUSED'],
  [413, 'PENSTOCK_ALERT_REFUSED'],
  [422, 'PENSTOCK_ALERT_REFUSED'],
])('an answer of %i is %s', async (code, expected) => {
  const receiver = await Receiver.start(status(code, 'because'));
  const error = await failure(receiver.url);
  expect(error).toMatchObject({ code: expected, message: expect.stringContaining(`${code} because`) });
});

test('a redirect is not followed, so the secret goes nowhere else', async () => {
  const other = await Receiver.start();
  const receiver = await Receiver.start((response) => response.writeHead(307, { Location: other.url }).end());
  expect((await failure(receiver.url)).code).toBe('PENSTOCK_ALERT_UNDELIVERED');
  expect(other.received).toEqual([]);
});

const drip: Answer = (response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 20);
  response.on('close', () => clearInterval(timer));
};

test.each<[string, Answer]>([
  ['never answers', () => {}],
  ['never ends its answer', drip],
])('a receiver that %s is given up after the time limit', async (_, answer) => {
  const receiver = await Receiver.start(answer);
  expect(await failure(receiver.url, 200)).toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: expect.stringMatching(/did not answer in time/),
  });
});

test('of an answer without end only the beginning is read', async () => {
  let ended: Promise<unknown> | undefined;
  const receiver = await Receiver.start((response) => {
    ended = once(response, 'close');
    response.writeHead(500);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  const error = await failure(receiver.url, 60_000);
  expect(error.message.length).toBeLessThan(700);
  await ended;
});

test('nobody at the address', async () => {
  const receiver = await Receiver.start();
  const { url, port } = receiver;
  await receiver.stop();
  expect(await failure(url)).toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: `webhook 127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
  });
});

test('no error tells the path, the query or the secret', async () => {
  const receiver = await Receiver.start(status(500));
  for (const url of [receiver.url, 'http://127.0.0.1:1/alerts?key=hidden']) {
    expect(String((await failure(url)).stack)).not.toMatch(/hidden|s3cret/);
  }
});

test('an attempt under way can be cut, and leaves no listener behind', async () => {
  const receiver = await Receiver.start(() => {});
  const cut = new AbortController();
  const attempt = new WebhookSink({ url: receiver.url }).deliver([alert], cut.signal);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
  cut.abort();
  await expect(attempt).rejects.toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED' });
  expect(getEventListeners(cut.signal, 'abort')).toEqual([]);
});

test.each([
  ['ftp://example.net/', 'good'],
  ['file:///etc/passwd', 'good'],
  ['not a url', 'good'],
  ['http://user:hidden@example.net/', 'good'],
  ['http://example.net/', ''],
  ['http://example.net/', 'hidden\r\nX-Other: 1'],
])('%s with secret %j is refused without telling it', (url, text) => {
  const path = join(dirname(freshPath()), 'hook.secret');
  writeFileSync(path, text);
  expect(() => new WebhookSink({ url, secret: new SecretFile(path) })).toThrow(
    expect.objectContaining({
      code: 'PENSTOCK_ALERT_SINK_INVALID',
      message: expect.not.stringMatching(/hidden/),
    }),
  );
});
