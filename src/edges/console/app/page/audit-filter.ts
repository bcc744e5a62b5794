/** What the audit log is asked for; it lives in the address of the page. */

/** First parts of the entries' types, which the API takes for all of a kind. */
export const TYPES = [
  'alert',
  'breaker',
  'conntrack',
  'daemon',
  'decision',
  'denyLists',
  'drift',
  'enforcement',
  'guardrail',
  'incident',
  'operator',
  'policy',
  'proposal',
  'revision',
  'rollback',
  'suppression',
  'token',
  'trial',
] as const;

/** As typed. Times as `datetime-local` writes them: `2026-11-30T14:00`, local. */
export interface AuditFilter {
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly since: string;
  readonly until: string;
}

const NAMES = ['type', 'actor', 'subject', 'since', 'until'] as const;
const LONGEST = 128;

export function auditFilterOf(search: string): AuditFilter {
  const given = new URLSearchParams(search);
  const text = (name: (typeof NAMES)[number]) => (given.get(name) ?? '').slice(0, LONGEST);
  return {
    type: text('type'),
    actor: text('actor'),
    subject: text('subject'),
    since: text('since'),
    until: text('until'),
  };
}

/** Without a question mark; '' for all entries. */
export function auditSearchOf(filter: AuditFilter): string {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
}

export interface AuditQuery {
  readonly type?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** For the API; a time that is none yet is left out. */
export function auditQueryOf({ type, actor, subject, since, until }: AuditFilter): AuditQuery {
  const [sinceMs, untilMs] = [timeOf(since), timeOf(until)];
  return {
    ...(type.trim() && { type: type.trim() }),
    ...(actor.trim() && { actor: actor.trim() }),
    ...(subject.trim() && { subject: subject.trim() }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(untilMs !== undefined && { untilMs }),
  };
}

const WHOLE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

function timeOf(text: string): number | undefined {
  const ms = WHOLE_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
