/** For supervisors; no token, so nothing is told but yes or no. */
import { z } from 'zod';
import type { EngineControl, EngineStatus } from '../../../engine/commands.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';

interface Parts {
  engine: EngineControl;
  now: () => number;
}

/** Anyone may ask: so often at most the engine is asked in turn. */
const FRESH_MS = 500;

export function healthRoutes(parts: Parts): Route[] {
  const recent = recentStatus(parts);
  return [
    jsonRoute({
      method: 'get',
      path: '/healthz',
      role: 'anyone',
      summary: 'Whether the process answers',
      request: NOTHING,
      answer: z.object({ ok: z.boolean() }),
      handle: () => ({ ok: true }),
    }),
    jsonRoute({
      method: 'get',
      path: '/readyz',
      role: 'anyone',
      summary: 'Whether the kernel table is in place, conntrack is seen and the ledger takes entries',
      request: NOTHING,
      answer: z.object({ ready: z.boolean() }),
      async handle() {
        const status = await recent();
        if (status === undefined) throw new RequestError('failed', 'the engine does not answer');
        const { kernel, conntrack, ledgerError } = status;
        if (kernel.table === 'failed') throw new RequestError('failed', 'the kernel table is not in place');
        if (ledgerError !== undefined) throw new RequestError('failed', 'nothing can be recorded');
        if (!conntrack.hooksRegistered) throw new RequestError('failed', 'conntrack is not seen');
        return { ready: true };
      },
    }),
  ];
}

function recentStatus({ engine, now }: Parts): () => Promise<EngineStatus | undefined> {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let answer: Promise<EngineStatus | undefined> = Promise.resolve(undefined);
  return () => {
    if (Math.abs(now() - askedAtMs) < FRESH_MS) return answer;
    askedAtMs = now();
    answer = engine.call('status', {}).then((outcome) => (outcome.ok ? outcome.result : undefined));
    return answer;
  };
}
