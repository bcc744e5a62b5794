/**
 * How often each rule of the policy was used, so that a rule nobody needs is seen:
 *
 *   audit, respond   a new connection that the policy allows by the rule
 *   enforce          the counters of the kernel's elements, which miss nothing; several elements may stand for a rule
 *
 * When it was used last tell the connections in every mode. A rule keeps its hits as long as it says the same (its id,
 * and from where to what by which services), over changes of policy and restarts (rule-hits-keeper.ts); one that left
 * and comes back has those it had.
 */

import { hash } from 'node:crypto';
import type { ElementCounter } from 'node-nftables';
import { formatPrefix } from '../address/prefix.ts';
import { EnforcementError } from '../enforcement/errors.ts';
import type { StoredUse } from '../ledger/rule-shelf.ts';
import type { Rule } from '../policy/policy.ts';
import type { InForce } from './policy-keeper.ts';

/** What the elements that stand for the rules counted, by element; `rule` is its place in the policy. */
export interface AllowCounters {
  counters(): Iterable<{ readonly id: string; readonly rule: number; readonly counter: ElementCounter }>;
}

export interface RuleUse {
  rule: string;
  /** Its place in the policy, from 1. */
  place: number;
  description: string | null;
  owner: string | null;
  ticket: string | null;
  /** New connections that met it. */
  hits: number;
  lastHitMs: number | null;
  /** Since when its hits are counted. */
  sinceMs: number;
  /** From this moment on it allows nothing; null: it stays. */
  expiresMs: number | null;
  isExpired: boolean;
}

export interface RuleListing {
  rules: RuleUse[];
  /** Since when hits are counted, of the rule that is counted longest. */
  sinceMs: number;
  /** connections: as seen; kernel: counted where they are decided. */
  source: 'connections' | 'kernel';
}

interface Use {
  hits: number;
  lastHitMs: number | null;
  readonly sinceMs: number;
  /** What the kernel's elements that stand for it had counted when they were read last; it is in `hits`. */
  counted: number;
  savedAtMs: number;
  isDirty: boolean;
}

/** In memory; rules that left go when there are more. */
export const MOST_USES = 20_000;
/** What did not change is saved all the same, to show that it is still in use. */
const RESAVE_MS = 7 * 86_400_000;

export class RuleHits {
  readonly #allow: AllowCounters | undefined;
  /** By {@link keyOf}. */
  readonly #uses = new Map<string, Use>();
  /** Packets that an element had counted when it was read last; undefined while nothing was read in this run. */
  #read: Map<string, number> | undefined;
  #rules: readonly Rule[] = [];
  #byId: ReadonlyMap<string, Rule> = new Map();
  /** Of the rules in force, as far as they were asked for. */
  #keys = new Map<Rule, string>();
  #enforces = false;
  #changedAtMs: number;
  /** Place of the next rule that {@link takeDirty} looks at. */
  #next = 0;

  constructor(sinceMs: number, allow?: AllowCounters) {
    this.#changedAtMs = sinceMs;
    this.#allow = allow;
  }

  /** What an earlier run had counted, before the first policy. */
  restore(stored: readonly StoredUse[]): void {
    for (const { key, ...use } of stored) this.#uses.set(key, { ...use, isDirty: false });
  }

