/** Read a body within its limit, and only of a type that the route takes. */
import express, { type Request, type Response } from 'express';
import { RequestError } from './errors.ts';
import { decodeUtf8, parseJsonBody } from './json-body.ts';
import type { BodyRules } from './route.ts';

export interface RequestBody {
  readonly bytes: Buffer;
  /** The media type that it was taken as; undefined when there was no body. */
  readonly type: string | undefined;
}

const NO_BODY: RequestBody = { bytes: Buffer.alloc(0), type: undefined };

/** @throws RequestError unsupported-media-type, too-large or invalid-body */
export async function readBody(request: Request, response: Response, rules: BodyRules): Promise<RequestBody> {
  const taken = ['application/json', ...Object.keys(rules.fromText)];
  const type = request.is(taken);
  if (type === null || request.headers['content-length'] === '0') return NO_BODY;
  if (type === false) throw new RequestError('unsupported-media-type', `send ${taken.join(' or ')}`);
  if (request.headers['content-length'] === undefined) {
    return { bytes: await readChunks(request, rules.limitBytes), type };
  }
  await readRaw(request, response, rules.limitBytes);
  return Buffer.isBuffer(request.body) ? { bytes: request.body, type } : NO_BODY;
}

/**
 * A body that does not say how long it is may be without end. express.raw would read it to its end all the same before
 * it says no.
 */
function readChunks(request: Request, limit: number): Promise<Buffer> {
  const { 'content-encoding': encoding = 'identity' } = request.headers;
  if (encoding !== 'identity') return Promise.reject(bodyProblem('encoding.unsupported', limit));
  const parts: Buffer[] = [];
  let bytes = 0;
  return new Promise((done, failed) => {
    const end = (type: string) => failed(bodyProblem(type, limit));
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= limit) return void parts.push(part);
      request.pause().removeAllListeners('data');
      end('entity.too.large');
    });
    request.on('end', () => done(Buffer.concat(parts)));
    request.on('error', () => end('request.aborted'));
  });
}

/** No decompression: a small body must not become a large one. */
function readRaw(request: Request, response: Response, limit: number): Promise<void> {
  const read = express.raw({ type: () => true, limit, inflate: false });
  return new Promise((done, failed) => {
    read(request, response, (error?: unknown) =>
      error === undefined ? done() : failed(bodyError(error, limit)),
    );
  });
}

/** body-parser marks its errors with `type`. */
function bodyError(error: unknown, limit: number): unknown {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  return bodyProblem(type, limit) ?? error;
}

function bodyProblem(type: unknown, limit: number): RequestError | undefined {
  switch (type) {
    case 'entity.too.large':
      return new RequestError('too-large', `the body may have at most ${limit} bytes`, {
        headers: { Connection: 'close' },
      });
    case 'encoding.unsupported':
      return new RequestError('unsupported-media-type', 'send the body without Content-Encoding');
    case 'request.aborted':
    case 'request.size.invalid':
      return new RequestError('invalid-body', 'the body ended before its Content-Length');
    default:
      return undefined;
  }
}

/** @throws RequestError invalid-body */
export function parseBody({ bytes, type }: RequestBody, { fromText }: BodyRules): unknown {
  if (type === undefined || bytes.length === 0) return undefined;
  const convert = fromText[type];
  return convert === undefined ? parseJsonBody(bytes) : convert(decodeUtf8(bytes));
}
