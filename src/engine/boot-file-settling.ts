/**
 * The main thread's part of the file for the next boot: a disk may take tens of milliseconds until it has it, and no block
 * waits for that.
 *
 *   engine thread   boot.nft.tmp is written --- notice ---> fsync, rename, fsync of the folder   main thread
 *                                          <--- command ---
 */
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EngineControl, Notice } from './commands.ts';

/** Answers notices of {@link BootFile}. */
export function settleBootFiles(engine: Pick<EngineControl, 'call' | 'onNotice'>): void {
  engine.onNotice((notice) => {
    if (notice.notice !== 'bootFileWritten') return;
    settle(notice)
      .then(
        () => null,
        (error: Error) => error.message,
      )
      .then((failure) => engine.call('bootFileSettled', { failure }))
      // The engine is gone, and has done it itself.
      .catch(() => {});
  });
}

async function settle({ temporary, path }: Extract<Notice, { notice: 'bootFileWritten' }>): Promise<void> {
  await sync(await open(temporary, 'r+'));
  await rename(temporary, path);
  await sync(await open(dirname(path), 'r'));
}

async function sync(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
