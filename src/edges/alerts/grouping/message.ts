/** What is sent to people at once: one alert, all of a group within a while, or all that there was no room for. */
import type { Severity } from '../../../incident/incident.ts';
import type { Notice } from './notice.ts';
import { add, merged, type Range } from './ranges.ts';

export interface Message {
  /** The hash of its first alert's entry: as an alert is in one message only, it names the message too. */
  readonly id: string;
  /** group: of one host, or of one kind. summary: over the sink's limit, or a digest; of anybody. */
  readonly kind: 'group' | 'summary';
  /** How many alerts it tells; all their numbers are in `sequences`. */
  readonly count: number;
  readonly sequences: readonly Range[];
  readonly fromMs: number;
  readonly toMs: number;
  /** The worst. */
  readonly severity: Severity;
  /** How many questions wait for an answer. */
  readonly asks: number;
  /** The most important ones in full, at most MAX_TOLD: what waits for an answer first, then the worst, then the last. */
  readonly notices: readonly Notice[];
  /** By type of entry, most frequent first. */
  readonly kinds: readonly (readonly [action: string, count: number])[];
}

/** Alerts that wait to be told together. Plain data: it is kept over restarts. */
export interface Held {
  /** Of the first one. */
  id: string;
  dueMs: number;
  count: number;
  sequences: Range[];
  fromMs: number;
  toMs: number;
  severity: Severity;
  /** What waits for an answer (`Notice.asks`), each once. */
  asking: string[];
  notices: Notice[];
  kinds: Record<string, number>;
  conditions: string[];
}

export const MAX_TOLD = 10;
const MAX_CONDITIONS = 50;
const MAX_ASKING = 200;
const RANKS: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

export function holding(notice: Notice, dueMs: number): Held {
  const { id, atMs, severity } = notice;
  const empty = { count: 0, sequences: [], asking: [], notices: [], kinds: {}, conditions: [] };
  const held: Held = { id, dueMs, fromMs: atMs, toMs: atMs, severity, ...empty };
  hold(held, notice, dueMs);
  return held;
}

export function hold(held: Held, notice: Notice, dueMs: number): void {
  held.dueMs = Math.min(held.dueMs, dueMs);
  held.count += 1;
  add(held.sequences, notice.sequence);
  held.fromMs = Math.min(held.fromMs, notice.atMs);
  held.toMs = Math.max(held.toMs, notice.atMs);
  held.severity = worse(held.severity, notice.severity);
  held.asking = asking([...held.asking, ...(notice.asks === null ? [] : [notice.asks])], notice.settles);
  held.notices = foremost([...held.notices.filter(({ asks }) => !isSettled(asks, notice)), notice]);
  held.kinds[notice.action] = (held.kinds[notice.action] ?? 0) + 1;
  held.conditions = conditions([...held.conditions, notice.condition]);
}

/** `other` is told with `held`. */
export function join(held: Held, other: Held): void {
  if (other.sequences[0][0] < held.sequences[0][0]) held.id = other.id;
  held.count += other.count;
  held.sequences = merged(held.sequences, other.sequences);
  held.fromMs = Math.min(held.fromMs, other.fromMs);
  held.toMs = Math.max(held.toMs, other.toMs);
  held.severity = worse(held.severity, other.severity);
  held.asking = asking([...held.asking, ...other.asking], null);
  held.notices = foremost([...held.notices, ...other.notices]);
  for (const [kind, count] of Object.entries(other.kinds)) held.kinds[kind] = (held.kinds[kind] ?? 0) + count;
  held.conditions = conditions([...held.conditions, ...other.conditions]);
}

export function messageOf(held: Held, kind: Message['kind']): Message {
  const { id, count, sequences, fromMs, toMs, severity, asking, notices } = held;
  const kinds = Object.entries(held.kinds).toSorted(([, a], [, b]) => b - a);
  return { id, kind, count, sequences, fromMs, toMs, severity, asks: asking.length, notices, kinds };
}

/** What one person must do comes before what they may read. */
function foremost(notices: readonly Notice[]): Notice[] {
  const weight = ({ asks, severity }: Notice) => (asks === null ? 0 : 10) + RANKS[severity];
  return notices.toSorted((a, b) => weight(b) - weight(a) || b.sequence - a.sequence).slice(0, MAX_TOLD);
}

/** A question that was answered before it was told is told by its answer alone. */
function isSettled(asks: string | null, { settles }: Notice): boolean {
  return asks !== null && asks === settles;
}

function asking(all: readonly string[], settled: string | null): string[] {
  return [...new Set(all)].filter((id) => id !== settled).slice(0, MAX_ASKING);
}

function worse(one: Severity, other: Severity): Severity {
  return RANKS[one] >= RANKS[other] ? one : other;
}

function conditions(all: readonly string[]): string[] {
  return [...new Set(all)].slice(0, MAX_CONDITIONS);
}
