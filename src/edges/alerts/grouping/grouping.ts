/**
 * Which alerts are told together, and when. A state machine without a clock or a disk of its own:
 *
 *   take --> held by group --- due, and there is room ------------------> message
 *               |     (news: after `settleMs`, at most one in `windowMs`;
 *               |      a repeat: when quiet.ts says so)
 *               +-- due, but the sink's limit is reached --+
 *               +-- for the digest, or too many groups ----+--> held over --- there is room ---> summary
 *
 * A group is a host, or one kind of thing where no host is meant. Every alert taken is in exactly one message.
 */
import type { Severity } from '../../../incident/incident.ts';
import { type Held, hold, holding, join, type Message, messageOf } from './message.ts';
import type { Notice } from './notice.ts';
import { forget, seen, type Tellings, told } from './quiet.ts';

/** Spans in ms. */
export interface GroupingSettings {
  /** How long news waits for what comes with it: an incident for its decision. */
  readonly settleMs: number;
  /** A group is told at most once in so long. */
  readonly windowMs: number;
  /** The spans between one telling of the same and the next; empty: repeats are told as news. */
  readonly quietMs: readonly number[];
  /** At most so many messages in so long; twice as many for what waits for an answer. The rest is summed up. */
  readonly limit: { readonly messages: number; readonly perMs: number };
  /** What is neither high nor critical nor waits for an answer is summed up once in so long; null: it is told as it comes. */
  readonly digestMs: number | null;
}

export const DEFAULT_GROUPING: GroupingSettings = {
  settleMs: 2_000,
  windowMs: 60_000,
  quietMs: [600_000, 3_600_000, 21_600_000],
  limit: { messages: 20, perMs: 600_000 },
  digestMs: null,
};

/** Plain data: it is kept over restarts. */
export interface GroupingState {
  /** The last alert taken. */
  sequence: number;
  groups: Record<string, Held>;
  /** What is summed up; due when it is. */
  over: Held | null;
  tellings: Tellings;
  /** Whose an incident is, for decisions that name no host. */
  hosts: Record<string, string>;
  /** When each group was told last, and when it last asked for an answer. */
  spoken: Record<string, { toldMs: number; askedMs: number | null }>;
  /** When the last messages went out, at most twice the limit. */
  sentMs: number[];
}

/** More wait together in the summary. */
export const MAX_GROUPS = 500;

export function emptyState(): GroupingState {
  return { sequence: 0, groups: {}, over: null, tellings: {}, hosts: {}, spoken: {}, sentMs: [] };
}

export class Grouping {
  readonly #settings: GroupingSettings;
  readonly #state: GroupingState;

  /** Goes on from `state`, which it changes. */
  constructor(settings: GroupingSettings, state: GroupingState) {
    this.#settings = settings;
    this.#state = state;
  }

  /** An alert that was taken before is not taken again. */
  take(notice: Notice, nowMs: number): void {
    if (notice.sequence <= this.#state.sequence) return;
    this.#state.sequence = notice.sequence;
    if (this.#isForDigest(notice)) {
      this.#holdOver(notice, nowMs + (this.#settings.digestMs ?? 0));
      return;
    }
    const { groups } = this.#state;
    const key = this.#groupOf(notice);
    const dueMs = this.#dueMs(notice, key, nowMs);
    if (groups[key] !== undefined) hold(groups[key], notice, dueMs);
    else if (Object.keys(groups).length < MAX_GROUPS) groups[key] = holding(notice, dueMs);
    else this.#holdOver(notice, dueMs);
  }

  /** The next message that is due, as told from now on; undefined when none is. Ask again for more. */
  next(nowMs: number): Message | undefined {
    this.#forget(nowMs);
    const { over } = this.#state;
    if (over !== null && this.#isDue(over, nowMs) && this.#hasRoom(over, nowMs)) {
      this.#state.over = null;
      return this.#tell(over, 'summary', nowMs);
    }
    for (let due = this.#firstDue(nowMs); due !== undefined; due = this.#firstDue(nowMs)) {
      const [key, held] = due;
      delete this.#state.groups[key];
      if (this.#hasRoom(held, nowMs)) {
        this.#speak(key, held, nowMs);
        return this.#tell(held, 'group', nowMs);
      }
      this.#joinOver(held);
    }
    return undefined;
  }

  /** When to ask again, ms since the epoch; null when nothing is held. */
  nextMs(nowMs: number): number | null {
    const { groups, over } = this.#state;
    const times = Object.values(groups).map(({ dueMs }) => dueMs);
    if (over !== null) times.push(Math.max(over.dueMs, this.#roomMs(over, nowMs)));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** How many alerts are held. */
  get held(): number {
    const { groups, over } = this.#state;
    return Object.values(groups).reduce((sum, { count }) => sum + count, over?.count ?? 0);
  }

  #groupOf({ host, incident, action }: Notice): string {
    const { hosts } = this.#state;
    if (host !== null && incident !== null) this.#remember(incident, host);
    const whose = host ?? (incident === null ? undefined : hosts[incident]);
    return whose === undefined ? `kind ${action.split('.')[0]}` : `host ${whose}`;
  }

  /** The newest ones: what an incident leads to follows it closely. */
  #remember(incident: string, host: string): void {
    const { hosts } = this.#state;
    delete hosts[incident];
    hosts[incident] = host;
    const [oldest, ...others] = Object.keys(hosts);
    if (others.length >= MAX_GROUPS) delete hosts[oldest];
  }

  #isForDigest({ asks, severity }: Notice): boolean {
    return this.#settings.digestMs !== null && asks === null && !acute(severity);
  }

  #dueMs(notice: Notice, key: string, nowMs: number): number {
    const { settleMs, windowMs, quietMs } = this.#settings;
    const { tellings, spoken } = this.#state;
    const settled = nowMs + settleMs;
    const before = spoken[key];
    // An answer is waited for: only what was asked before may delay it.
    const last = notice.asks === null ? before?.toldMs : (before?.askedMs ?? undefined);
    const dueMs = last === undefined ? settled : Math.max(settled, Math.min(last, nowMs) + windowMs);
    if (notice.asks !== null || notice.byPerson) return dueMs;
    return Math.max(dueMs, seen(tellings, notice.condition, quietMs, nowMs) ?? 0);
  }

