/** The ledger's entries as they are written, over restarts of the daemon. */
import { setTimeout as pause } from 'node:timers/promises';
import { type EventsOptions, followEvents, type Schema } from 'penstock-client';
import { answered, connectionError } from './client.ts';
import type { Context } from './context.ts';
import { CommandError } from './errors.ts';
import { refusalOf } from './problem.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** What may be over when it is tried again. */
const PASSING = ['no-daemon', 'no-token', 'connection-lost', 'stream-ended', 'busy', 'bad-answer'];

export type Following = Pick<EventsOptions, 'after' | 'types' | 'signal'>;

/**
 * Until `signal` ends it. Where the connection breaks it is made anew, with the last entry that was seen: nothing is
 * missed and nothing comes twice.
 *
 * @throws CommandError when it fails before anything was ever connected, or when it is refused
 */
export async function* followLedger(
  context: Context,
  { after, types, signal }: Following,
): AsyncGenerator<Schema<'LedgerEntry'>> {
  let last = after;
  let wasOpen = false;
  for (let pauseMs = FIRST_PAUSE_MS; !signal?.aborted; ) {
    try {
      last ??= await newest(context);
      const onAlive = () => {
        wasOpen = true;
        pauseMs = FIRST_PAUSE_MS;
      };
      for await (const event of once(context, { after: last, types, signal, onAlive })) {
        onAlive();
        last = event.id;
        yield event.data as Schema<'LedgerEntry'>;
      }
      throw new CommandError('stream-ended', 1, 'the daemon ended the stream');
    } catch (error) {
      if (signal?.aborted) return;
      if (!wasOpen || !(error instanceof CommandError && PASSING.includes(error.code))) throw error;
      if (pauseMs === FIRST_PAUSE_MS) context.screen.remark(`${error.message}; waiting for the daemon`);
      await pause(pauseMs, undefined, { signal }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}

/** Read on from here, so that what comes between two connections is not missed before the first entry either. */
async function newest(context: Context): Promise<string> {
  const query = { order: 'newest', limit: 1 } as const;
  const { items } = await answered((await context.daemonAgain()).api.GET('/v1/audit', { params: { query } }));
  return String(items[0]?.seq ?? 0);
}

async function* once(context: Context, options: Partial<EventsOptions>) {
  const { url, base, token, headers, fetch } = await context.daemonAgain();
  try {
    yield* followEvents({ ...options, url: base, token, headers, fetch });
  } catch (error) {
    if (!(error instanceof Response)) throw connectionError(url, error);
    throw refusalOf(error.status, await error.json().catch(() => undefined));
  }
}
