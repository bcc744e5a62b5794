/**
 * Alerts to a file, one line each, for a collector that reads it (Filebeat, Vector, the Wazuh agent). It is only ever
 * appended to, and opened again when it was moved away, as log rotation does. A line that a crash or a full disk cut
 * short is ended before the next one, so that it spoils no other.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import PQueue from 'p-queue';
import { z } from 'zod';
import type { Dispatch } from './dispatch.ts';
import { undelivered } from './errors.ts';
import { asLine, FORMATS, type Format } from './format/format.ts';
import type { AlertSink } from './sink.ts';
import { COMMON, filePath } from './sink-settings.ts';
import { sinkType } from './sink-type.ts';

const settings = z.strictObject({
  type: z.literal('file'),
  ...COMMON,
  path: filePath,
  format: z.enum(FORMATS).default('ecs'),
  /** Whether an alert counts as delivered only once it is on the disk. */
  sync: z.boolean().default(true),
});

export const fileSinks = sinkType({
  type: 'file',
  settings,
  open: (name, { path, format, sync }, context) =>
    new FileSink(name, { path: context.path(path), format, sync }),
});

const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDWR } = constants;
/** For the owner, and a collector in its group. */
const MODE = 0o640;
const BATCH = 100;
const NEWLINE = 0x0a;

export interface FileShape {
  readonly path: string;
  readonly format: Format;
  readonly sync: boolean;
}

export class FileSink implements AlertSink {
  readonly name: string;
  readonly type = 'file';
  readonly batch = BATCH;
  readonly #shape: FileShape;
  /** One write at a time. */
  readonly #queue = new PQueue({ concurrency: 1 });
  #file: FileHandle | undefined;

  constructor(name: string, shape: FileShape) {
    this.name = name;
    this.#shape = shape;
  }

  async deliver(dispatches: readonly Dispatch[], signal: AbortSignal): Promise<void> {
    const text = dispatches.map((dispatch) => `${asLine(this.#shape.format, dispatch)}\n`).join('');
    await this.#queue.add(async () => {
      signal.throwIfAborted();
      try {
        await this.#append(text);
      } catch (cause) {
        await this.#forget();
        throw undelivered(`file ${this.#shape.path}: ${(cause as Error).message}`, { cause });
      }
    });
  }

  reopen(): void {
    this.#queue.add(() => this.#forget());
  }

  async close(): Promise<boolean> {
    await this.#queue.add(() => this.#forget());
    return true;
  }

  async #append(text: string): Promise<void> {
    const file = await this.#current();
    const { size } = await file.stat();
    const start = (await endsCleanly(file, size)) ? '' : '\n';
    try {
      await file.writeFile(start + text);
      if (this.#shape.sync) await file.datasync();
    } catch (error) {
      // What was written of it would come again. Where this fails too, the line is ended later.
      await file.truncate(size).catch(() => {});
      throw error;
    }
  }

  /** The file of that name, which may be another one by now. */
  async #current(): Promise<FileHandle> {
    const kept = this.#file;
    if (kept !== undefined && isSame(await kept.stat(), await stat(this.#shape.path).catch(() => undefined)))
      return kept;
    await this.#forget();
    this.#file = await this.#open();
    return this.#file;
  }

  async #open(): Promise<FileHandle> {
    const { path, sync } = this.#shape;
    // Without O_NONBLOCK a pipe that nobody reads would hold us up.
    const file = await open(path, O_APPEND | O_CREAT | O_RDWR | O_NONBLOCK, MODE);
    if (!(await file.stat()).isFile()) {
      await file.close();
      throw new Error('is no regular file');
    }
    if (sync) await syncFolder(dirname(path));
    return file;
  }

  async #forget(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }
}

function isSame(kept: Stats, now: Stats | undefined): boolean {
  return kept.ino === now?.ino && kept.dev === now.dev;
}

async function endsCleanly(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === NEWLINE;
}

/** So that a new file's name is on the disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
