/**
 * Limits of each host under each rule.
 *
 *   bytesOut               rolling window in 24 slots: what was sent in the last `per`, its oldest 1/24 counted
 *                          or not as a whole
 *   newConnections         token bucket: `burst` at once, refilled at `rate`; one over the limit takes no token
 *   concurrentConnections  started less ended
 *
 * A breach is reported for every observation that finds a limit passed; folding many into one incident is not done
 * here. Memory is bounded: hosts that are idle go first, then those not seen the longest.
 */
import { type Address, copyAddress, formatAddress } from '../address/address.ts';
import type { FlowChange } from '../flow/flow.ts';
import type { Limits, Policy, Rule } from './policy.ts';
import { formatDuration, formatSize } from './schema/quantity.ts';
import type { Verdict } from './verdict.ts';

export interface LimitObservation {
  readonly host: Address;
  /** The verdict under which the flow was started: a flow must end under the rule that counted its start. */
  readonly verdict: Verdict;
  /** adopted: it was open before this rule came to allow it, so it counts as open but takes no token. */
  readonly kind: FlowChange['kind'] | 'adopted';
  /** Bytes since the observation before. */
  readonly bytesOut: number;
}

export interface LimitBreach {
  readonly rule: string;
  readonly ruleIndex: number;
  readonly host: Address;
  readonly limit: keyof Limits;
  /** Bytes or connections. */
  readonly measured: number;
  readonly allowed: number;
  /** For a person, with numbers. */
  readonly sentence: string;
}

/** The kernel has refused what would have passed this limit of a rule: what was measured is the least that it can be. */
export function refusedBreach(
  rule: Rule,
  ruleIndex: number,
  limit: keyof Limits,
  host: Address,
): LimitBreach | undefined {
  const bound = boundOf(rule.limits ?? {}, limit);
  if (bound === undefined) return undefined;
  const sentence = `${formatAddress(host)} under rule ${rule.id}: ${bound.text}; the kernel refuses what goes over it`;
  const { allowed } = bound;
  return {
    rule: rule.id,
    ruleIndex,
    host: copyAddress(host),
    limit,
    measured: allowed + 1,
    allowed,
    sentence,
  };
}

function boundOf({ bytesOut, newConnections, concurrentConnections }: Limits, limit: keyof Limits) {
  if (limit === 'bytesOut' && bytesOut) {
    const { max, per } = bytesOut;
    return { allowed: max, text: `sent the ${formatSize(max)} that it may in ${formatDuration(per)}` };
  }
  if (limit === 'newConnections' && newConnections) {
    const { rate, burst } = newConnections;
    return {
      allowed: burst,
      text: `more than ${burst} new connections at once and ${perTime(rate)} after them`,
    };
  }
  if (limit === 'concurrentConnections' && concurrentConnections !== undefined)
    return { allowed: concurrentConnections, text: `more than ${concurrentConnections} connections at once` };
  return undefined;
}

/** As the policy has it: a whole number a second, minute or hour. */
function perTime(rate: number): string {
  const units = [
    [1, 'second'],
    [60, 'minute'],
    [3_600, 'hour'],
  ] as const;
  const [seconds, unit] =
    units.find(([each]) => Number.isInteger(Number((rate * each).toFixed(6)))) ?? units[2];
  return `${Math.round(rate * seconds)} a ${unit}`;
}

type Excess = Pick<LimitBreach, 'limit' | 'measured' | 'allowed' | 'sentence'>;

/** Hosts kept for one rule. */
const MAX_HOSTS = 65_536;
/** A host without connections is forgotten when it was not seen for this long and its window is over. */
const IDLE_MS = 3_600_000;

export class LimitMeter {
  readonly #rules: readonly (RuleMeter | undefined)[];

  /** `previous`: the meter of the policy before; what it counted under rules of the same id is carried on. */
  constructor(policy: Pick<Policy, 'rules'>, previous?: LimitMeter) {
    const old = previous === undefined ? new Map<string, RuleMeter>() : previous.#byId();
    this.#rules = policy.rules.map((rule, index) => {
      if (rule.limits === null) return undefined;
      return new RuleMeter(rule, rule.limits, index, old.get(rule.id));
    });
  }

  #byId(): Map<string, RuleMeter> {
    return new Map(this.#rules.flatMap((meter) => (meter ? [[meter.rule.id, meter] as const] : [])));
  }

  observe(observation: LimitObservation, atMs: number): LimitBreach | undefined {
    const { verdict } = observation;
    return verdict.kind === 'allow' ? this.#rules[verdict.ruleIndex]?.observe(observation, atMs) : undefined;
  }

  /** Hosts kept, over all rules. */
  get size(): number {
    return this.#rules.reduce((sum, meter) => sum + (meter?.size ?? 0), 0);
  }
}

class RuleMeter {
  readonly rule: Rule;
  readonly #limits: Limits;
  readonly #index: number;
  readonly #idleMs: number;
  /** In order of last use, the longest unused first. */
  readonly #hosts: Map<string | number, HostMeter>;

