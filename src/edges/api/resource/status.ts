import type { EngineControl } from '../../../engine/commands.ts';
import { askEngine } from '../engine-answer.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { statusSchema } from '../schema/status.ts';
import type { AlertControl } from './alerts.ts';

interface Parts {
  readonly engine: EngineControl;
  readonly version: string;
  readonly alerts?: AlertControl | undefined;
}

export function statusRoutes({ engine, version, alerts }: Parts): Route[] {
  return [
    jsonRoute({
      method: 'get',
      path: '/v1/status',
      role: 'viewer',
      summary: 'How the daemon fares: policy, kernel table, conntrack, decisions, latency',
      request: NOTHING,
      answer: statusSchema,
      handle: async () => ({ ...(await askEngine(engine, 'status', {})), version, alerts: summary(alerts) }),
    }),
  ];
}

function summary(alerts: AlertControl | undefined) {
  const sinks = alerts?.status() ?? [];
  return {
    sinks: sinks.length,
    failing: sinks.filter(({ failingSinceMs }) => failingSinceMs !== null).map(({ sink }) => sink),
  };
}
