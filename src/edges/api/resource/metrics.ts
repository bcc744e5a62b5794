import type { Registry } from 'prom-client';
import type { Route } from '../route.ts';

/** Destinations and rule names are in the labels, so a token is needed here too. */
export function metricRoutes({ metrics }: { metrics: Registry }): Route[] {
  return [
    {
      kind: 'text',
      method: 'get',
      path: '/metrics',
      role: 'viewer',
      summary: 'Metrics in the Prometheus text format',
      contentType: metrics.contentType,
      text: () => metrics.metrics(),
    },
  ];
}