  /** Read the kernel before: elements of the policy before go. */
  changePolicy({ policy }: InForce, nowMs: number): void {
    this.#rules = policy.rules;
    this.#byId = new Map(policy.rules.map((rule) => [rule.id, rule]));
    this.#keys = new Map();
    this.#enforces = policy.mode === 'enforce' && this.#allow !== undefined;
    // Elements that come later count from 0.
    if (!this.#enforces) this.#read = new Map();
    this.#changedAtMs = nowMs;
  }

  /** A new connection met a rule. */
  met(id: string, atMs: number): void {
    const rule = this.#byId.get(id);
    if (rule === undefined) return;
    const use = this.#useOf(rule);
    if (!this.#enforces) use.hits += 1;
    use.lastHitMs = Math.max(use.lastHitMs ?? 0, atMs);
    use.isDirty = true;
  }

  /** As {@link readKernel}; a kernel that cannot be read now is read later, for its counters go on. */
  tryReadKernel(nowMs: number): void {
    try {
      this.readKernel(nowMs);
    } catch (error) {
      if (!(error instanceof EnforcementError)) throw error;
    }
  }

  /** Add what the kernel has counted since it was read last. @throws what the kernel says */
  readKernel(nowMs: number): void {
    if (!this.#enforces || this.#allow === undefined) return;
    const [before, read] = [this.#read, new Map<string, number>()];
    const sums = new Map<Use, number>();
    for (const { id, rule: place, counter } of this.#allow.counters()) {
      const { packets } = counter;
      read.set(id, packets);
      const rule = this.#rules[place];
      if (rule === undefined) continue;
      const use = this.#useOf(rule);
      sums.set(use, (sums.get(use) ?? 0) + packets);
      const known = before?.get(id) ?? 0;
      // Made again meanwhile, it counts from 0.
      if (before !== undefined) count(use, packets >= known ? packets - known : packets, nowMs);
    }
    for (const [use, sum] of sums) {
      // Elements outlive the daemon, and what they count while it is away is not lost.
      if (before === undefined) count(use, Math.max(0, sum - use.counted), nowMs);
      use.isDirty ||= use.counted !== sum;
      use.counted = sum;
    }
    this.#read = read;
  }

  list(nowMs: number): RuleListing {
    const rules = this.#rules.map((rule, place): RuleUse => {
      const { id, description, owner, ticket, expiresMs } = rule;
      const { hits, lastHitMs, sinceMs } = this.#useOf(rule);
      const isExpired = expiresMs !== null && expiresMs <= nowMs;
      return {
        ...{ rule: id, place: place + 1, description, owner, ticket },
        ...{ hits, lastHitMs, sinceMs, expiresMs, isExpired },
      };
    });
    const sinceMs = rules.reduce((least, rule) => Math.min(least, rule.sinceMs), this.#changedAtMs);
    return { rules, sinceMs, source: this.#enforces ? 'kernel' : 'connections' };
  }

  /** What is to be saved of the next rules of the policy, so many of them; the others have their turn later. */
  takeDirty(most: number, nowMs: number): StoredUse[] {
    if (this.isRoundOver) this.#beginRound();
    const some = this.#rules.slice(this.#next, this.#next + most);
    this.#next += some.length;
    return some.flatMap((rule) => this.#dirty(rule, nowMs));
  }

  takeAllDirty(nowMs: number): StoredUse[] {
    return this.#rules.flatMap((rule) => this.#dirty(rule, nowMs));
  }

  /** All rules had their turn. */
  get isRoundOver(): boolean {
    return this.#next >= this.#rules.length;
  }

  /** They were not saved: another time. */
  putBack(uses: readonly StoredUse[]): void {
    for (const { key } of uses) {
      const use = this.#uses.get(key);
      if (use !== undefined) use.isDirty = true;
    }
  }

  #dirty(rule: Rule, nowMs: number): StoredUse[] {
    const use = this.#useOf(rule);
    const isStale = nowMs - use.savedAtMs > RESAVE_MS || use.savedAtMs > nowMs;
    if (!use.isDirty && !isStale) return [];
    use.isDirty = false;
    use.savedAtMs = nowMs;
    const { hits, lastHitMs, sinceMs, counted, savedAtMs } = use;
    return [{ key: this.#keyOf(rule), hits, lastHitMs, sinceMs, counted, savedAtMs }];
  }

  #beginRound(): void {
    this.#next = 0;
    if (this.#uses.size <= MOST_USES) return;
    const inForce = new Set(this.#rules.map((rule) => this.#keyOf(rule)));
    for (const key of this.#uses.keys()) {
      if (this.#uses.size <= MOST_USES) return;
      if (!inForce.has(key)) this.#uses.delete(key);
    }
  }

  #useOf(rule: Rule): Use {
    const key = this.#keyOf(rule);
    const known = this.#uses.get(key);
    if (known !== undefined) return known;
    const use: Use = {
      ...{ hits: 0, lastHitMs: null, counted: 0 },
      ...{ sinceMs: this.#changedAtMs, savedAtMs: 0, isDirty: true },
    };
    this.#uses.set(key, use);
    return use;
  }

  #keyOf(rule: Rule): string {
    const known = this.#keys.get(rule);
    if (known !== undefined) return known;
    const key = keyOf(rule);
    this.#keys.set(rule, key);
    return key;
  }
}

/** Equal for rules that say the same. */
function keyOf({ id, from, to, keys }: Rule): string {
  const text = JSON.stringify([from, to.sets, to.cidrs.map(formatPrefix), keys]);
  return `${id} ${hash('sha256', text, 'hex').slice(0, 16)}`;
}

function count(use: Use, more: number, nowMs: number): void {
  if (more === 0) return;
  use.hits += more;
  use.lastHitMs ??= nowMs;
  use.isDirty = true;
}
