/**
 * Keeps the kernel's allowlist that of the policy in force: when another comes, when a schedule opens or closes or a
 * rule expires, and after somebody else has touched the table. What the kernel refuses is tried again, and the last
 * allowlist stands until then.
 */
import { ConntrackKernelError } from '../conntrack/errors.ts';
import { Allowlist } from '../enforcement/allowlist/allowlist.ts';
import { policyPart } from '../enforcement/allowlist/policy-part.ts';
import type { Change } from '../enforcement/desired-state.ts';
import type { Enforcer } from '../enforcement/enforcer.ts';
import { EnforcementError } from '../enforcement/errors.ts';
import type { KernelTable } from '../enforcement/kernel-table.ts';
import { AllowlistTooLarge } from '../policy/matcher/allow-boxes.ts';
import type { Rule } from '../policy/policy.ts';
import type { AllowlistStatus } from './commands.ts';
import { Generations, NoGenerationError } from './generations.ts';
import type { Journal } from './journal.ts';
import type { Kernel } from './kernel.ts';
import type { KernelKeeper } from './kernel-keeper.ts';
import type { LimitKeeper } from './limit-keeper.ts';
import type { InForce } from './policy-keeper.ts';
import type { RuleHits } from './rule-hits.ts';

const RETRY_MS = 1_000;
/** Changes read back element by element; of more all of the sets that they are in. */
const FEW = 500;

export interface AllowlistKeeperParts {
  readonly allowlist: Allowlist;
  readonly generations: Pick<Generations, 'prepare'>;
  readonly keeper: Pick<KernelKeeper, 'verify' | 'checkSets'>;
  /** Told first, so that nothing is open without its limits. */
  readonly limits: Pick<LimitKeeper, 'put'>;
  readonly journal: Pick<Journal, 'log'>;
}

/** In words that a failure tells. */
type Work = 'put the allowlist into the kernel' | 'judge connections anew' | 'clear a generation';

export class AllowlistKeeper {
  readonly #parts: AllowlistKeeperParts;
  #inForce: InForce | undefined;
  #turns = -1;
  /** What is still owed, each by itself: that one thing goes well says nothing of another. */
  readonly #failures = new Map<Work, string>();
  #retryAt = 0;
  /** The generation whose successor is ready. */
  #prepared: number | undefined;

  constructor(parts: AllowlistKeeperParts) {
    this.#parts = parts;
  }

  get status(): AllowlistStatus {
    const { generation = null, size } = this.#parts.allowlist;
    const [error] = this.#failures.values();
    return { generation, elements: size, ...(error !== undefined && { error }) };
  }

  /** The rule that an element of @allowN is there for first. */
  ruleOf(...element: Parameters<Allowlist['ruleOf']>): Rule | undefined {
    return this.#parts.allowlist.ruleOf(...element);
  }

  /** This policy is in force from now on. */
  changePolicy(inForce: InForce, nowMs: number): void {
    this.#inForce = inForce;
    this.#put(nowMs);
  }

  /** What time brings. */
  advance(nowMs: number): void {
    if (this.#inForce === undefined) return;
    const isDue = (work: Work) => this.#failures.has(work) && performance.now() >= this.#retryAt;
    if (isDue('put the allowlist into the kernel') || this.#inForce.compiled.turns(nowMs) !== this.#turns)
      this.#put(nowMs);
    if (isDue('judge connections anew')) this.onMended(nowMs);
    const { generation } = this.#parts.allowlist;
    const isPrepared = generation === this.#prepared && !isDue('clear a generation');
    if (generation === undefined || isPrepared) return;
    this.#prepared = generation;
    this.#trying('clear a generation', () => this.#parts.generations.prepare(generation));
  }

  /** Somebody had changed the table, and it is mended: what slipped in meanwhile is judged. */
  onMended(nowMs: number): void {
    this.#trying('judge connections anew', () => this.#parts.allowlist.rejudge(nowMs));
  }

  #put(nowMs: number): void {
    const inForce = this.#inForce;
    if (inForce === undefined) return;
    this.#trying('put the allowlist into the kernel', () => {
      this.#turns = inForce.compiled.turns(nowMs);
      const part = policyPart(inForce.policy, inForce.compiled, nowMs);
      this.#parts.limits.put(inForce.policy, part);
      this.#verify(this.#parts.allowlist.put(part, nowMs), nowMs);
    });
  }

  #verify(change: Change, nowMs: number): void {
    const { add, remove } = change;
    const { keeper } = this.#parts;
    if (add.length + remove.length > FEW)
      keeper.checkSets([...new Set([...add, ...remove].map(({ set }) => set))], nowMs);
    else keeper.verify(change, nowMs);
  }

  /** What goes on failing is said once. */
  #trying(what: Work, work: () => void): void {
    const before = this.#failures.get(what);
    try {
      work();
      this.#failures.delete(what);
    } catch (error) {
      if (!isKernelFailure(error)) throw error;
      const failure = `cannot ${what}: ${error.message}`;
      this.#failures.set(what, failure);
      this.#retryAt = performance.now() + RETRY_MS;
      if (failure !== before) this.#parts.journal.log('error', failure);
    }
  }
}

function isKernelFailure(error: unknown): error is Error {
  return [AllowlistTooLarge, NoGenerationError, EnforcementError, ConntrackKernelError].some(
    (kind) => error instanceof kind,
  );
}

/** For the table of this kernel, held together by the enforcer. */
export function makeAllowlistKeeper(
  table: KernelTable,
  { conntrack, gracePeriod }: Pick<Kernel, 'conntrack' | 'gracePeriod'>,
  parts: Pick<AllowlistKeeperParts, 'limits'> & {
    enforcer: Enforcer;
    keeper: KernelKeeper;
    journal: Journal;
    ruleHits: Pick<RuleHits, 'changeElements'>;
  },
): AllowlistKeeper {
  const { enforcer, keeper, journal, limits } = parts;
  const generations = new Generations(conntrack, table.markMask);
  const allowlist = new Allowlist({
    table,
    markMask: table.markMask,
    passGenerations: (change, nowMs) => enforcer.passGenerations(change, nowMs),
    gracePeriod,
    freshGeneration: (other) => generations.fresh(other),
    hold: (holder) => enforcer.hold(holder),
    beforeChange: (before, after) => parts.ruleHits.changeElements(before, after, Date.now()),
  });
  return new AllowlistKeeper({ allowlist, generations, keeper, limits, journal });
}
