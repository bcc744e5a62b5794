/** What table `inet penstock_limits` holds for a policy at one moment: see limit-rules.ts. */
import type { SetElement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import type { Policy, Rule } from '../../policy/policy.ts';
import type { Limits } from '../../policy/schema/rule.ts';
import { boxElement } from '../allowlist/box-list.ts';
import type { PolicyPart } from '../allowlist/policy-part.ts';
import { FAMILIES } from '../sets.ts';

/** Each has chains and sets of its own; the daemon watches the limits of further rules by itself. */
export const MOST_LIMITED_RULES = 256;

/** The limits of one rule. */
export interface Meter {
  readonly rule: string;
  readonly limits: Limits;
}

export type LimitSet = `${'limited' | 'metered' | 'sparedfrom' | 'sparedto'}${Family}` | 'sparedport';

export interface LimitPlan {
  /** In the order of their numbers, from 0. */
  readonly meters: readonly Meter[];
  readonly denyWith: Policy['enforcement']['denyWith'];
  readonly elements: ReadonlyMap<LimitSet, readonly SetElement[]>;
}

/** Chains of a meter. */
export function connectionChain(meter: number, family: Family): string {
  return `limit${meter}v${family}`;
}

export function bytesChain(meter: number, family: Family): string {
  return `sent${meter}v${family}`;
}

/** Undefined: the policy does not enforce, or no rule of it has limits. */
export function limitPlan(policy: Policy, part: PolicyPart): LimitPlan | undefined {
  const limited = policy.rules.flatMap((rule, place) => (rule.limits === null ? [] : [{ rule, place }]));
  if (!part.enforces || limited.length === 0) return undefined;
  const kept = limited.slice(0, MOST_LIMITED_RULES);
  const numbers = new Map(kept.map(({ place }, number) => [place, number]));
  return {
    meters: kept.map(({ rule }) => ({ rule: rule.id, limits: limitsOf(rule) })),
    denyWith: policy.enforcement.denyWith,
    elements: new Map([...protectedElements(part), ...meteredElements(policy, part, numbers)]),
  };
}

function limitsOf({ limits }: Rule): Limits {
  return limits ?? {};
}

/** What neverBlock protects no limit stops. */
function protectedElements({ elements }: PolicyPart): [LimitSet, SetElement[]][] {
  const names: LimitSet[] = [
    ...FAMILIES.flatMap((family) => [`sparedfrom${family}`, `sparedto${family}`] as const),
    'sparedport',
  ];
  return names.map((name) => [name, [...elements.values()].filter(({ set }) => set === name).map(bare)]);
}

/** The boxes of @allowN whose rule has limits lead to its chains. */
function meteredElements(
  policy: Policy,
  part: PolicyPart,
  numbers: ReadonlyMap<number, number>,
): [LimitSet, SetElement[]][] {
  return FAMILIES.flatMap((family): [LimitSet, SetElement[]][] => {
    const limited: SetElement[] = [];
    const metered: SetElement[] = [];
    const list = part.boxes[family];
    for (const [i, place] of list.places.entries()) {
      const number = numbers.get(place);
      if (number === undefined) continue;
      const element = boxElement(list, i);
      const { newConnections, concurrentConnections, bytesOut } = limitsOf(policy.rules[place]);
      if (newConnections !== undefined || concurrentConnections !== undefined)
        limited.push(leading(element, connectionChain(number, family)));
      if (bytesOut !== undefined) metered.push(leading(element, bytesChain(number, family)));
    }
    return [
      [`limited${family}`, limited],
      [`metered${family}`, metered],
    ];
  });
}

function leading(element: SetElement, target: string): SetElement {
  return { ...bare(element), value: { jump: { target } } };
}

function bare({ key, keyEnd }: Pick<SetElement, 'key' | 'keyEnd'>): SetElement {
  return { key, ...(keyEnd && { keyEnd }) };
}
