/**
 * How often each rule of the policy was used, so that a rule nobody needs is seen:
 *
 *   audit, respond   a new connection that the policy allows by the rule
 *   enforce          the counters of the kernel's elements, which miss nothing; several elements may stand for a rule
 *
 * When it was used last tell the connections in every mode. A rule keeps its hits as long as it says the same (its id,
 * and from where to what by which services), over changes of policy and restarts (rule-hits-keeper.ts); one that left
 * and comes back has those it had.
 *
 * All counters are read now and then; of elements that a change takes away, or gives to another rule, before it.
 */
import type { RuledBoxes } from '../enforcement/allowlist/policy-part.ts';
import { EnforcementError } from '../enforcement/errors.ts';
import type { StoredUse } from '../ledger/rule-shelf.ts';
import type { Rule } from '../policy/policy.ts';
import { type AllowCounters, allowChange, type Leaving } from './allow-counters.ts';
import type { InForce } from './policy-keeper.ts';
import { ruleKey } from './rule-key.ts';

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
  /** In which round of saving its rule had its turn. */
  round: number;
}

/** In memory; rules that left go when there are more. */
export const MOST_USES = 20_000;
/** What did not change is saved all the same, to show that it is still in use. */
const RESAVE_MS = 7 * 86_400_000;
const NO_ROUND = -1;
/** Elements read one by one; for more all are read. */
const FEW = 500;

export class RuleHits {
  readonly #allow: AllowCounters | undefined;
  /** By {@link ruleKey}. */
  readonly #uses = new Map<string, Use>();
  /** Packets that an element had counted when it was read last; undefined while nothing was read in this run. */
  #read: Map<string, number> | undefined;
  #rules: readonly Rule[] = [];
  #byId: ReadonlyMap<string, Rule> = new Map();
  #enforces = false;
  #changedAtMs: number;
  /** Place of the next rule that {@link takeDirty} looks at; after the last, those that left have their turn. */
  #next = 0;
  #round = 0;
  #isRoundOver = true;

  constructor(sinceMs: number, allow?: AllowCounters) {
    this.#changedAtMs = sinceMs;
    this.#allow = allow;
  }

  /** What an earlier run had counted, before the first policy. */
  restore(stored: readonly StoredUse[]): void {
    for (const { key, ...use } of stored) this.#uses.set(key, { ...use, isDirty: false, round: NO_ROUND });
  }

  /** After its elements: see {@link changeElements}. */
  changePolicy({ policy }: InForce, nowMs: number): void {
    this.#rules = policy.rules;
    this.#byId = new Map(policy.rules.map((rule) => [rule.id, rule]));
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
    trying(() => this.readKernel(nowMs));
  }

