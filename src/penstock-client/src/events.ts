/**
 * Server-sent events (HTML Living Standard, section 9.2) of `/v1/events`, with the token in a header, which the
 * browser's own EventSource cannot send.
 */
import { EventSourceParserStream } from 'eventsource-parser/stream';

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
  readonly signal?: AbortSignal;
}

/** Until the daemon or `signal` ends it. @throws TypeError without a connection, the Response when it is refused */
export async function* followEvents({ url, token, after, signal }: EventsOptions): AsyncGenerator<ApiEvent> {
  const response = await fetch(`${url}/v1/events`, {
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(after !== undefined && { 'last-event-id': after }),
    },
    ...(signal && { signal }),
  });
  if (!response.ok || !response.body) throw response;
  const reader = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
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
