/** Compressed content, strictly: what ends too early is no content, and what swells past the limit is let go. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FetchError } from '../errors.ts';

/** A .gz file may be sent gzipped once more. */
const MAX_LAYERS = 2;

/**
 * `encoding`: the header Content-Encoding. A file that is itself gzipped is known by its first bytes (RFC 1952).
 * @throws FetchError
 */
export async function inflate(
  bytes: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  if (encoding !== undefined && !/^(identity|(x-)?gzip)$/i.test(encoding)) {
    throw new FetchError('damaged', `is encoded as ${encoding.slice(0, 32)}, which was not asked for`, false);
  }
  let content = bytes;
  for (let layers = 0; layers < MAX_LAYERS && isGzip(content); layers++) {
    content = await inflateLayer(content, maxBytes);
  }
  return content;
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function inflateLayer(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw failure((cause as NodeJS.ErrnoException).code, maxBytes, cause);
  }
}

function failure(code: string | undefined, maxBytes: number, cause: unknown): FetchError {
  switch (code) {
    case 'ERR_BUFFER_TOO_LARGE':
      return new FetchError('tooLarge', `unpacks to more than ${maxBytes} bytes (maxBytes)`, false, {
        cause,
      });
    case 'Z_BUF_ERROR':
      return new FetchError('truncated', 'is gzip that was cut off', true, { cause });
    default:
      return new FetchError('damaged', `is no gzip (${code})`, false, { cause });
  }
}