  /** The kernel's elements are about to change: what those have counted that leave is read before. */
  changeElements(before: RuledBoxes, after: RuledBoxes, nowMs: number): void {
    if (!this.#enforces) return;
    const { leaving, coming } = allowChange(before, after);
    trying(() => {
      if (this.#read === undefined || leaving.length > FEW) this.readKernel(nowMs);
      else for (const each of leaving) this.#readLeaving(each, this.#read, nowMs);
    });
    for (const { element, rule, next } of leaving) {
      const counted = this.#read?.get(element.id) ?? 0;
      addCounted(this.#useOf(rule), -counted);
      if (next !== undefined) addCounted(this.#useOf(next, nowMs), counted);
    }
    // Until then they are remembered: a change may be refused, and they go on.
    for (const { id } of coming) this.#read?.delete(id);
  }

  #readLeaving({ element, rule }: Leaving, read: Map<string, number>, nowMs: number): void {
    const packets = this.#allow?.packetsOf(element);
    if (packets === undefined) return;
    const known = read.get(element.id) ?? 0;
    const use = this.#useOf(rule);
    count(use, since(known, packets), nowMs);
    addCounted(use, packets - known);
    read.set(element.id, packets);
  }

  /** Add what the kernel has counted since it was read last. @throws what the kernel says */
  readKernel(nowMs: number): void {
    if (!this.#enforces || this.#allow === undefined) return;
    const [before, read] = [this.#read, new Map<string, number>()];
    const sums = new Map<Use, number>();
    for (const { id, rule, packets } of this.#allow.counters()) {
      read.set(id, packets);
      if (rule === undefined) continue;
      const use = this.#useOf(rule);
      sums.set(use, (sums.get(use) ?? 0) + packets);
      if (before !== undefined) count(use, since(before.get(id) ?? 0, packets), nowMs);
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

  /** What is to be saved of the next rules, so many of them; the others have their turn later. */
  takeDirty(most: number, nowMs: number): StoredUse[] {
    if (this.#isRoundOver) this.#beginRound();
    const some = this.#rules.slice(this.#next, this.#next + most);
    this.#next += some.length;
    const dirty = some.flatMap((rule) => this.#dirty(rule, nowMs));
    if (this.#next < this.#rules.length) return dirty;
    const left = this.#stillDirty().filter(([, { round }]) => round !== this.#round);
    const room = most - some.length;
    this.#isRoundOver = left.length <= room;
    return [...dirty, ...left.slice(0, room).map(([key, use]) => stored(key, use, nowMs))];
  }

  takeAllDirty(nowMs: number): StoredUse[] {
    const inForce = this.#rules.flatMap((rule) => this.#dirty(rule, nowMs));
    return [...inForce, ...this.#stillDirty().map(([key, use]) => stored(key, use, nowMs))];
  }

  /** All had their turn. */
  get isRoundOver(): boolean {
    return this.#isRoundOver;
  }

  /** Once the rules in force had their turn: those of rules that left, and what came since. */
  #stillDirty(): [string, Use][] {
    return [...this.#uses].filter(([, { isDirty }]) => isDirty);
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
    use.round = this.#round;
    const isStale = nowMs - use.savedAtMs > RESAVE_MS || use.savedAtMs > nowMs;
    return use.isDirty || isStale ? [stored(ruleKey(rule), use, nowMs)] : [];
  }

  #beginRound(): void {
    this.#next = 0;
    this.#round += 1;
    this.#isRoundOver = false;
    if (this.#uses.size <= MOST_USES) return;
    const inForce = new Set(this.#rules.map(ruleKey));
    for (const key of this.#uses.keys()) {
      if (this.#uses.size <= MOST_USES) return;
      if (!inForce.has(key)) this.#uses.delete(key);
    }
  }

  #useOf(rule: Rule, sinceMs = this.#changedAtMs): Use {
    const key = ruleKey(rule);
    const known = this.#uses.get(key);
    if (known !== undefined) return known;
    const use: Use = {
      ...{ hits: 0, lastHitMs: null, counted: 0 },
      ...{ sinceMs, savedAtMs: 0, isDirty: true, round: NO_ROUND },
    };
    this.#uses.set(key, use);
    return use;
  }
}

/** It is saved now. */
function stored(key: string, use: Use, nowMs: number): StoredUse {
  use.isDirty = false;
  use.savedAtMs = nowMs;
  const { hits, lastHitMs, sinceMs, counted, savedAtMs } = use;
  return { key, hits, lastHitMs, sinceMs, counted, savedAtMs };
}

/** Made again meanwhile, an element counts from 0. */
function since(known: number, packets: number): number {
  return packets >= known ? packets - known : packets;
}

function addCounted(use: Use, more: number): void {
  if (more === 0) return;
  use.counted = Math.max(0, use.counted + more);
  use.isDirty = true;
}

/** What a kernel does not say now is lost at worst. */
function trying(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof EnforcementError)) throw error;
  }
}

function count(use: Use, more: number, nowMs: number): void {
  if (more === 0) return;
  use.hits += more;
  use.lastHitMs ??= nowMs;
  use.isDirty = true;
}
