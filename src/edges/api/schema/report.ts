/** A report on a time; see edges/report/report.ts. Lists are cut: `more` lines are left out. */
import { z } from 'zod';
import { integerText, timeMs } from './text.ts';

export const REPORT_TABLES = [
  'summary',
  'traffic',
  'groups',
  'hosts',
  'destinations',
  'services',
  'rules',
  'countries',
  'systems',
  'unused-rules',
  'expiring-rules',
  'wide-rules',
  'approvals',
  'approvers',
  'causes',
  'incidents',
  'vetoes',
  'changes',
  'changers',
  'culprits',
] as const;

const DAY_MS = 86_400_000;
const time = integerText(0, 8.64e15);

const period = {
  from: time.optional().meta({ description: 'ms since the epoch; default: seven days before `to`.' }),
  to: time.optional().meta({ description: 'Until before this time; default: now.' }),
};
export const reportQuery = z.strictObject(period);
export const reportCsvQuery = z.strictObject({ ...period, table: z.enum(REPORT_TABLES) });

/** The same for a minute, so that who asks for all tables one by one gets them of one report. */
export function periodOf({ from, to }: z.output<typeof reportQuery>, nowMs: number) {
  const toMs = to ?? Math.floor(nowMs / 60_000) * 60_000;
  return { fromMs: from ?? Math.max(0, toMs - 7 * DAY_MS), toMs };
}

const count = z.number();
const span = z.number().meta({ description: 'ms' });

function listed<T extends z.ZodType>(line: T) {
  return z.object({ lines: z.array(line).readonly(), more: count });
}

const sums = { bytesOut: count, bytesIn: count, connections: count, denied: count };
const trafficTable = z.object({
  lines: z.array(z.object({ key: z.string(), name: z.string().optional(), ...sums })).readonly(),
  other: z.object(sums),
});

const traffic = z.object({
  total: z.object(sums),
  step: z.enum(['hour', 'day']),
  points: z.array(z.object({ atMs: timeMs, ...sums })).readonly(),
  groups: trafficTable,
  hosts: trafficTable,
  destinations: trafficTable,
  services: trafficTable,
  rules: trafficTable,
  countries: trafficTable.nullable().meta({ description: 'null: no database is given.' }),
  systems: trafficTable.nullable(),
});

const owned = { rule: z.string(), owner: z.string().nullable(), ticket: z.string().nullable() };

const rules = z.object({
  unused: listed(z.object({ ...owned, description: z.string().nullable(), lastHitMs: timeMs.nullable() })),
  expiring: listed(z.object({ ...owned, expiresMs: timeMs, isExpired: z.boolean() })),
  wide: listed(
    z.object({
      rule: z.string(),
      owner: z.string().nullable(),
      because: z.array(z.string()).readonly(),
      used: z.object({ ...sums, destinations: count, services: count }),
      narrower: z
        .object({
          cidrs: z.array(z.string()).readonly(),
          services: z.array(z.string()).readonly(),
          names: z.array(z.string()).readonly(),
          covers: z.number().meta({ description: "Share of the rule's bytes that went to these." }),
          remarks: z.array(z.string()).readonly(),
        })
        .nullable()
        .meta({ description: 'What would have been enough for what was seen; null: nothing was seen.' }),
    }),
  ),
});

const approvals = z.object({
  asked: count,
  approved: count,
  rejected: count,
  lapsed: count,
  open: count,
  response: z.object({ count, medianMs: span, p90Ms: span, maxMs: span }).nullable(),
  persons: z
    .array(
      z.object({
        actor: z.string(),
        approved: count,
        rejected: count,
        revoked: count,
        medianMs: span.nullable(),
      }),
    )
    .readonly(),
  lines: listed(
    z.object({
      id: z.string(),
      askedAtMs: timeMs,
      action: z.string(),
      target: z.string(),
      outcome: z.enum(['approved', 'rejected', 'lapsed', 'open', 'ended']),
      actor: z.string().nullable(),
      afterMs: span.nullable(),
      reason: z.string(),
    }),
  ),
});

const severity = z.enum(['low', 'medium', 'high', 'critical']);

const incidents = z.object({
  opened: count,
  closed: count,
  bySeverity: z.object({ low: count, medium: count, high: count, critical: count }),
  causes: z
    .array(z.object({ cause: z.string(), opened: count, false: count, resolved: count, quiet: count }))
    .readonly(),
  false: count,
  suppressions: z.object({ created: count, revoked: count, expired: count }),
  worst: listed(
    z.object({
      id: z.string(),
      severity,
      cause: z.string(),
      host: z.string(),
      destination: z.string().nullable(),
      openedAtMs: timeMs,
      verdict: z.string().nullable(),
      reason: z.string(),
    }),
  ),
});

const blocks = z.object({
  automatic: count,
  manual: count,
  quarantines: count,
  stood: z.object({ count, medianMs: span, totalMs: span }),
  revoked: count,
  expired: count,
  failed: count,
  wrong: count,
  vetoes: z.array(z.object({ guardrail: z.string(), count })).readonly(),
});

const changes = z.object({
  lines: listed(z.object({ atMs: timeMs, actor: z.string(), what: z.string(), detail: z.string() })),
  policies: count,
  rollbacks: count,
  refused: count,
  persons: z.array(z.object({ actor: z.string(), policies: count, rollbacks: count })).readonly(),
});

const drift = z.object({
  found: count,
  repaired: count,
  failed: count,
  contested: count,
  culprits: z.array(z.object({ name: z.string(), count })).readonly(),
  eventsLost: count,
});

export const reportSchema = z
  .object({
    period: z.object({ fromMs: timeMs, toMs: timeMs }),
    madeAtMs: timeMs,
    host: z.string(),
    version: z.string(),
    policy: z
      .object({ name: z.string(), digest: z.string(), revision: count, mode: z.string(), rules: count })
      .nullable(),
    gaps: z.array(z.string()).readonly().meta({ description: 'What cannot be told, and why.' }),
    traffic: traffic.nullable(),
    rules: rules.nullable(),
    approvals,
    incidents,
    blocks,
    changes,
    drift,
    audit: z.object({
      sound: z.boolean(),
      entries: count,
      inPeriod: count,
      headHash: z.string(),
      problem: z.string().nullable(),
    }),
  })
  .meta({ id: 'Report' });

export const keptReports = z.object({
  reports: z.array(z.object({ name: z.string(), bytes: count, madeAtMs: timeMs })).readonly(),
});
