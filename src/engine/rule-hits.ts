/**
 * How often each rule of the policy was used since the daemon's start, so that a rule nobody needs is seen:
 *
 *   audit, respond   a new connection that the policy allows by the rule
 *   enforce          the counters of the kernel's elements, which miss nothing; several elements may stand for a rule
 *
 * When it was used last tell the connections in every mode. A rule keeps its hits while its id stays in the policy.
 */

import type { ElementCounter } from 'node-nftables';
import { EnforcementError } from '../enforcement/errors.ts';
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
  /** From this moment on it allows nothing; null: it stays. */
  expiresMs: number | null;
  isExpired: boolean;
}

export interface RuleListing {
  rules: RuleUse[];
  /** Since when hits are counted. */
  sinceMs: number;
  /** connections: as seen; kernel: counted where they are decided. */
  source: 'connections' | 'kernel';
}

interface Use {
  hits: number;
  lastHitMs: number | null;
}

export class RuleHits {
  readonly #sinceMs: number;
  readonly #allow: AllowCounters | undefined;
  readonly #uses = new Map<string, Use>();
  /** Packets that an element had counted when it was read last. */
  #read = new Map<string, number>();
  #rules: readonly Rule[] = [];
  #enforces = false;

  constructor(sinceMs: number, allow?: AllowCounters) {
    this.#sinceMs = sinceMs;
    this.#allow = allow;
  }

  /** Rules whose ids are gone are forgotten. Read the kernel before: elements of the policy before go. */
  changePolicy({ policy }: InForce): void {
    this.#rules = policy.rules;
    this.#enforces = policy.mode === 'enforce' && this.#allow !== undefined;
    const ids = new Set(policy.rules.map(({ id }) => id));
    for (const id of this.#uses.keys()) if (!ids.has(id)) this.#uses.delete(id);
  }

  /** A new connection met a rule. */
  met(rule: string, atMs: number): void {
    const use = this.#useOf(rule);
    if (!this.#enforces) use.hits += 1;
    use.lastHitMs = Math.max(use.lastHitMs ?? 0, atMs);
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
    const read = new Map<string, number>();
    for (const { id, rule, counter } of this.#allow.counters()) {
      read.set(id, counter.packets);
      const before = this.#read.get(id) ?? 0;
      // Made again meanwhile, it counts from 0.
      const more = counter.packets >= before ? counter.packets - before : counter.packets;
      const ruleId = this.#rules[rule]?.id;
      if (more === 0 || ruleId === undefined) continue;
      const use = this.#useOf(ruleId);
      use.hits += more;
      use.lastHitMs ??= nowMs;
    }
    this.#read = read;
  }

  list(nowMs: number): RuleListing {
    const rules = this.#rules.map(({ id, description, owner, ticket, expiresMs }, place): RuleUse => {
      const { hits, lastHitMs } = this.#uses.get(id) ?? { hits: 0, lastHitMs: null };
      const isExpired = expiresMs !== null && expiresMs <= nowMs;
      return {
        ...{ rule: id, place: place + 1, description, owner, ticket },
        ...{ hits, lastHitMs, expiresMs, isExpired },
      };
    });
    return { rules, sinceMs: this.#sinceMs, source: this.#enforces ? 'kernel' : 'connections' };
  }

  #useOf(rule: string): Use {
    const known = this.#uses.get(rule);
    if (known !== undefined) return known;
    const use: Use = { hits: 0, lastHitMs: null };
    this.#uses.set(rule, use);
    return use;
  }
}
