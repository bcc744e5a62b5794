import { spawnSync } from 'node:child_process';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { readSecrets, signatureHeaders } from '../../../../src/edges/alerts/signature.ts';
import { WebhookSink } from '../../../../src/edges/alerts/webhook-sink.ts';
import { opened } from '../../ledger/samples.ts';
import { dispatch } from './entries.ts';
import { Receiver } from './receiver.ts';

vi.setConfig({ testTimeout: 30_000 });
const never = new AbortController().signal;
const file = (text: string) => ({ read: () => text.trim() });
const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

/** As a receiver would: README, "Signed webhooks". */
function verify(headers: Record<string, unknown>, body: string, secret: string): boolean {
  const seconds = Number(headers['webhook-timestamp']);
  if (Math.abs(Date.now() / 1_000 - seconds) > 300) return false;
  const expected = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${headers['webhook-id']}.${seconds}.${body}`)
    .digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}

/** The same in Python, as the README has it. */
const PYTHON = `
import base64, hashlib, hmac, json, sys, time
request = json.load(sys.stdin)
headers, body, secret = request["headers"], request["body"].encode(), request["secret"]
fresh = abs(time.time() - int(headers["webhook-timestamp"])) <= 300
key = base64.b64decode(secret.removeprefix("whsec_"))
signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body
expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
good = any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split(" "))
sys.exit(0 if fresh and good else 1)
`;

function verifiedByPython(headers: unknown, body: string, secret: string): boolean {
  const input = JSON.stringify({ headers, body, secret });
  return spawnSync('python3', ['-c', PYTHON], { input }).status === 0;
}

test('the example of the standard gives the signature of the standard', () => {
  const secrets = readSecrets(file('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'));
  const body = '{"test": 2432232314}';
  const headers = signatureHeaders(secrets, {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    atMs: 1_614_265_330_000,
    body,
  });
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('what arrives verifies with either of two secrets, in Node and in Python, and not when it was changed', async () => {
  const receiver = await Receiver.start();
  const sink = new WebhookSink({ url: receiver.url, signing: file(`${NEW}\n${OLD}\n`) });
  await sink.deliver([dispatch(opened(1))], never);
  const [{ headers, body }] = receiver.received;
  for (const secret of [OLD, NEW]) {
    expect(verify(headers, body, secret)).toBe(true);
    expect(verify(headers, `${body} `, secret)).toBe(false);
    expect(verify({ ...headers, 'webhook-id': 'other' }, body, secret)).toBe(false);
    expect(verify({ ...headers, 'webhook-timestamp': '1614265330' }, body, secret)).toBe(false);
  }
  expect(verifiedByPython(headers, body, OLD)).toBe(true);
  expect(verifiedByPython(headers, `${body} `, OLD)).toBe(false);
  expect(verify(headers, body, `whsec_${Buffer.alloc(32, 3).toString('base64')}`)).toBe(false);
});

test('another attempt has the same id and body', async () => {
  const receiver = await Receiver.start();
  const sink = new WebhookSink({ url: receiver.url, signing: file(NEW) });
  const alert = dispatch(opened(1));
  await sink.deliver([alert], never);
  await sink.deliver([alert], never);
  const [first, second] = receiver.received;
  expect(second.body).toBe(first.body);
  expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
});

test('secrets that are changed in the file are used with the next alert', async () => {
  const receiver = await Receiver.start();
  let text = OLD;
  const sink = new WebhookSink({ url: receiver.url, signing: { read: () => text } });
  await sink.deliver([dispatch(opened(1))], never);
  text = NEW;
  await sink.deliver([dispatch(opened(2))], never);
  const [before, after] = receiver.received;
  expect(verify(before.headers, before.body, OLD)).toBe(true);
  expect(verify(after.headers, after.body, OLD)).toBe(false);
  expect(verify(after.headers, after.body, NEW)).toBe(true);
});

test.each([
  ['whsec_hidden'],
  ['hidden words that are no base64!'],
  [`whsec_${Buffer.alloc(16).toString('base64')}`],
  [`whsec_${Buffer.alloc(65).toString('base64')}`],
  [`${OLD}\n${NEW}\n${OLD}`],
])('%j is no secret to sign with, and is not told', (text) => {
  expect(() => new WebhookSink({ url: 'https://a.example', signing: file(text) })).toThrow(
    expect.objectContaining({
      code: 'PENSTOCK_ALERT_SINK_INVALID',
      message: expect.not.stringMatching(/hidden|AAAA|AQEB/),
    }),
  );
});