  #holdOver(notice: Notice, dueMs: number): void {
    if (this.#state.over === null) this.#state.over = holding(notice, dueMs);
    else hold(this.#state.over, notice, dueMs);
  }

  /** It is due: so is all that is told with it. */
  #joinOver(held: Held): void {
    const { over } = this.#state;
    if (over === null) this.#state.over = held;
    else {
      join(over, held);
      over.dueMs = Math.min(over.dueMs, held.dueMs);
    }
  }

  #firstDue(nowMs: number): [string, Held] | undefined {
    return Object.entries(this.#state.groups)
      .filter(([, held]) => this.#isDue(held, nowMs))
      .toSorted(([, a], [, b]) => b.asking.length - a.asking.length || a.dueMs - b.dueMs)[0];
  }

  /** A clock that was set back must not make it wait longer than anything may. */
  #isDue(held: Held, nowMs: number): boolean {
    held.dueMs = Math.min(held.dueMs, nowMs + longest(this.#settings));
    return held.dueMs <= nowMs;
  }

  #hasRoom(held: Held, nowMs: number): boolean {
    return this.#roomMs(held, nowMs) <= nowMs;
  }

  /** When the sink's limit lets it through. */
  #roomMs({ asking }: Held, nowMs: number): number {
    const { messages, perMs } = this.#settings.limit;
    const allowed = asking.length > 0 ? 2 * messages : messages;
    const recent = this.#state.sentMs.filter((sentMs) => nowMs - sentMs < perMs);
    return recent.length < allowed ? nowMs : recent[recent.length - allowed] + perMs;
  }

  #speak(key: string, { asking }: Held, nowMs: number): void {
    const before = this.#state.spoken[key]?.askedMs ?? null;
    this.#state.spoken[key] = { toldMs: nowMs, askedMs: asking.length > 0 ? nowMs : before };
  }

  #tell(held: Held, kind: Message['kind'], nowMs: number): Message {
    for (const condition of held.conditions) told(this.#state.tellings, condition, nowMs);
    this.#state.sentMs.push(nowMs);
    return messageOf(held, kind);
  }

  #forget(nowMs: number): void {
    const { windowMs, quietMs, limit } = this.#settings;
    const state = this.#state;
    forget(state.tellings, quietMs, nowMs);
    state.sentMs = state.sentMs
      .map((sentMs) => Math.min(sentMs, nowMs))
      .filter((sentMs) => nowMs - sentMs < limit.perMs);
    for (const [key, { toldMs }] of Object.entries(state.spoken))
      if (nowMs - toldMs >= windowMs) delete state.spoken[key];
  }
}

function acute(severity: Severity): boolean {
  return severity === 'high' || severity === 'critical';
}

/** No alert is held for longer, but by the limit. */
function longest({ settleMs, windowMs, quietMs, digestMs }: GroupingSettings): number {
  return Math.max(settleMs + windowMs, digestMs ?? 0, ...quietMs);
}
