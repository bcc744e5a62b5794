import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Keeper } from '../../../../src/edges/history/keeper.ts';
import { DEFAULT_KEEP } from '../../../../src/edges/history/step.ts';
import { NOON, row } from './rows.ts';

let folder: string;
let free: number;
let keeper: Keeper;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-keeper-'));
  free = 2 ** 40;
  const settings = { path: join(folder, 'history.db'), keep: DEFAULT_KEEP, maxBytes: 2 ** 30, geography: {} };
  keeper = new Keeper(settings, () => free);
});
afterEach(() => {
  keeper.handle('close', undefined, NOON);
  rmSync(folder, { recursive: true });
});

const write = (bytesOut: number) => {
  keeper.handle(
    'piece',
    { rows: [row({ bytesOut })], groups: {}, names: {}, countedForMs: 0, more: false },
    NOON,
  );
  return keeper.handle('write', { atMs: NOON, nowMs: NOON }, NOON);
};
const bytes = () =>
  keeper.handle('series', { step: 'minute', fromMs: NOON, toMs: NOON }, NOON).points[0].bytesOut;

it('writes nothing while the disk is nearly full, for the ledger needs the rest, and goes on after', () => {
  write(5);
  free = 63 * 2 ** 20;
  expect(() => write(7)).toThrow(
    expect.objectContaining({
      code: 'PENSTOCK_HISTORY_FULL',
      message: expect.stringContaining('63 MiB are left'),
    }),
  );
  expect(bytes()).toBe(5);
  free = 2 ** 40;
  write(11);
  // What could not be written is gone: it does not gather in memory.
  expect(bytes()).toBe(16);
});

it('tells how large the file is', () => {
  expect(write(1)).toMatchObject({ rows: 3, fileBytes: expect.any(Number) });
});
