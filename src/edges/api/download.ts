/** Files to take away: sent piece by piece, so that a large one takes no more memory than a small one. */
import type { Request, Response } from 'express';
import type { Caller, DownloadRoute } from './route.ts';
import { drained, type StreamGate } from './stream.ts';

export interface Download {
  readonly contentType: string;
  /** What it is saved as; without it, it is shown. */
  readonly fileName?: string | undefined;
  readonly bytes?: number | undefined;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

/** One who takes nothing for a while is cut; an open download counts as an open stream. */
export async function sendDownload(
  route: DownloadRoute,
  request: Request,
  response: Response,
  caller: Caller,
  streams: StreamGate,
): Promise<void> {
  const leave = streams.enter(caller);
  const closing = new AbortController();
  response.on('close', () => closing.abort());
  try {
    const { params, query } = request;
    const raw = { params: { ...params }, query: { ...query }, body: undefined };
    const { contentType, fileName, bytes, content } = await route.open(raw, caller, closing.signal);
    response.status(200).set('Content-Type', contentType);
    if (fileName !== undefined) response.set('Content-Disposition', dispositionOf(fileName));
    if (content instanceof Uint8Array) response.set('Content-Length', String(content.length));
    else if (bytes !== undefined) response.set('Content-Length', String(bytes));
    const pieces = content instanceof Uint8Array ? [content] : content;
    if (request.method !== 'HEAD') {
      for await (const piece of pieces) {
        if (!response.write(piece)) await drained(response, streams.stallMs, closing.signal);
      }
    }
    // Only what is whole: after an error the connection is cut, so that nobody takes a part for all of it.
    response.end();
  } catch (error) {
    if (!closing.signal.aborted) throw error;
  } finally {
    leave();
  }
}

/** Names of ours are plain; whatever else comes is made so. */
function dispositionOf(fileName: string): string {
  return `attachment; filename="${fileName.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 128)}"`;
}
