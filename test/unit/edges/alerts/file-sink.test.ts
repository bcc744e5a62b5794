import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ecsEvent } from '../../../../src/edges/alerts/ecs.ts';
import { type FileShape, FileSink } from '../../../../src/edges/alerts/file-sink.ts';
import { freshPath } from '../../ledger/files.ts';
import { opened } from '../../ledger/samples.ts';
import { dispatch } from './entries.ts';
import { HOSTILE } from './made-up.ts';

const never = new AbortController().signal;
const [one, two, three] = [1, 2, 3].map((n) => dispatch(opened(n)));

function sink(path: string, changes: Partial<FileShape> = {}): FileSink {
  const made = new FileSink('file', { path, format: 'ecs', sync: true, ...changes });
  onTestFinished(() => void made.close());
  return made;
}

const fresh = () => join(dirname(freshPath()), 'alerts.ndjson');
const lines = (path: string) => readFileSync(path, 'utf8').split('\n');
const ids = (path: string) =>
  lines(path)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).labels.incident);

test('alerts are lines of JSON at the end of the file, for the owner and its group', async () => {
  const path = fresh();
  await sink(path).deliver([one, two], never);
  await sink(path).deliver([three], never);
  expect(
    lines(path)
      .slice(0, 3)
      .map((line) => JSON.parse(line)),
  ).toEqual([one, two, three].map(ecsEvent));
  expect(lines(path)).toHaveLength(4);
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test.each(['ecs', 'ocsf', 'cef', 'leef'] as const)(
  '%s is one line an alert, whatever is in it',
  async (format) => {
    const path = fresh();
    const hostile = HOSTILE.map((text) => ({ ...one, facts: { ...one.facts, reasons: [text] } }));
    await sink(path, { format }).deliver(hostile, never);
    expect(lines(path)).toHaveLength(HOSTILE.length + 1);
  },
);

test('a file that was moved away is left alone, and one of its name made', async () => {
  const path = fresh();
  const made = sink(path);
  await made.deliver([one], never);
  renameSync(path, `${path}.1`);
  await made.deliver([two], never);
  expect([ids(`${path}.1`), ids(path)]).toEqual([['I1'], ['I2']]);
});

test('a file that was emptied in its place is written on from its beginning', async () => {
  const path = fresh();
  const made = sink(path);
  await made.deliver([one], never);
  truncateSync(path);
  await made.deliver([two], never);
  expect(lines(path)).toHaveLength(2);
  expect(ids(path)).toEqual(['I2']);
});

test('at SIGHUP it is opened again', async () => {
  const path = fresh();
  const made = sink(path);
  await made.deliver([one], never);
  made.reopen();
  await made.deliver([two], never);
  expect(ids(path)).toEqual(['I1', 'I2']);
});

test('a line that a crash cut short is ended, and spoils no other', async () => {
  const path = fresh();
  await sink(path).deliver([one], never);
  appendFileSync(path, '{"half":');
  await sink(path).deliver([two], never);
  expect(lines(path).slice(1)).toEqual(['{"half":', JSON.stringify(ecsEvent(two)), '']);
});

test('two attempts at once are one after the other', async () => {
  const path = fresh();
  const made = sink(path);
  await Promise.all([made.deliver([one, two], never), made.deliver([three], never)]);
  expect(ids(path)).toEqual(['I1', 'I2', 'I3']);
});

test.each([
  ['a folder', (path: string) => void mkdirSync(path)],
  ['a device', (path: string) => symlinkSync('/dev/null', path)],
  ['in no folder', () => {}],
])('%s is a failed attempt', async (what, prepare) => {
  const path = what === 'in no folder' ? '/nonexistent/alerts.ndjson' : fresh();
  prepare(path);
  await expect(sink(path).deliver([one], never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: expect.stringContaining(path),
  });
});
