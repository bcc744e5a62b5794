/**
 * Server-sent events (HTML Living Standard, section 9.2) of `/v1/events`, with the token in a header, which the
 * browser's own EventSource cannot send.
 */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Fetch } from './repeat.ts';

export interface ApiEvent {
  /** `seq` of the ledger entry, to read on after. */
  readonly id: string;
  /** Type of the ledger entry. */
  readonly type: string;
  readonly data: unknown;
}

export interface EventsOptions {
  readonly url: string;
  readonly token: string;
  /** Entries after this one; without it only new ones. */
  readonly after?: string;
  /** Only entries of these types: `decision`, or `incident.opened`. */
  readonly types?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the global one. */
  readonly fetch?: Fetch;
  readonly signal?: AbortSignal;
  /** The stream is open, and again each time the daemon shows that it lives. */
  readonly onAlive?: () => void;
}

/** Longer than any entry that the daemon tells, in characters. */
const MAX_PENDING = 4 * 2 ** 20;

/** Until the daemon or `signal` ends it. @throws TypeError without a connection, the Response when it is refused */
export async function* followEvents(options: EventsOptions): AsyncGenerator<ApiEvent> {
  const { url, token, after, types, headers, signal, onAlive, fetch = globalThis.fetch } = options;
  const query = types === undefined ? '' : `?${new URLSearchParams({ type: types.join(',') })}`;
  const request = new Request(`${url}/v1/events${query}`, {
    headers: {
      ...headers,
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(after !== undefined && { 'last-event-id': after }),
    },
    ...(signal && { signal }),
  });
  const response = await fetch(request);
  if (!response.ok || !response.body) throw response;
  const reader = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(
      new EventSourceParserStream({
        maxBufferSize: MAX_PENDING,
        ...(onAlive && { onComment: () => onAlive() }),
      }),
    )
    .getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { id = '', event = 'message', data } = next.value;
      yield { id, type: event, data: JSON.parse(data) };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
