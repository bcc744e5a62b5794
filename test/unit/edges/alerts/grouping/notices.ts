/** Notices as a host under attack makes them. */
import type { Notice } from '../../../../../src/edges/alerts/grouping/notice.ts';

export function notice(sequence: number, changes: Partial<Notice> = {}): Notice {
  const host = changes.host === undefined ? '10.1.0.10' : changes.host;
  const { action = 'incident.opened', severity = 'high' } = changes;
  return {
    sequence,
    id: `hash-${sequence}`,
    atMs: 1_000 * sequence,
    action,
    severity,
    headline: `I${sequence}: No rule allows this (${host})`,
    message: `No rule allows this: ${host} to 198.51.100.${sequence % 250} tcp/443.`,
    story: [],
    facts: [],
    host,
    incident: `I${sequence}`,
    decision: null,
    asks: null,
    settles: null,
    byPerson: false,
    condition: `${host}|${action}|policyViolation|${severity}`,
    ...changes,
  };
}
