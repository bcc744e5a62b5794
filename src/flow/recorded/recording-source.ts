/** The bytes of a recording: a file or standard input, plain or compressed. What it is its first bytes tell. */
import { open, stat } from 'node:fs/promises';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { RecordingError } from '../errors.ts';
import { invalid } from './fault.ts';

export const STANDARD_INPUT = '-';

/** Small enough to stay in a processor's cache while it is cut into lines and read. */
const CHUNK_BYTES = 256 * 1024;
const GZIP = Buffer.of(0x1f, 0x8b);
const ZSTD = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);
const MAGIC_BYTES = 4;

/** Bytes of the file; 0 for what has no size: standard input, a pipe. */
export async function sizeOf(path: string): Promise<number> {
  if (path === STANDARD_INPUT) return 0;
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * The text of a recording, piece by piece: each is there until the next is asked for, copy what you keep. `onBytes` hears
 * of the bytes that are read, before decompression.
 * @throws RecordingError when the file cannot be read, or is compressed and damaged or cut off
 */
export async function* recordingChunks(
  path: string,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const bytes = rawChunks(path, onBytes);
  try {
    const head = await headOf(bytes);
    const decompressor = decompressorFor(head);
    if (decompressor === undefined) yield* joined(head, bytes);
    else yield* decompressed(path, joined(head, bytes), decompressor);
  } finally {
    // Close the file also when nobody wants more than its head.
    await bytes.return();
  }
}

async function* rawChunks(path: string, onBytes: (count: number) => void): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of path === STANDARD_INPUT ? process.stdin : fileChunks(path)) {
      onBytes(chunk.length);
      yield chunk;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * Two buffers, one of which is read into while the other is looked at. A buffer for each piece, as a stream has, is
 * memory that V8 hears of: it collected garbage dozens of times a file.
 */
async function* fileChunks(path: string): AsyncGenerator<Buffer, void> {
  const file = await open(path);
  try {
    let [next, other] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
    let reading = file.read(next);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      [next, other] = [other, next];
      reading = file.read(next);
      // It is awaited above; nobody may ask for more.
      reading.catch(() => {});
      yield other.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** At least as many bytes as tell the kind of compression, unless the file has fewer; a copy. */
async function headOf(bytes: AsyncGenerator<Buffer, void>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const next = await bytes.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

function decompressorFor(head: Buffer): (Transform & { readonly bytesWritten: number }) | undefined {
  if (head.subarray(0, GZIP.length).equals(GZIP)) return createGunzip({ chunkSize: CHUNK_BYTES });
  if (head.subarray(0, ZSTD.length).equals(ZSTD)) return createZstdDecompress({ chunkSize: CHUNK_BYTES });
  return undefined;
}

async function* joined(head: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* decompressed(
  path: string,
  bytes: AsyncGenerator<Buffer, void>,
  decompressor: Transform & { readonly bytesWritten: number },
): AsyncGenerator<Buffer, void> {
  let given = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      given += chunk.length;
      // It waits in a queue.
      yield Buffer.from(chunk);
    }
  };
  // The callback is only there because errors come through the loop below.
  pipeline(Readable.from(counted(), { objectMode: false }), decompressor, () => {});
  try {
    yield* decompressor as AsyncIterable<Buffer>;
  } catch (cause) {
    throw damaged(path, cause);
  }
  // zlib stops at what is no further member, as if it were not there.
  const left = given - decompressor.bytesWritten;
  if (left > 0) throw invalid(atFile(path), `${left} bytes after the end of the compressed data`, 'none');
}

function damaged(path: string, cause: unknown): unknown {
  if (cause instanceof RecordingError || !isCoded(cause)) return cause;
  const problem =
    cause.code === 'Z_BUF_ERROR' ? 'the compressed data is cut off' : 'the compressed data is damaged';
  return invalid(atFile(path), `${problem} (${cause.code})`, 'a whole gzip or zstd file', { cause });
}

function unreadable(path: string, cause: unknown): unknown {
  if (!isCoded(cause)) return cause;
  const problem = `it cannot be read (${cause.code})`;
  return new RecordingError('PENSTOCK_RECORDING_UNREADABLE', atFile(path), problem, 'a readable file', {
    cause,
  });
}

function atFile(path: string): { file: string; line: number } {
  return { file: path, line: 0 };
}

function isCoded(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
