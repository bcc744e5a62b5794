/** Every route of the API. */
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { EngineControl } from '../../engine/commands.ts';
import type { LedgerQueries } from '../../ledger/queries.ts';
import { openApiDocument } from './openapi.ts';
import { type AlertControl, alertRoutes } from './resource/alerts.ts';
import { auditRoutes } from './resource/audit.ts';
import { breakerRoutes, operatorRoutes } from './resource/breaker.ts';
import { callerRoutes } from './resource/caller.ts';
import { decisionRoutes } from './resource/decisions.ts';
import { eventRoutes } from './resource/events.ts';
import { type EvidenceSource, evidenceRoutes } from './resource/evidence.ts';
import { flowRoutes } from './resource/flows.ts';
import { healthRoutes } from './resource/health.ts';
import { type HistorySource, historyRoutes } from './resource/history.ts';
import { hostRoutes } from './resource/hosts.ts';
import { incidentRoutes } from './resource/incidents.ts';
import { metricRoutes } from './resource/metrics.ts';
import { nameRoutes } from './resource/names.ts';
import { policyRoutes } from './resource/policy.ts';
import { proposalRoutes } from './resource/proposals.ts';
import { type ReportSource, reportRoutes } from './resource/reports.ts';
import { revisionRoutes } from './resource/revisions.ts';
import { ruleRoutes } from './resource/rules.ts';
import { statusRoutes } from './resource/status.ts';
import { type StixSource, stixRoutes } from './resource/stix.ts';
import { suppressionRoutes } from './resource/suppressions.ts';
import { tokenRoutes } from './resource/tokens.ts';
import { jsonRoute, NOTHING, type Route } from './route.ts';
import type { TokenStore } from './token-store.ts';

export interface RouteParts {
  readonly engine: EngineControl;
  readonly ledger: LedgerQueries;
  readonly tokens: TokenStore;
  readonly metrics: Registry;
  readonly version: string;
  readonly now: () => number;
  readonly history?: HistorySource | undefined;
  readonly reports?: ReportSource | undefined;
  readonly alerts?: AlertControl | undefined;
  readonly evidence?: EvidenceSource | undefined;
  readonly stix?: StixSource | undefined;
  readonly heartbeatMs?: number;
}

export function apiRoutes(parts: RouteParts): Route[] {
  const routes: Route[] = [
    ...healthRoutes(parts),
    ...metricRoutes(parts),
    ...callerRoutes(),
    ...statusRoutes(parts),
    ...flowRoutes(parts),
    ...hostRoutes(parts),
    ...historyRoutes(parts),
    ...reportRoutes(parts),
    ...nameRoutes(parts),
    ...auditRoutes(parts),
    ...eventRoutes(parts),
    ...policyRoutes(parts),
    ...ruleRoutes(parts),
    ...incidentRoutes(parts),
    ...stixRoutes(parts),
    ...evidenceRoutes(parts),
    ...suppressionRoutes(parts),
    ...decisionRoutes(parts),
    ...proposalRoutes(parts),
    ...breakerRoutes(parts),
    ...operatorRoutes(parts),
    ...revisionRoutes(parts),
    ...alertRoutes(parts),
    ...tokenRoutes(parts),
  ];
  routes.push(openApiRoute(routes, parts.version));
  return routes;
}

/** Made when somebody asks for it: a start does not wait for what few ever read. */
function openApiRoute(others: readonly Route[], version: string): Route {
  let document: ReturnType<typeof openApiDocument> | undefined;
  const route = jsonRoute({
    method: 'get',
    path: '/openapi.json',
    role: 'anyone',
    summary: 'This description',
    request: NOTHING,
    answer: z.record(z.string(), z.unknown()),
    handle: () => {
      document ??= openApiDocument([...others, route], version);
      return { ...document };
    },
  });
  return route;
}
