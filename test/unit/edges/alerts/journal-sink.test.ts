import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { type EcsEvent, ecsEvent } from '../../../../src/edges/alerts/ecs.ts';
import { JournalSink } from '../../../../src/edges/alerts/journal-sink.ts';
import { proposed } from '../../ledger/samples.ts';
import { entry, OBSERVER } from './entries.ts';

const event = ecsEvent(entry(proposed(1, { reason: 'two\nlines' })), OBSERVER) as EcsEvent;

test('an alert is one line of JSON', async () => {
  const stream = new PassThrough();
  await new JournalSink(stream).deliver(event);
  const text = String(stream.read());
  expect(text.indexOf('\n')).toBe(text.length - 1);
  expect(JSON.parse(text)).toEqual(event);
});

test('a reader that went away is a failed attempt, not the end of the daemon', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  await expect(new JournalSink(broken).deliver(event)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: 'journal: EPIPE',
  });
});
