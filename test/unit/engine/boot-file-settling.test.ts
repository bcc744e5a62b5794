import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settleBootFiles } from '../../../src/engine/boot-file-settling.ts';
import type { EngineControl, Notice } from '../../../src/engine/commands.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-settling-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What the engine is told when it has written a file. */
async function told(temporary: string): Promise<unknown> {
  const call = vi.fn(() => Promise.resolve({ ok: true, result: {} }));
  let tell: (notice: Notice) => void = () => {};
  settleBootFiles({
    call: call as unknown as EngineControl['call'],
    onNotice: (listener) => {
      tell = listener;
      return () => {};
    },
  });
  tell({ notice: 'bootFileWritten', temporary, path: join(folder, 'boot.nft') });
  await vi.waitFor(() => expect(call).toHaveBeenCalled());
  return call.mock.calls[0];
}

it('puts the file in its place and says so', async () => {
  const temporary = join(folder, 'boot.nft.tmp');
  writeFileSync(temporary, '# end\n');
  expect(await told(temporary)).toEqual(['bootFileSettled', { failure: null }]);
  expect(readdirSync(folder)).toEqual(['boot.nft']);
});

it('says why it could not', async () => {
  expect(await told(join(folder, 'gone'))).toEqual([
    'bootFileSettled',
    { failure: expect.stringContaining('ENOENT') },
  ]);
});
