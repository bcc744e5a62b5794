/** Evidence on a disk that is full: nothing half is left, and people are told. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EvidenceShelf } from '../../../../src/edges/evidence/evidence-shelf.ts';
import { SmallDisk } from '../../../faults/small-disk.ts';

test('a bundle that has no room fails and leaves nothing behind; with room again it is kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-full-'));
  const disk = new SmallDisk(folder, '256k');
  onTestFinished(() => {
    disk.unmount();
    rmSync(folder, { recursive: true, force: true });
  });
  const shelf = new EvidenceShelf(join(folder, 'evidence'));
  const bundle = new Uint8Array(64 * 1024).fill(7);
  const recorded: string[] = [];
  const keep = (id: string) => shelf.keep(id, bundle, async () => void recorded.push(id));
  await keep('I1');
  disk.fill();
  await expect(keep('I2')).rejects.toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  expect([readdirSync(join(folder, 'evidence')), recorded]).toEqual([['I1.tar'], ['I1']]);
  disk.free();
  await keep('I2');
  expect([readdirSync(join(folder, 'evidence')).toSorted(), recorded]).toEqual([
    ['I1.tar', 'I2.tar'],
    ['I1', 'I2'],
  ]);
});
