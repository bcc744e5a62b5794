import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { NativeJournalSink } from '../../../../../src/edges/alerts/journal/journal-sink.ts';
import { NativeJournal } from '../../../../../src/edges/alerts/journal/native-journal.ts';
import { NotifySocket } from '../../../daemon/notify-socket.ts';
import { freshPath } from '../../../ledger/files.ts';
import { opened } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';

const made = dispatch(opened(42));

/** By the protocol: `KEY=value`, or `KEY`, a length of 8 bytes and so many bytes. */
function parse(datagram: string): Record<string, string> {
  const bytes = Buffer.from(datagram);
  const fields: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const line = bytes.toString('utf8', at, end);
    const equals = line.indexOf('=');
    if (equals !== -1) {
      fields[line.slice(0, equals)] = line.slice(equals + 1);
      at = end + 1;
      continue;
    }
    const start = end + 9;
    const length = Number(bytes.readBigUInt64LE(end + 1));
    fields[line] = bytes.toString('utf8', start, start + length);
    expect(bytes[start + length]).toBe(0x0a);
    at = start + length + 1;
  }
  return fields;
}

test('each fact is a field, also one of many lines', async () => {
  const path = join(dirname(freshPath()), 'journal');
  using journal = new NotifySocket(path);
  const hostile = { ...made.facts, reasons: ['one = 1\nPRIORITY=0', 'PENSTOCK_HOST=10.9.9.9'] };
  await new NativeJournalSink('journal', new NativeJournal(path)).deliver([{ ...made, facts: hostile }]);
  const [datagram, ...others] = journal.take();
  expect(others).toEqual([]);
  expect(parse(datagram)).toEqual({
    MESSAGE: made.message,
    MESSAGE_ID: expect.stringMatching(/^[0-9a-f]{32}$/),
    PRIORITY: '3',
    SYSLOG_IDENTIFIER: 'penstock',
    PENSTOCK_ALERT_ID: made.id,
    PENSTOCK_SEQUENCE: '1',
    PENSTOCK_EVENT: 'incident.opened',
    PENSTOCK_SEVERITY: 'high',
    PENSTOCK_ACTOR: 'penstock',
    PENSTOCK_HOST: '10.1.0.10',
    PENSTOCK_DESTINATION: '198.51.100.66',
    PENSTOCK_PROTOCOL: 'tcp',
    PENSTOCK_PORT: '443',
    PENSTOCK_DETECTOR: 'denyList',
    PENSTOCK_RULE: 'known-c2',
    PENSTOCK_SCORE: '1',
    PENSTOCK_INCIDENT: 'I42',
    PENSTOCK_REASON: hostile.reasons.join('\n'),
  });
});

test('no journal, or one that reads nothing, is a failed attempt that waits for nothing', async () => {
  const path = join(dirname(freshPath()), 'journal');
  const sink = new NativeJournalSink('journal', new NativeJournal(path));
  await expect(sink.deliver([made])).rejects.toMatchObject({ code: 'PENSTOCK_ALERT_UNDELIVERED' });
  using journal = new NotifySocket(path);
  await sink.deliver([made]);
  const full = async () => {
    for (let sent = 0; sent < 100_000; sent++) await sink.deliver([made]);
  };
  await expect(full()).rejects.toMatchObject({ message: expect.stringMatching(/^journal .*: errno 11$/) });
  expect(journal.take().length).toBeGreaterThan(1);
  await sink.deliver([made]);
});