  constructor(rule: Rule, limits: Limits, index: number, previous: RuleMeter | undefined) {
    this.rule = rule;
    this.#limits = limits;
    this.#index = index;
    this.#idleMs = Math.max(IDLE_MS, limits.bytesOut?.per ?? 0);
    this.#hosts = new Map();
    if (previous === undefined) return;
    for (const [key, meter] of previous.#hosts) this.#hosts.set(key, meter.under(limits));
  }

  get size(): number {
    return this.#hosts.size;
  }

  observe({ host, kind, bytesOut }: LimitObservation, atMs: number): LimitBreach | undefined {
    const excess = this.#meter(host, atMs).observe(kind, bytesOut, atMs);
    if (excess === undefined) return undefined;
    const sentence = `${formatAddress(host)} under rule ${this.rule.id}: ${excess.sentence}`;
    return { rule: this.rule.id, ruleIndex: this.#index, host: copyAddress(host), ...excess, sentence };
  }

  #meter(host: Address, atMs: number): HostMeter {
    const key = host.family === 4 ? host.d : `${host.a}:${host.b}:${host.c}:${host.d}`;
    const meter = this.#hosts.get(key) ?? new HostMeter(this.#limits, atMs);
    this.#hosts.delete(key);
    this.#hosts.set(key, meter);
    this.#evict(atMs);
    return meter;
  }

  /** One or two at a time, so that no observation waits for a sweep. */
  #evict(atMs: number): void {
    for (const [key, meter] of this.#hosts) {
      if (this.#hosts.size <= MAX_HOSTS && !meter.idle(atMs, this.#idleMs)) return;
      this.#hosts.delete(key);
    }
  }
}

class HostMeter {
  readonly #limits: Limits;
  #sent: RollingSum | undefined;
  #bucket: TokenBucket | undefined;
  #open = 0;
  #lastMs: number;

  constructor(limits: Limits, atMs: number) {
    this.#limits = limits;
    this.#lastMs = atMs;
    this.#sent = limits.bytesOut && new RollingSum(limits.bytesOut.per);
    this.#bucket = limits.newConnections && new TokenBucket(limits.newConnections, atMs);
  }

  /** The same host under changed limits: its connections stay open, a window of the same length stays filled. */
  under(limits: Limits): HostMeter {
    const next = new HostMeter(limits, this.#lastMs);
    const [was, is] = [this.#limits, limits];
    if (was.bytesOut?.per === is.bytesOut?.per) next.#sent = this.#sent;
    const [old, rate] = [was.newConnections, is.newConnections];
    if (old?.rate === rate?.rate && old?.burst === rate?.burst) next.#bucket = this.#bucket;
    next.#open = this.#open;
    return next;
  }

  idle(atMs: number, idleMs: number): boolean {
    return this.#open === 0 && atMs - this.#lastMs > idleMs;
  }

  /** Counts for every limit, reports the first that is passed. */
  observe(kind: LimitObservation['kind'], bytesOut: number, atMs: number): Excess | undefined {
    this.#lastMs = Math.max(this.#lastMs, atMs);
    const bytes = this.#countBytes(bytesOut, atMs);
    const started = kind === 'started' ? this.#countStart(atMs) : undefined;
    if (kind === 'adopted') this.#open++;
    if (kind === 'ended') this.#open = Math.max(0, this.#open - 1);
    return bytes ?? started;
  }

  #countBytes(bytes: number, atMs: number): Excess | undefined {
    const limit = this.#limits.bytesOut;
    if (limit === undefined || this.#sent === undefined || bytes <= 0) return undefined;
    const measured = this.#sent.add(bytes, atMs);
    if (measured <= limit.max) return undefined;
    const sentence = `sent ${formatSize(measured)} in ${formatDuration(limit.per)}, allowed ${formatSize(limit.max)}`;
    return { limit: 'bytesOut', measured, allowed: limit.max, sentence };
  }

  #countStart(atMs: number): Excess | undefined {
    this.#open++;
    const rate = this.#bucket?.take(atMs);
    const allowed = this.#limits.concurrentConnections;
    if (rate !== undefined || allowed === undefined || this.#open <= allowed) return rate;
    const sentence = `${this.#open} connections at once, allowed ${allowed}`;
    return { limit: 'concurrentConnections', measured: this.#open, allowed, sentence };
  }
}

const SLOTS = 24;

/** Sum over the last `span`, kept in slots of `span / 24`. */
class RollingSum {
  readonly #slotMs: number;
  readonly #slots = new Float64Array(SLOTS);
  #slot = -1;
  #sum = 0;

  constructor(spanMs: number) {
    this.#slotMs = spanMs / SLOTS;
  }

  /** Add and return the sum. Time that runs backwards counts for the newest slot. */
  add(amount: number, atMs: number): number {
    const now = Math.max(this.#slot, Math.floor(atMs / this.#slotMs));
    for (let slot = Math.max(this.#slot + 1, now - SLOTS + 1); slot <= now; slot++) {
      this.#sum -= this.#slots[slot % SLOTS];
      this.#slots[slot % SLOTS] = 0;
    }
    this.#slot = now;
    this.#slots[now % SLOTS] += amount;
    this.#sum += amount;
    return this.#sum;
  }
}

/**
 * Tokens = burst + rate * (time since the bucket was last full) - taken. Kept in this form because it says how many
 * connections came and how many were allowed in that time.
 */
class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #fullAtMs: number;
  #taken = 0;
  #tried = 0;

  constructor({ rate, burst }: NonNullable<Limits['newConnections']>, atMs: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#fullAtMs = atMs;
  }

  take(atMs: number): Excess | undefined {
    const elapsedMs = Math.max(0, atMs - this.#fullAtMs);
    const refilled = (this.#rate * elapsedMs) / 1000;
    if (refilled >= this.#taken) {
      [this.#fullAtMs, this.#taken, this.#tried] = [Math.max(atMs, this.#fullAtMs), 1, 1];
      return undefined;
    }
    this.#tried++;
    const allowed = Math.floor(this.#burst + refilled);
    if (this.#taken + 1 <= allowed) {
      this.#taken++;
      return undefined;
    }
    const sentence = `${this.#tried} new connections in ${formatDuration(elapsedMs)}, allowed ${allowed}`;
    return { limit: 'newConnections', measured: this.#tried, allowed, sentence };
  }
}
