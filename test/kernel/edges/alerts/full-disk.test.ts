/** Alerts to a file on a disk that is full. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FileSink } from '../../../../src/edges/alerts/file-sink.ts';
import { SmallDisk } from '../../../faults/small-disk.ts';
import { dispatch } from '../../../unit/edges/alerts/entries.ts';
import { opened } from '../../../unit/ledger/samples.ts';

const never = new AbortController().signal;

test('an attempt fails and leaves nothing behind; with room again all is written, each line whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-full-'));
  const disk = new SmallDisk(folder, '256k');
  onTestFinished(() => {
    disk.unmount();
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'alerts.ndjson');
  const sink = new FileSink('file', { path, format: 'ecs', sync: true });
  onTestFinished(() => void sink.close());
  await sink.deliver([dispatch(opened(1))], never);
  const before = readFileSync(path, 'utf8');
  disk.fill();
  // More than the rest of the block that the file has begun.
  const many = Array.from({ length: 100 }, (_, n) => dispatch(opened(n + 2)));
  await expect(sink.deliver(many, never)).rejects.toMatchObject({
    code: 'PENSTOCK_ALERT_UNDELIVERED',
    message: expect.stringContaining('ENOSPC'),
  });
  expect(readFileSync(path, 'utf8')).toBe(before);
  disk.free();
  await sink.deliver(many, never);
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  expect(lines.map((line) => JSON.parse(line).labels.incident)).toEqual(
    Array.from({ length: 101 }, (_, n) => `I${n + 1}`),
  );
});
