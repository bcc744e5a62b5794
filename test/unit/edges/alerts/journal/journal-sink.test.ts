import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { ecsEvent } from '../../../../../src/edges/alerts/ecs.ts';
import { JournalSink } from '../../../../../src/edges/alerts/journal/journal-sink.ts';
import { proposed } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';

const alert = dispatch(proposed(1, { reason: 'two\nlines' }));

test('an alert is one line of JSON', async () => {
  const stream = new PassThrough();
  await new JournalSink('journal', stream).deliver([alert]);
  const text = String(stream.read());
  expect(text.indexOf('\n')).toBe(text.length - 1);
  expect(JSON.parse(text)).toEqual(ecsEvent(alert));
});

test('a reader that went away is a failed attempt, not the end of the daemon', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  await expect(new JournalSink('journal', broken).deliver([alert])).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: 'journal: EPIPE',
  });
});
