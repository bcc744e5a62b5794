import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import type { EntryDraft } from '../../../ledger/entry.ts';
import { askEngine } from '../engine-answer.ts';
import { RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { sinkSchema, sinkTestSchema } from '../schema/alerts.ts';

/** Who sends alerts. */
export interface AlertControl {
  status(): z.input<typeof sinkSchema>[];
  /** To one sink, or to all. */
  test(sink: string | undefined, actor: string): Promise<z.input<typeof sinkTestSchema>[]>;
}

interface Parts {
  readonly engine: EngineControl;
  readonly alerts?: AlertControl | undefined;
}

const body = z
  .strictObject({
    sink: z.string().min(1).max(100).optional().meta({ description: 'By name; all, when left out.' }),
  })
  .meta({ example: { sink: 'webhook' } });

export function alertRoutes({ engine, alerts }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/alerts/sinks',
      role: 'viewer',
      summary: 'Where alerts go, and how each sink fares',
      request: NOTHING,
      answer: z.object({ items: z.array(sinkSchema) }),
      handle: () => ({ items: alerts?.status() ?? [] }),
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/alerts/test',
      role: 'operator',
      summary: 'Send a test alert now, past what waits; says whether each sink took it',
      request: { ...NOTHING, body },
      answer: z.object({ items: z.array(sinkTestSchema) }),
      handle: async ({ body: { sink } }, { name: actor }) => {
        const isKnown = sink === undefined || alerts?.status().some((one) => one.sink === sink);
        if (!isKnown) throw new RequestError('not-found', 'there is no such sink');
        const items = (await alerts?.test(sink, actor)) ?? [];
        if (items.length > 0)
          await askEngine(engine, 'record', { entries: items.map((item) => tested(item, actor)) });
        return { items };
      },
    }),
  ];
}

function tested({ sink, delivered, error }: z.input<typeof sinkTestSchema>, actor: string): EntryDraft {
  return { type: 'alert.tested', actor, body: { sink, delivered, error } };
}
