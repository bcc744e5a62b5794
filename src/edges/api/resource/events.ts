/**
 * Ledger entries as server-sent events (HTML Living Standard, section 9.2), as they are written:
 *
 *   id: 4711
 *   event: decision.proposed
 *   data: {"seq":4711,...}
 *
 * The ledger is the buffer: a client that comes back with Last-Event-ID reads on where it stopped, and a slow one
 * only falls behind.
 */
import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import type { Entry } from '../../../ledger/entry.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { checkRequest, NOTHING, type Route } from '../route.ts';
import { entryTypes, entryView } from '../schema/entry.ts';
import { integerText } from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
  ledger: LedgerQueries;
  /** How often a silent stream shows that it lives. */
  heartbeatMs?: number;
}

const query = z.strictObject({
  after: integerText(0, Number.MAX_SAFE_INTEGER).optional().meta({
    description: 'Only entries with a higher seq; the header Last-Event-ID wins. Default: only new ones.',
  }),
  type: entryTypes.optional(),
});
const request = { ...NOTHING, query };
const requestSchema = z.object(request);

const PAGE = 100;

export function eventRoutes(parts: Parts): Route[] {
  return [
    {
      kind: 'stream',
      method: 'get',
      path: '/v1/events',
      role: 'viewer',
      summary: 'Ledger entries as server-sent events',
      contentType: 'text/event-stream',
      request,
      open(raw, _caller, closed) {
        const { after = parts.ledger.head().seq, type = () => true } = checkRequest(requestSchema, raw).query;
        return follow(parts, after, type, closed);
      },
    },
  ];
}

async function* follow(
  { engine, ledger, heartbeatMs = 15_000 }: Parts,
  after: number,
  wanted: (type: string) => boolean,
  closed: AbortSignal,
): AsyncGenerator<string> {
  const cue = new Cue();
  const unlisten = engine.onNotice(({ notice }) => {
    if (notice === 'appended') cue.ring();
  });
  closed.addEventListener('abort', () => cue.ring(), { once: true });
  try {
    yield ': open\n\n';
    for (let seq = after; !closed.aborted; ) {
      const entries = ledger.entries({ after: seq, limit: PAGE });
      seq = entries.at(-1)?.seq ?? seq;
      const frames = entries.filter(({ type }) => wanted(type)).map(frame);
      if (frames.length > 0) yield frames.join('');
      else if (entries.length === 0 && !(await cue.rung(heartbeatMs))) yield ': alive\n\n';
    }
  } finally {
    unlisten();
  }
}

/** JSON has no line ends in it, so nothing breaks out of its line. */
function frame(entry: Entry): string {
  return `id: ${entry.seq}\nevent: ${entry.type}\ndata: ${JSON.stringify(entryView(entry))}\n\n`;
}

/** A bell that is not missed when it rings before somebody waits. */
class Cue {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves with true once it rings, with false after `withinMs`. */
  async rung(withinMs: number): Promise<boolean> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((done) => {
        this.#wake = done;
        timer = setTimeout(done, withinMs);
      });
      clearTimeout(timer);
      this.#wake = undefined;
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}
