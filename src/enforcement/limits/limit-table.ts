/**
 * Makes table `inet penstock_limits` what a plan says:
 *
 *   no plan      table there?  ................................  delete it
 *   a plan       other meters, rules not ours, or no table  ...  make it anew: what was counted is forgotten
 *                elements differ  .............................  those elements
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type ElementChange,
  type ElementSet,
  MAX_BATCH_ELEMENTS,
  type NftablesDriver,
  type SetElement,
  type SetElementsDriver,
} from 'node-nftables';
import { EnforcementError } from '../errors.ts';
import type { LimitPlan, LimitSet } from './limit-plan.ts';
import { LIMIT_SETS, LIMIT_TABLE, limitCommands } from './limit-rules.ts';

const MAX_DIFFERENCES = 20;
const SETS = new Map<LimitSet, ElementSet>(
  LIMIT_SETS.map(({ name, type, flags }) => [
    name,
    { family: LIMIT_TABLE.family, table: LIMIT_TABLE.name, name, type, flags },
  ]),
);

type Elements = Pick<SetElementsDriver, 'apply' | 'captureTable' | 'findTable' | 'list'>;

export class LimitTable {
  readonly #nft: Pick<NftablesDriver, 'run'>;
  readonly #elements: Elements;
  /** What was made last, and what the kernel's table, elements aside, looked like then. */
  #made: { readonly plan: LimitPlan; readonly fingerprint: string | undefined } | undefined;

  constructor(nft: Pick<NftablesDriver, 'run'>, elements: Elements) {
    this.#nft = nft;
    this.#elements = elements;
  }

  /** @returns what was not as the plan says, in words @throws EnforcementError */
  sync(plan: LimitPlan | undefined): string[] {
    try {
      return (plan === undefined ? this.#remove() : this.#make(plan)).slice(0, MAX_DIFFERENCES);
    } catch (error) {
      this.#made = undefined;
      throw new EnforcementError('table inet penstock_limits', error);
    }
  }

  #remove(): string[] {
    this.#made = undefined;
    if (this.#elements.findTable(LIMIT_TABLE) === undefined) return [];
    this.#nft.run([{ delete: { table: LIMIT_TABLE } }]);
    return ['table inet penstock_limits is not needed'];
  }

  #make(plan: LimitPlan): string[] {
    const difference = this.#ruleDifference(plan);
    if (difference !== undefined) {
      this.#nft.run([
        { add: { table: LIMIT_TABLE } },
        { delete: { table: LIMIT_TABLE } },
        ...limitCommands(plan),
      ]);
    }
    const fingerprint = difference === undefined ? this.#made?.fingerprint : this.#fingerprint();
    const changes = [...SETS].flatMap(([name, set]) => this.#changes(set, plan.elements.get(name) ?? []));
    this.#apply(changes);
    this.#made = { plan, fingerprint };
    return [
      ...(difference === undefined ? [] : [difference]),
      ...changes.map(({ action, set, elements }) => `limits: ${elements.length} to ${action} in ${set.name}`),
    ];
  }

  /** Why the table has to be made anew. */
  #ruleDifference(plan: LimitPlan): string | undefined {
    const found = this.#fingerprint();
    if (found === undefined) return 'table inet penstock_limits is missing';
    if (this.#made === undefined) return 'table inet penstock_limits is of another daemon';
    if (found !== this.#made.fingerprint) return 'table inet penstock_limits has other rules';
    return hasSameRules(this.#made.plan, plan) ? undefined : 'the limits of rules have changed';
  }

  #fingerprint(): string | undefined {
    return this.#elements.captureTable(LIMIT_TABLE)?.fingerprint;
  }

  #changes(set: ElementSet, wanted: readonly SetElement[]): ElementChange[] {
    const there = new Map(this.#elements.list(set).map((each) => [rangeText(each), each]));
    const create: SetElement[] = [];
    for (const element of wanted) {
      const range = rangeText(element);
      if (isSame(element, there.get(range))) there.delete(range);
      else create.push(element);
    }
    const changes: ElementChange[] = [
      { action: 'discard', set, elements: [...there.values()] },
      { action: 'create', set, elements: create },
    ];
    return changes.filter(({ elements }) => elements.length > 0);
  }

  #apply(changes: readonly ElementChange[]): void {
    const total = changes.reduce((sum, { elements }) => sum + elements.length, 0);
    if (total > 0) this.#elements.apply(changes, { whole: total > MAX_BATCH_ELEMENTS });
  }
}

function hasSameRules(one: LimitPlan, other: LimitPlan): boolean {
  return one.denyWith === other.denyWith && isDeepStrictEqual(one.meters, other.meters);
}

function isSame(wanted: SetElement, found: SetElement | undefined): boolean {
  return found !== undefined && isDeepStrictEqual(wanted.value, found.value);
}

function rangeText({ key, keyEnd = key }: SetElement): string {
  return `${Buffer.from(key).toString('hex')}-${Buffer.from(keyEnd).toString('hex')}`;
}
