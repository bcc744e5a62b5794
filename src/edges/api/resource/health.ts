/** For supervisors; no token, so nothing is told but yes or no. */
import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';

export function healthRoutes({ engine }: { engine: EngineControl }): Route[] {
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
      summary: 'Whether the kernel table is in place and conntrack is seen',
      request: NOTHING,
      answer: z.object({ ready: z.boolean() }),
      async handle() {
        const outcome = await engine.call('status', {});
        if (!outcome.ok) throw new RequestError('failed', 'the engine does not answer');
        const { kernel, conntrack } = outcome.result;
        if (kernel.table === 'failed') throw new RequestError('failed', 'the kernel table is not in place');
        if (!conntrack.hooksRegistered) throw new RequestError('failed', 'conntrack is not seen');
        return { ready: true };
      },
    }),
  ];
}
